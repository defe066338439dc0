"""Before money is spent: what an order would cost, and whether the user wants it."""

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from scenebeat.exits import FAILED, USAGE
from scenebeat.screen import Screen, price
from shared.answers import Estimate, EstimatedPart

YES = frozenset({"y", "yes"})


@dataclass(frozen=True)
class Spending:
    """What was said about money: `agreed` (--yes), the most it may cost, whether somebody can be asked.

    `instead` is what makes the same for nothing.
    """

    instead: str
    agreed: bool = False
    budget_usd: Decimal | None = None
    may_ask: bool = False
    cancel: bool = False
    """Whoever interrupts means the order too, and not only the command."""


class NotAgreed(Exception):
    """Nothing was ordered; the text says why and what to do. `exit_code` is the command's."""

    def __init__(self, text: str, exit_code: int) -> None:
        super().__init__(f"nothing was ordered: {text}")
        self.exit_code = exit_code


async def agree(estimate: Estimate, spending: Spending, screen: Screen) -> None:
    """Show what it would cost, where it costs anything, and ask. Raises NotAgreed."""
    usd = estimate.estimated_usd
    if usd == 0:
        return
    screen.say(told(estimate))
    if spending.budget_usd is not None and usd > spending.budget_usd:
        raise NotAgreed(f"that is more than --budget {spending.budget_usd:f}. {spending.instead}", FAILED)
    if spending.agreed or (spending.budget_usd is not None and not spending.may_ask):
        return
    if not spending.may_ask:
        raise NotAgreed(f"nobody can be asked here: say --yes or --budget USD. {spending.instead}", USAGE)
    if (await screen.ask(f"Spend about {rounded(usd)}? [y/N] ")).lower() not in YES:
        raise NotAgreed(f"not agreed. {spending.instead}", FAILED)


def told(estimate: Estimate) -> str:
    """The parts with their models and prices, and the whole."""
    parts = [_part(part) for part in estimate.parts if part.usd > 0]
    notes = [f"note: {warning}" for warning in estimate.warnings]
    minutes = "" if estimate.seconds is None else f", and about {max(1, round(estimate.seconds / 60))} min"
    whole = f"about {rounded(estimate.estimated_usd)}{minutes}"
    return "\n".join(["This is made by models that cost money:", *parts, *notes, whole])


def rounded(usd: Decimal) -> str:
    """Up to the next cent."""
    return price(str(usd.quantize(Decimal("0.01"), ROUND_UP)))


def _part(part: EstimatedPart) -> str:
    times = f"{part.count} x {price(format(part.usd_each, 'f'))}" if part.count > 1 else ""
    return f"  {part.part:<10} {part.model:<28} {price(format(part.usd, 'f')):>8}  {times}".rstrip()
