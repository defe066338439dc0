"""The atlas, part two: rooms and halls, and the two places without weather."""

from scene_svc.grammar.outdoors import OUTDOORS
from scene_svc.grammar.places import place

INDOORS = (
    place(
        "room",
        "room bedroom kitchen apartment flat attic house home hotel office library studio workshop basement hospital "
        "bookshop bookstore shop laboratory lab school classroom museum cabin laundromat bakery",
        (
            "by the tall window of {here}",
            "the curtain breathes in and out and dust turns in the light",
            "The Tall Window",
        ),
        ("in the doorway of {here}", "a bare bulb swings and the shadows swing with it", "The Doorway"),
        ("at a cluttered table in {here}", "loose pages lift at the corners and settle", "Loose Pages"),
        ("on the bare floorboards of {here}", "a record spins at the end of its groove", "Bare Floorboards"),
        ("before a cracked mirror in {here}", "passing headlights sweep across the wallpaper", "The Cracked Mirror"),
        near="city rooftop garden",
        air="indoors",
        foreign="zimmer haus комнат дом 房间 房間 家 chambre maison habitación casa",
    ),
    place(
        "cafe",
        "cafe café bar diner pub restaurant tavern bistro saloon coffeehouse",
        ("in the corner booth of {here}", "steam uncurls from two untouched cups", "The Corner Booth"),
        ("at the long counter of {here}", "glasses tremble as something heavy passes outside", "The Long Counter"),
        ("beside the jukebox in {here}", "coloured bulbs chase each other in a ring", "The Jukebox"),
        ("under the slow ceiling fan of {here}", "neon from outside blinks pink across the tables", "The Ceiling Fan"),
        near="city station road",
        here="the all-night café",
        air="indoors",
    ),
    place(
        "stage",
        "stage concert club nightclub disco theatre theater festival arena auditorium dancefloor "
        "circus ballroom cabaret opera",
        ("at the microphone on {here}", "a single spotlight snaps on and haze rolls through it", "The Microphone"),
        ("in the wings of {here}", "ropes and pulleys sway above a strip of light", "In the Wings"),
        ("on the bare boards of {here}", "rows of empty seats fade back into red velvet", "Bare Boards"),
        ("at the very front of {here}", "hundreds of small lights sway in time below", "Front of Stage"),
        ("among the tangled cables of {here}", "amplifier lamps pulse like slow hearts", "Cables and Lamps"),
        near="city room rooftop",
        air="indoors",
        foreign="bühne сцен 舞台 scène escenario",
    ),
    place(
        "station",
        "station platform train trains railway railroad subway metro tram airport terminal carriage",
        (
            "on the last platform of {here}",
            "a train slides in and its windows flicker past like film",
            "The Last Platform",
        ),
        ("under the clock of {here}", "the minute hand jumps and a flap board ripples over", "Under the Clock"),
        ("beside the tracks at {here}", "rails begin to sing and a headlamp opens in the dark", "Singing Rails"),
        ("on a long bench in {here}", "a newspaper slides along the tiles in the draught", "The Long Bench"),
        near="city road cafe",
        here="the old train station",
        air="indoors",
        foreign="bahnhof вокзал станц 车站 車站 gare estación",
    ),
    place(
        "hall",
        "hall corridor hallway cathedral church warehouse factory prison tunnel cave gallery mall",
        ("at the far end of {here}", "tall panes of light creep over the floor", "The Far End"),
        ("between the pillars of {here}", "a door somewhere opens and candles bend", "The Pillars"),
        ("in the middle of {here}", "pigeons clap up into the rafters", "The Rafters"),
        ("before the great doors of {here}", "a blade of light widens across the tiles", "The Great Doors"),
        near="city room stage",
        here="the vast hall",
        air="indoors",
        foreign="kirche fabrik церк завод 教堂 工厂 église iglesia",
    ),
    place(
        "space",
        "space galaxy planet planets orbit cosmos nebula asteroid mars moonscape spaceship spacecraft universe "
        "moonbase",
        (
            "at the round window of a craft adrift in {here}",
            "a ringed planet turns slowly through the glass",
            "The Round Window",
        ),
        ("on the tether outside a silent craft in {here}", "ice crystals drift off the hull like seeds", "The Tether"),
        ("on a grey crater rim in {here}", "a small blue world rises over the edge", "The Crater Rim"),
        ("before the dark control panels of a craft in {here}", "one green light wakes, then forty", "Forty Lights"),
        near="station desert underwater",
        here="deep space",
        air="space",
        still=True,
        foreign="weltraum космос 太空 宇宙 espace espacio",
    ),
    place(
        "underwater",
        "underwater undersea seabed reef coral depths aquarium abyss",
        ("on the pale seabed of {here}", "rays glide over and their shadows ripple across the sand", "The Pale Seabed"),
        ("among the coral of {here}", "a cloud of silver fish turns as one", "Silver Turning"),
        ("inside a drowned wreck in {here}", "bubbles thread upward through a broken hatch", "The Drowned Wreck"),
        ("at the rim of a trench in {here}", "jellyfish pulse upward like slow lamps", "The Trench"),
        near="sea beach space",
        here="the underwater deep",
        air="underwater",
        still=True,
        foreign="unterwasser tiefsee подводн 水下 海底 sous-marin submarino",
    ),
)

ATLAS = (*OUTDOORS, *INDOORS)
BY_KIND = {one.kind: one for one in ATLAS}

# Where a film goes when its idea names no place: by what the idea is about.
ROUTES = (
    (
        "robot android cyborg machine computer data code digital ai algorithm cyberpunk future",
        "city station room rooftop",
    ),
    ("astronaut rocket star stars alien moon comet gravity satellite", "space desert station rooftop"),
    ("whale fish mermaid dolphin octopus shark captain sailor pirate storm", "sea harbour underwater beach"),
    ("fox wolf bear deer owl witch fairy elf dragon magic rabbit", "forest field mountains village"),
    ("dance dancer ballerina song sing singer band guitar music concert rapper dj drummer", "stage city rooftop room"),
    ("journey travel traveller wander road-trip horse cowboy truck car", "road desert field mountains"),
    ("winter ice cold christmas penguin polar", "snow forest village mountains"),
    ("ghost memory memories past grandmother grandfather letter diary house", "room village garden station"),
    ("love lovers heart heartbreak kiss goodbye wedding", "city bridge room beach"),
    ("freedom hope dream dreams youth summer", "field road rooftop sea"),
    ("war soldier king queen knight battle revenge", "ruins mountains forest hall"),
)
OPEN_ROUTES = (
    "city bridge rooftop station",
    "road field mountains village",
    "harbour sea beach lighthouse",
    "room garden forest field",
)
