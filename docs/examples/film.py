"""A whole film with the Python client, told as it is made: `python film.py FILE`."""
# ruff: noqa: T201 -- printing is what it is for

import asyncio
import sys

from scenebeat import Client, NotMade


async def main(file: str) -> None:
    async with Client() as client:
        film = await client.create_production(
            "A fox learns to fly", "a small red fox with a blue scarf", number_of_scenes=1, num_images=1, duration=1
        )
        try:
            film = await client.wait(film, progress=lambda told: print(told.status, flush=True))
        except NotMade as why:
            sys.exit(f"{why} (scenebeat jobs --film {film.production_id})")
        if film.final_video is not None:
            await client.download(film.final_video.video_url, file)
        print(film.production_id)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
