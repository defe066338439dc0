"""Wakes those who wait for the history to change."""

import asyncio


class Changes:
    """The newest seq known to be committed, and a bell that rings when it grows."""

    def __init__(self) -> None:
        self.newest = 0
        self._bell = asyncio.Event()

    def notice(self, seq: int) -> None:
        """Seq `seq` is committed, here or by another gateway (whose announcements end here too)."""
        if seq > self.newest:
            self.newest = seq
            self._bell.set()
            self._bell = asyncio.Event()

    async def wait_for_change(self, after_seq: int, timeout_s: float) -> int:
        """Return once something later than `after_seq` is committed, or after `timeout_s`; the newest seq known."""
        try:
            async with asyncio.timeout(timeout_s):
                while self.newest <= after_seq:
                    await self._bell.wait()
        except TimeoutError:
            pass
        return self.newest
