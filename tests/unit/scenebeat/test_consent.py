"""Nothing is spent that nobody agreed to."""

import io
from decimal import Decimal
from typing import Any

import pytest

from scenebeat.consent import NotAgreed, Spending, agree, rounded, told
from scenebeat.screen import PlainScreen
from shared.answers import Estimate


class Asked(PlainScreen):
    """A screen with somebody before it who types `answer`."""

    def __init__(self, answer: str) -> None:
        self.shown = io.StringIO()
        self.questions: list[str] = []
        self.refusal: str | None = None
        self._answer = answer
        super().__init__(self.shown)

    async def ask(self, question: str) -> str:
        self.questions.append(question)
        return self._answer


def estimate(usd: str = "6.5604", **more: Any) -> Estimate:
    each = str(Decimal(usd) / 2)
    clips = part("clips", "google/veo-3.1", count=2, usd_each=each, usd=usd)
    cut = part("cut", "local/cut", count=1, usd_each="0", usd="0")
    told = {
        "call": "productions",
        "estimated_usd": usd,
        "seconds": 130.0,
        "parts": [clips, cut],
        "warnings": [],
        **more,
    }
    return Estimate.model_validate(told)


def part(name: str, model: str, **prices: Any) -> dict[str, Any]:
    told = {"part": name, "kind": "generate_video", "backend": "replicate", "model": model}
    return {
        **told,
        "at_once": 2,
        "seconds": 60.0,
        "parameters": {},
        "adjusted_parameters": {},
        "ignored_parameters": [],
        **prices,
    }


def spending(**said: Any) -> Spending:
    return Spending(instead="Say --local", **said)


async def outcome(estimated: Estimate, said: Spending, *, answer: str = "") -> tuple[int, Asked]:
    screen = Asked(answer)
    try:
        await agree(estimated, said, screen)
    except NotAgreed as no:
        screen.refusal = str(no)
        return no.exit_code, screen
    return 0, screen


async def test_what_costs_nothing_needs_no_agreement() -> None:
    code, screen = await outcome(estimate("0"), spending())
    assert (code, screen.questions, screen.shown.getvalue()) == (0, [], "")


@pytest.mark.parametrize(
    ("answer", "code"), [("y", 0), ("yes", 0), ("Y", 0), ("n", 1), ("", 1), ("maybe", 1), ("yess", 1)]
)
async def test_at_a_terminal_it_asks_once_and_only_a_yes_is_one(answer: str, code: int) -> None:
    found, screen = await outcome(estimate(), spending(may_ask=True), answer=answer)
    assert (found, screen.questions) == (code, ["Spend about $6.57? [y/N] "])


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (spending(), 2),
        (spending(agreed=True), 0),
        (spending(budget_usd=Decimal("6.5604")), 0),
        (spending(budget_usd=Decimal("6.56")), 1),
        (spending(budget_usd=Decimal(0)), 1),
        (spending(agreed=True, budget_usd=Decimal(6)), 1),
        (spending(may_ask=True, agreed=True), 0),
        (spending(may_ask=True, budget_usd=Decimal(6)), 1),
    ],
)
async def test_where_nobody_is_asked_it_takes_a_yes_or_a_budget_that_is_enough(said: Spending, code: int) -> None:
    found, screen = await outcome(estimate(), said)
    assert (found, screen.questions) == (code, [])
    if code:
        assert screen.refusal is not None
        assert screen.refusal.startswith("nothing was ordered: ")
        assert screen.refusal.endswith(". Say --local")


async def test_a_budget_does_not_answer_for_somebody_who_can_be_asked() -> None:
    code, screen = await outcome(estimate(), spending(may_ask=True, budget_usd=Decimal(7)), answer="n")
    assert (code, len(screen.questions)) == (1, 1)


async def test_the_price_is_shown_by_part_with_its_model_before_anything_is_asked() -> None:
    _, screen = await outcome(estimate(warnings=["`duration` 4 is not made: 8 was used"]), spending())
    assert screen.shown.getvalue().splitlines() == [
        "This is made by models that cost money:",
        "  clips      google/veo-3.1                $6.5604  2 x $3.2802",
        "note: `duration` 4 is not made: 8 was used",
        "about $6.57, and about 2 min",
    ]


@pytest.mark.parametrize(("usd", "said"), [("0.001", "$0.01"), ("12.968", "$12.97"), ("3", "$3.00"), ("2.50", "$2.50")])
def test_a_question_rounds_up_to_the_next_cent(usd: str, said: str) -> None:
    assert rounded(Decimal(usd)) == said


def test_a_time_that_nobody_knows_is_not_told() -> None:
    assert told(estimate()).endswith("about $6.57, and about 2 min")
    assert told(estimate(seconds=None)).endswith("about $6.57")
