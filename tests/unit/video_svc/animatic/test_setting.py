"""What a scene's words say of place, hour, weather, mood and shot."""

from itertools import pairwise

import pytest

from shared.contracts.scene import SceneCue
from video_svc.animatic.camera import Angle, Move, Size, read_shot
from video_svc.animatic.recipe import ClipRecipe
from video_svc.animatic.setting import Hour, Mood, Place, Weather, read_setting


def setting_of(prompt: str, **cue: object) -> tuple[Place, Hour, Weather, Mood]:
    setting = read_setting(ClipRecipe(prompt=prompt, cue=SceneCue.model_validate(cue)))
    return setting.place, setting.hour, setting.weather, setting.mood


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("She crosses a busy city street between the taxis.", Place.STREET),
        ("A man waits under the neon signs of a narrow alley.", Place.STREET),
        ("The skyline glitters beyond the river.", Place.SKYLINE),
        ("They dance on the rooftop above the city.", Place.ROOFTOP),
        ("She waits on the platform as the last train leaves.", Place.STATION),
        ("Smoke rises over the village at evening.", Place.VILLAGE),
        ("He runs through the dark forest.", Place.FOREST),
        ("She climbs towards the summit of the mountain.", Place.MOUNTAINS),
        ("A lone figure crosses the frozen tundra.", Place.SNOW),
        ("The caravan crosses the desert, dune after dune.", Place.DESERT),
        ("She walks barefoot through a field of wheat.", Place.FIELD),
        ("Children play in the park under cherry blossoms.", Place.GARDEN),
        ("A car stands on an empty highway.", Place.ROAD),
        ("The ocean heaves; waves break against the cliff.", Place.SEA),
        ("She leans into the wind on the deck of a ship.", Place.BOAT),
        ("Footprints on the beach at low tide.", Place.BEACH),
        ("Boats rock in the harbour.", Place.HARBOUR),
        ("The lighthouse sends its beam over the water.", Place.LIGHTHOUSE),
        ("She sinks underwater, hair floating above the coral.", Place.UNDERWATER),
        ("An astronaut drifts in space among the stars.", Place.SPACE),
        ("She sits on the bed in her room.", Place.ROOM),
        ("Two strangers share a table in a diner.", Place.CAFE),
        ("The organ echoes in the cathedral.", Place.HALL),
        ("The singer steps onto the stage.", Place.STAGE),
        ("Ivy covers the ruins of the temple.", Place.RUINS),
    ],
)
def test_a_named_place_is_the_place(prompt: str, place: Place) -> None:
    assert setting_of(prompt)[0] is place


@pytest.mark.parametrize(
    ("prompt", "hour"),
    [
        ("Sunrise over the fields.", Hour.DAWN),
        ("The street at midday.", Hour.DAY),
        ("Sunset at the sea.", Hour.DUSK),
        ("Midnight in the forest.", Hour.NIGHT),
    ],
)
def test_a_named_hour_is_the_hour(prompt: str, hour: Hour) -> None:
    assert setting_of(prompt)[1] is hour


def test_weather_is_read_but_never_rains_under_a_roof() -> None:
    assert setting_of("Rain falls on the street at night.")[2] is Weather.RAIN
    assert setting_of("A blizzard in the mountains.")[2] is Weather.SNOW
    assert setting_of("In her room she listens to the rain.")[2] is Weather.DUST


def test_a_characters_raincoat_is_no_rain() -> None:
    character = "a woman with a lantern for rain and storm"
    prompt = f"{character} stands in the sunny desert."
    assert setting_of(prompt, character=character)[2] is not Weather.STORM
    assert setting_of(prompt, character=character)[2] is not Weather.RAIN


def test_the_cues_mood_is_heard() -> None:
    assert setting_of("A street.", mood="melancholy and quiet")[3] is Mood.MELANCHOLY


@pytest.mark.parametrize("prompt", ["", "…", "愛", "Любовь", "{prompt} %s", "\n\n", "a" * 4000])
def test_any_text_has_a_setting_and_always_the_same(prompt: str) -> None:
    assert setting_of(prompt, film_seed=4) == setting_of(prompt, film_seed=4)


@pytest.mark.parametrize(
    ("words", "size", "move", "angle"),
    [
        ("Extreme wide establishing shot, slow pan", Size.EXTREME_WIDE, Move.PAN, None),
        ("aerial drone shot", Size.EXTREME_WIDE, Move.CRANE, Angle.HIGH),
        ("wide shot, static camera", Size.WIDE, Move.STATIC, Angle.EYE),
        ("low angle, push in", Size.FULL, Move.DOLLY_IN, Angle.LOW),
        ("tracking shot at eye level", Size.FULL, Move.TRACK, Angle.EYE),
        ("medium shot, handheld", Size.MEDIUM, Move.HANDHELD, Angle.EYE),
        ("close-up, dutch angle", Size.CLOSE, Move.PUSH_ROLL, Angle.EYE),
        ("high angle, pull back", Size.WIDE, Move.DOLLY_OUT, Angle.HIGH),
        ("wide shot, low-angle, slow pan", Size.WIDE, Move.PAN, Angle.LOW),
        ("medium close-up, dolly in", Size.MEDIUM, Move.DOLLY_IN, Angle.EYE),
        ("extreme close-up, tilt up", Size.CLOSE, Move.TILT, Angle.EYE),
    ],
)
def test_the_camera_does_what_its_words_say(words: str, size: Size, move: Move, angle: Angle | None) -> None:
    shot = read_shot(ClipRecipe(prompt="She waits.", cue=SceneCue(camera_angle=words)))
    assert (shot.size, shot.move) == (size, move)
    assert angle is None or shot.angle is angle


def test_shots_change_from_scene_to_scene_where_nothing_is_said() -> None:
    shots = [read_shot(ClipRecipe(prompt="She waits.", cue=SceneCue(index=index, film_seed=3))) for index in range(6)]
    assert len({shot.size for shot in shots}) >= 4
    assert all(one.move is not other.move for one, other in pairwise(shots))
