"""What is stopped has ended."""

import asyncio

import pytest

from shared.stopping import stop

pytestmark = pytest.mark.asyncio


class Deaf:
    """Goes on after its first cancellations, as whoever awaits an answer with `wait_for` may on Python 3.11."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.begun = asyncio.Event()

    async def run(self) -> None:
        while True:
            self.begun.set()
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if self.left == 0:
                    raise
                self.left -= 1


async def test_a_task_that_swallows_a_cancellation_is_canceled_again() -> None:
    deaf = Deaf(times=2)
    task = asyncio.create_task(deaf.run())
    async with asyncio.timeout(10):
        await deaf.begun.wait()
        await stop(task)
    assert task.cancelled()


async def test_an_answer_that_comes_with_the_cancellation_keeps_no_task_alive() -> None:
    """The real thing: a heartbeat that awaits one answer after the other."""
    answers: asyncio.Queue[asyncio.Future[None]] = asyncio.Queue()

    async def beat() -> None:
        while True:
            answer = asyncio.get_running_loop().create_future()
            answers.put_nowait(answer)
            await asyncio.wait_for(answer, 60)

    task = asyncio.create_task(beat())
    async with asyncio.timeout(10):
        (await answers.get()).set_result(None)
        await stop(task)
    assert task.cancelled()


async def test_stopping_goes_on_though_it_is_canceled_itself() -> None:
    deaf = Deaf(times=1)
    task = asyncio.create_task(deaf.run())
    await deaf.begun.wait()
    stopping = asyncio.create_task(stop(task))
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(10):
            await stopping
    assert task.done()


async def test_what_has_ended_already_is_left_alone() -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    task = asyncio.create_task(broken())
    await asyncio.wait({task})
    await stop(task)
    assert isinstance(task.exception(), ZeroDivisionError)
