"""A local render is started once per handle, found again by it, and leaves nothing behind."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.children import ChildFailed
from shared.contracts.base import ErrorCode
from shared.contracts.order import Order
from shared.errors import PermanentError
from shared.executions import Handle
from shared.generation import Done, Output, Pending
from shared.localmodel import LocalModel, Recipe
from tests.unit.shared.orders import clip_order
from tests.unit.shared.work import Errand

errands = {"": Errand(), "slow": Errand(seconds=600), "input": Errand(fail="input"), "bug": Errand(fail="bug")}


async def prepare(order: Order, scratch: Path) -> Recipe:
    return Recipe(errands[order.model], "picture.png", "image/png")


def finish(answer: dict[str, Any], output: Output) -> Done:
    return Done((output,), report=answer)


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[LocalModel]:
    made = LocalModel(
        target="tests.unit.shared.work:run_errand",
        scratch=tmp_path / "scratch",
        prepare=prepare,
        finish=finish,
        refusals={"BadErrand": ErrorCode.STITCH_FAILED},
    )
    yield made
    await made.close()
    assert list((tmp_path / "scratch").glob("*")) == []


async def until_done(model: LocalModel, handle: Handle) -> Done:
    while True:
        state = await model.poll(handle)
        if isinstance(state, Done):
            return state


async def test_a_render_ends_with_its_file(model: LocalModel) -> None:
    handle = await model.submit(clip_order(provider="local", price="0", model=""))
    done = await until_done(model, handle)
    content = b"".join([chunk async for chunk in model.fetch(done.outputs[0])])
    assert len(content) == done.report["written"]
    await model.forget(handle)


async def test_the_handle_alone_is_enough_to_render_again(model: LocalModel, tmp_path: Path) -> None:
    handle = await model.submit(clip_order(provider="local", price="0", model=""))
    kept = Handle.model_validate_json(handle.model_dump_json())
    assert isinstance(await until_done(model, kept), Done)


async def test_a_canceled_render_is_gone_at_once(model: LocalModel) -> None:
    handle = await model.submit(clip_order(provider="local", price="0", model="slow"))
    assert isinstance(await model.poll(handle), Pending)
    assert await model.cancel(handle) == 0


async def test_the_inputs_fault_is_the_users_answer_and_ours_a_bug(model: LocalModel) -> None:
    blamed = await model.submit(clip_order(provider="local", price="0", model="input"))
    with pytest.raises(PermanentError, match="makes no sense") as refusal:
        await until_done(model, blamed)
    assert refusal.value.fault.code is ErrorCode.STITCH_FAILED
    bug = await model.submit(clip_order(provider="local", price="0", model="bug"))
    with pytest.raises(ChildFailed):
        await until_done(model, bug)
