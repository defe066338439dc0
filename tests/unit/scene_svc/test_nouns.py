"""What the noun finder finds, and what it leaves out."""

import pytest

from scene_svc.grammar.nouns import nouns_of, phrases_of, verbs_of


@pytest.mark.parametrize(
    ("idea", "phrases"),
    [
        ("A lighthouse keeper follows a lost song", ["lighthouse keeper", "lost song"]),
        ("a falling star over the city", ["falling star", "city"]),
        ("Chasing ghosts in Paris", ["ghosts", "Paris"]),
        ("a girl losing her voice", ["girl", "voice"]),
        ("a robot dances in the rain", ["robot", "rain"]),
        ("Two sisters play their last concert", ["Two sisters", "last concert"]),
        ("he wants to dance", []),
        ("love and hope", ["love", "hope"]),
        ("She quickly runs home, slowly.", ["home"]),
        ("the lonely family", ["lonely family"]),
    ],
)
def test_phrases_keep_their_words_together_and_verbs_outside(idea: str, phrases: list[str]) -> None:
    assert [" ".join(phrase.words) for phrase in phrases_of(idea)] == phrases


def test_nouns_come_once_and_in_order() -> None:
    assert nouns_of("the sea, the city and the sea") == ["sea", "city"]


def test_verbs_are_given_in_their_base_form() -> None:
    assert verbs_of("A girl chases and danced while hiding") == ["chase", "dance", "hide"]
