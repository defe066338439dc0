"""`python -m bench.noop SLOTS`: a video service whose clips take no time at all."""

import asyncio
import sys

import uvloop

from shared.claim import Claim
from shared.config import WorkerConfig
from shared.contracts.base import MediaFacts, StoredAsset
from shared.contracts.video import GenerateVideo, VideoGenerated
from shared.logs import configure
from shared.runtime import House, open_house
from shared.worker import Performed


async def no_clip(claim: Claim) -> Performed:
    command = claim.order.command
    assert isinstance(command, GenerateVideo)
    facts = MediaFacts(width=1280, height=720, duration_s=8.0, fps=24, frames=192, has_audio=True)
    video = StoredAsset(
        asset_id=command.video_id, key=command.key, sha256="0" * 64, media_type="video/mp4", size_bytes=0, facts=facts
    )
    return Performed(VideoGenerated(video=video))


async def work(house: House, *, slots: int) -> None:
    await house.work("generate_video", no_clip, slots={"local": slots}, drain_s=1)


async def _main(slots: int) -> None:
    async with open_house(WorkerConfig(), "noop") as house:
        await work(house, slots=slots)


if __name__ == "__main__":
    configure(service="noop", level="warning")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(int(sys.argv[1])))
