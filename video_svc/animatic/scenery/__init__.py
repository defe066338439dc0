"""Places, painted: one function per place gives its plates, back to front."""

from collections.abc import Callable, Mapping

from video_svc.animatic.plate import Plate
from video_svc.animatic.scenery import city, cosmos, deep, harbour, indoors, ruins, sea, stage, terrain, town, woods
from video_svc.animatic.scenery.brush import Brush
from video_svc.animatic.setting import Place

PAINTERS: Mapping[Place, Callable[[Brush], list[Plate]]] = {
    Place.STREET: city.street,
    Place.SKYLINE: city.skyline,
    Place.ROOFTOP: town.rooftop,
    Place.STATION: town.station,
    Place.VILLAGE: town.village,
    Place.FOREST: woods.forest,
    Place.GARDEN: woods.garden,
    Place.MOUNTAINS: terrain.mountains,
    Place.SNOW: terrain.snow,
    Place.DESERT: terrain.desert,
    Place.FIELD: terrain.field,
    Place.ROAD: terrain.road,
    Place.SEA: sea.sea,
    Place.BEACH: sea.beach,
    Place.HARBOUR: harbour.harbour,
    Place.LIGHTHOUSE: harbour.lighthouse,
    Place.BOAT: harbour.boat,
    Place.UNDERWATER: deep.underwater,
    Place.SPACE: cosmos.space,
    Place.ROOM: indoors.room,
    Place.CAFE: indoors.cafe,
    Place.HALL: indoors.hall,
    Place.STAGE: stage.stage,
    Place.RUINS: ruins.ruins,
}


def paint(brush: Brush) -> list[Plate]:
    """The plates of the brush's place, back to front."""
    return PAINTERS[brush.setting.place](brush)
