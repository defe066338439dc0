"""What a set of scenes promises: its number, its words, its variety, its English."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_svc.grammar import write_scenes
from scene_svc.grammar.language import clean, words
from scene_svc.grammar.nouns import nouns_of
from shared.contracts.scene import Scene
from tests.unit.scene_svc.orders import KEEPER, LIGHTHOUSE, order

WORDS = sorted(
    words(
        """robot fox clockmaker sisters children whale pirate lighthouse station city forest desert café umbrella letter
        guitar moon rain storm love freedom memory promise midnight winter train balloon garden mirror blockchain quokka
        Berlin Amélie ghosts kitchen moss teeth glass bus orchestra painter sand river dust ocean rooftop"""
    )
)
JOINTS = (
    "of the",
    "and a",
    "in the",
    "follows the",
    "with an",
    "without",
    "under her",
    "dreams of",
    "finds the lost",
    ",",
)
IDEAS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(JOINTS)), min_size=1, max_size=14).map(
    lambda pairs: " ".join(f"{word} {joint}" for word, joint in pairs)
)
CHARACTERS = (
    KEEPER,
    "Young man with dreadlocks, red jacket",
    "two sisters in black leather jackets with red guitars",
    "Mira, a tall dancer in a green dress. She has freckles. Her boots are white.",
    "an old robot made of copper and glass",
    "She has red hair, a green scarf and round glasses",
)
STRANGE_TEXTS = (
    "x",
    "Freedom",
    "🚀🌙",
    "???",
    "…",
    '"',
    "{prompt}",
    "{they} [walks] <walks> %s {0} ${HOME}",
    "a\nb\r\n\tc\x00d\u2028e",
    "Ein alter Mann sucht das Meer, und die Stadt schläft nicht mehr",
    "Девушка ищет потерянную песню в городе у моря",
    "一个机器人在城市里寻找星星。它很孤独。",
    "رجل يبحث عن أغنية في المدينة",
    "A LONELY ROBOT DANCES IN THE RAIN",
    'He said: "go." And went... to the sea',
    "<b>bold</b> & | pipes | `code`",
    "\ud83d lone surrogate",
    "word " * 800,
    "nospaceatall" * 330,
    "One sentence here. " * 210,
    "星" * 4000,
)


def told(scenes: tuple[Scene, ...]) -> str:
    return " ".join(scene.description for scene in scenes).casefold()


def has_word(word: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", text) is not None


@given(scenes=st.integers(1, 40), seed=st.one_of(st.none(), st.integers()))
@settings(max_examples=40, deadline=None)
def test_as_many_scenes_come_as_were_ordered(scenes: int, seed: int | None) -> None:
    written = write_scenes(order(scenes=scenes, seed=seed))
    assert len(written) == scenes
    assert len({scene.description for scene in written}) == scenes
    assert len({scene.title for scene in written}) == scenes


@given(idea=IDEAS, scenes=st.integers(1, 12), character=st.sampled_from(CHARACTERS))
@settings(max_examples=150, deadline=None)
def test_every_noun_found_in_the_idea_is_in_some_description(idea: str, scenes: int, character: str) -> None:
    text = told(write_scenes(order(idea, character, scenes)))
    assert [noun for noun in nouns_of(clean(idea)) if not has_word(noun, text)] == []


@pytest.mark.parametrize(
    ("idea", "nouns"),
    [
        (LIGHTHOUSE, "lighthouse keeper song sea city"),
        ("A robot learns to dance in an abandoned train station", "robot train station"),
        ("Two brothers race old cars through the desert at noon", "brothers cars desert noon"),
        ("love in the rain at midnight", "love rain midnight"),
        ("My grandfather repairs clocks in his kitchen and remembers the war", "grandfather clocks kitchen war"),
        ("The astronaut plants sunflowers on the moon while Earth sleeps", "astronaut sunflowers moon Earth"),
        ("Freedom", "freedom"),
        ("Robots building cities of glass", "robots cities glass"),
        ("A girl, her dog, three balloons and a storm over Lisbon", "girl dog balloons storm Lisbon"),
        ("the whispering forest, where lost letters grow on trees", "forest letters trees"),
        ("Sie sucht die Sonne und den Mond im alten Hafen", "Sonne Mond Hafen"),
        ("机器人在城市里寻找星星", "机器人在城市里寻找星星"),
    ],
)
@pytest.mark.parametrize("scenes", [1, 4, 9])
def test_the_nouns_a_person_would_name_are_in_the_film(idea: str, nouns: str, scenes: int) -> None:
    text = told(write_scenes(order(idea, scenes=scenes)))
    assert [noun for noun in nouns.split() if not has_word(noun, text)] == []


@pytest.mark.parametrize("scenes", [1, 3, 8])
@pytest.mark.parametrize(
    ("character", "characteristics", "traits"),
    [
        (
            KEEPER,
            "patient, stubborn",
            ["short silver hair", "long mustard raincoat", "brass lantern", "patient", "stubborn"],
        ),
        ("Young man with dreadlocks", "Loves jazz and never gives up", ["dreadlocks", "jazz", "never gives up"]),
        ("a fox in a blue scarf", "", ["fox", "blue scarf"]),
        ("She has red hair, a green scarf and round glasses", "", ["red hair", "green scarf", "round glasses"]),
        ("穿红色外套的女孩", "", ["穿红色外套的女孩"]),
    ],
)
def test_every_scene_repeats_the_character(
    character: str, characteristics: str, traits: list[str], scenes: int
) -> None:
    for scene in write_scenes(order(character=character, scenes=scenes, character_characteristics=characteristics)):
        assert [trait for trait in traits if trait not in scene.description] == []


TRAITS = st.lists(
    st.sampled_from(
        [
            "a scar",
            "green eyes",
            "an iron crown",
            "muddy boots",
            "a wolf tattoo",
            "six rings",
            "grey hair",
            "a torn map",
        ]
    ),
    min_size=1,
    max_size=60,
)


@given(traits=TRAITS, nature=TRAITS, scenes=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_no_trait_of_a_long_character_is_lost(traits: list[str], nature: list[str], scenes: int) -> None:
    numbered = [f"{trait} {at}" for at, trait in enumerate(traits)]
    manners = [f"{trait} no {at}" for at, trait in enumerate(nature)]
    command = order(
        character=f"a man with {', '.join(numbered)}", scenes=scenes, character_characteristics="; ".join(manners)
    )
    text = told(write_scenes(command))
    assert [trait for trait in (*numbered, *manners) if not has_word(trait, text)] == []


@pytest.mark.parametrize(
    "video_type", ["", "narrative", "live performance", "dance video", "documentary", "abstract lyric"]
)
def test_descriptions_are_as_long_as_a_prompt_should_be(video_type: str) -> None:
    for seed in range(25):
        for scene in write_scenes(
            order(scenes=8, seed=seed, video_type=video_type, character_characteristics="brave, shy")
        ):
            assert 250 <= len(scene.description) <= 700
            assert len(scene.caption or "") <= 90
            assert 2 <= len((scene.title or "").split()) <= 4


def test_the_same_order_gives_the_same_scenes_and_another_seed_gives_others() -> None:
    assert write_scenes(order(seed=7)) == write_scenes(order(seed=7))
    assert write_scenes(order()) == write_scenes(order())
    films = {tuple(scene.description for scene in write_scenes(order(seed=seed))) for seed in range(-10, 10)}
    assert len(films) == 20
    assert write_scenes(order(LIGHTHOUSE)) != write_scenes(order(f"{LIGHTHOUSE} again"))


@given(idea=st.sampled_from(STRANGE_TEXTS), character=st.sampled_from(STRANGE_TEXTS), scenes=st.sampled_from([1, 2, 7]))
@settings(max_examples=120, deadline=None)
def test_any_text_makes_a_film(idea: str, character: str, scenes: int) -> None:
    written = write_scenes(
        order(idea, character, scenes, character_characteristics=idea[:90], camera_angle=character[:60])
    )
    assert len(written) == scenes
    assert all(scene.description and scene.negative_description for scene in written)


@given(idea=st.text(min_size=1, max_size=300), character=st.text(min_size=1, max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_unicode_makes_a_film(idea: str, character: str) -> None:
    assert len(write_scenes(order(idea, character, 3))) == 3


def test_a_template_in_the_idea_stays_text() -> None:
    text = told(write_scenes(order("{prompt} and %s and [walks]", "{they}")))
    assert "{prompt} and %s and [walks]" in text
    assert "({they})" in text


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize(
    "idea", [LIGHTHOUSE, "An owl eats an orange under a unicorn moon", "Love... and war!", "Freedom"]
)
def test_the_english_is_clean(idea: str, character: str) -> None:
    for seed in range(20):
        for scene in write_scenes(order(idea, character, 8, seed=seed, character_characteristics="kind, honest")):
            text = scene.description
            assert not re.search(r"  |\.\.|\s[,.;:]|[,;:][,.;:]|[{}<>\[\]]", text), text
            assert not re.search(r"\b[Aa] [aeio]\w|\b[Aa]n [bcdfgjklmnpqrstvwxyz]\w", text), text
            assert all(start[0].isupper() for start in re.split(r"(?<=[.!?]) ", text)), text
            assert text.endswith((".", "!", "?", "…"))


@pytest.mark.parametrize("idea", [LIGHTHOUSE, "Freedom", "A robot learns to dance in an abandoned train station"])
def test_no_two_of_eight_scenes_are_built_alike(idea: str) -> None:
    for seed in range(20):
        written = write_scenes(order(idea, scenes=8, seed=seed))
        shapes = [re.split(r"(?<=[.!?]) ", scene.description.replace(KEEPER, "SHE")) for scene in written]
        sentences = [sentence for shape in shapes for sentence in shape]
        assert len(sentences) == len(set(sentences))
        assert all(3 <= len(shape) <= 4 for shape in shapes)
        assert len({scene.caption for scene in written}) == 8
        assert len({scene.camera_angle for scene in written}) >= 7


@pytest.mark.parametrize(
    "asked", ["low angle", "close-up", "handheld tracking shot", "aerial drone", "fisheye lens", "Dutch angle"]
)
def test_the_asked_camera_is_in_every_shot_and_the_rest_varies(asked: str) -> None:
    written = write_scenes(order(scenes=8, camera_angle=asked))
    assert all(asked in (scene.camera_angle or "") for scene in written)
    assert len({scene.camera_angle for scene in written}) > 1


def test_two_wishes_for_the_same_thing_take_turns() -> None:
    angles = [
        scene.camera_angle or "" for scene in write_scenes(order(scenes=4, camera_angle="wide shot and close-up"))
    ]
    assert ["wide shot" in angle for angle in angles] == [True, False, True, False]
    assert ["close-up" in angle for angle in angles] == [False, True, False, True]


def test_the_film_follows_the_places_of_its_idea_in_their_order() -> None:
    for seed in range(20):
        texts = [scene.description for scene in write_scenes(order(scenes=3, seed=seed))]
        assert re.search("(?:of|around) the lighthouse", texts[0])
        assert "the sea" in texts[1]
        assert "the city where the lost song was born" in texts[2]


def test_pronouns_and_verbs_agree_with_the_character() -> None:
    sisters = told(write_scenes(order(character="two sisters in black", scenes=12)))
    assert not re.search(r"\b(?:they|black) (?:is|has|does|[a-z]+(?:ts|ds|ns|ks|es|ps))\b", sisters)
    assert " she " not in sisters
    man = told(write_scenes(order(character="an old man with a beard", scenes=12)))
    assert " his " in man
    assert not re.search(r"\b(?:she|her|their|they)\b", man)


def test_a_duration_that_was_asked_for_is_kept() -> None:
    assert {scene.duration_seconds for scene in write_scenes(order(duration_s=5.5))} == {5.5}
    assert {scene.duration_seconds for scene in write_scenes(order())} == {8.0}
