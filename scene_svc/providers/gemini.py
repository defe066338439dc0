"""Scenes by the text models of Gemini."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from scene_svc.config import SceneConfig
from scene_svc.drafts import Drafts, Flawed, scenes_of
from scene_svc.prompts import Prompts
from scene_svc.providers.base import SceneProvider, Script
from shared.config import WorkerConfig
from shared.contracts.base import FREE
from shared.contracts.order import Order
from shared.contracts.scene import CreateScenes, Scene
from shared.errors import PermanentError, ServiceError, SubmissionUnknown
from shared.logs import logger
from shared.openings import Shut
from shared.runtime import House
from shared.vendors.gemini import faults
from shared.vendors.gemini.answers import Answered, Unanswered, Unreached
from shared.vendors.gemini.opening import Reach, open_gemini_account
from shared.vendors.gemini.reply import Reply

if TYPE_CHECKING:
    from shared.vendors.gemini.account import Account, Turn

SILENCE_S = 90.0
SEEDS = 1 << 31  # the API takes signed 32 bits
CALL_TIMEOUT_S = 2 * SILENCE_S + 10  # the answer, and the one repair


@dataclass
class GeminiStoryteller:
    """Asks for all scenes in one answer; what can't be used is asked for once more, with the fault named."""

    reach: "Reach[Account]"
    prompts: Prompts
    call_timeout_s: float = CALL_TIMEOUT_S

    async def write(self, order: Order) -> Script:
        command = order.command
        assert isinstance(command, CreateScenes)
        turns: list[Turn] = [("user", self.prompts.asked(command))]
        first = await self._ask(order, command, turns)
        try:
            return _script(order, _scenes(first, order, command), first)
        except Flawed as flaw:
            logger(__name__).info("scenes_asked_again", model=order.model, reason=str(flaw))
            again = self.prompts.asked_again(command, str(flaw))
            turns += [("model", first.text or "(nothing)"), ("user", again)]
            return await self._repaired(order, command, turns, first, flaw)

    async def _repaired(
        self, order: Order, command: CreateScenes, turns: "Sequence[Turn]", first: Reply, flaw: Flawed
    ) -> Script:
        """The first answer is paid: whatever the second comes to, this ends here."""
        try:
            second = await self._ask(order, command, turns)
            return _script(order, _scenes(second, order, command), first, second)
        except Flawed as worse:
            message = f"{order.model} was asked twice and what it wrote can't be used: {worse} Retry the job."
            raise _unusable(message, order, _cost(order, first, second)) from worse
        except ServiceError as error:
            message = f"What {order.model} wrote can't be used: {flaw} Asked again: {error} Retry the job."
            lost = order.price_usd if isinstance(error, SubmissionUnknown) or error.fault.charged else FREE
            raise _unusable(message, order, _cost(order, first) + lost) from error

    async def _ask(self, order: Order, command: CreateScenes, turns: "Sequence[Turn]") -> Reply:
        system = self.prompts.told(command)
        settings = dict(command.parameters)
        if command.seed is not None:
            settings.setdefault("seed", command.seed % SEEDS)
        log = logger(__name__)
        log.debug("gemini_call", model=order.vendor_model, system=system, turns=list(turns), settings=settings)
        try:
            reply = await (await self.reach()).write(
                order.vendor_model, turns, system=system, schema=Drafts, settings=settings
            )
        except (Answered, Unreached, Unanswered) as problem:
            raise faults.refusal(problem, order.model) from problem
        log.debug("gemini_answer", model=order.vendor_model, text=reply.text, finished=reply.finished)
        return reply


@asynccontextmanager
async def open_gemini(
    _house: House, config: WorkerConfig, *, silence_s: float = SILENCE_S
) -> AsyncIterator[SceneProvider]:
    prompts = config.prompts if isinstance(config, SceneConfig) else None
    if prompts is None:
        raise Shut("write `prompts` into configs/scene.yaml")
    async with open_gemini_account(config, silence_s=silence_s) as reach:
        yield GeminiStoryteller(reach, prompts)


def _scenes(reply: Reply, order: Order, command: CreateScenes) -> tuple[Scene, ...]:
    """Raises Flawed where asking again may help, PermanentError where it was refused."""
    if reply.moderated is not None:
        raise faults.moderated(reply, order.model)
    if reply.finished == "MAX_TOKENS":
        raise Flawed("it was cut off before its end. Write shorter descriptions.")
    if not reply.text.strip():
        raise Flawed(f"there was no answer ({reply.finished or 'without a reason'}).")
    return scenes_of(reply.text, command)


def _script(order: Order, scenes: tuple[Scene, ...], *replies: Reply) -> Script:
    return Script(scenes, _cost(order, *replies), *_tokens(*replies))


def _tokens(*replies: Reply) -> tuple[int, int]:
    """In and out."""
    return sum(reply.prompt_tokens for reply in replies), sum(reply.output_tokens for reply in replies)


def _cost(order: Order, *replies: Reply) -> Decimal:
    """What so many answers cost."""
    prompt_tokens, output_tokens = _tokens(*replies)
    if order.token_prices is None or prompt_tokens + output_tokens == 0:
        return _rounded(order.price_usd * len(replies))
    return _rounded(order.token_prices.of(prompt_tokens=prompt_tokens, output_tokens=output_tokens))


def _unusable(message: str, order: Order, cost_usd: Decimal) -> PermanentError:
    return PermanentError(faults.bad_output(message, order.model, charged=True).fault, cost_usd=cost_usd)


def _rounded(cost_usd: Decimal) -> Decimal:
    """To a millionth of a dollar."""
    return cost_usd.quantize(Decimal("0.000001")).normalize() + 0
