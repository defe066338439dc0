"""Scenes, character, clips, cut, one after the other with the Python client: `python by_hand.py FILE`."""
# ruff: noqa: T201 -- printing is what it is for

import sys

from scenebeat import SyncClient

CHARACTER = "a small red fox with a blue scarf"


def main(file: str) -> None:
    with SyncClient() as client:
        written = client.wait(client.create_scenes("A fox learns to fly", CHARACTER, number_of_scenes=2))
        portrait = client.wait(client.generate_character_reference(CHARACTER, num_images=1)).images[0]
        orders = [
            client.generate_video(scene.description, character_reference_image_id=portrait.id, duration=1)
            for scene in written.scenes
        ]  # all of them ordered before the first is there
        clips = [client.wait(order) for order in orders]
        cut = client.wait(client.stitch_videos([clip.video_id for clip in clips], transition="crossfade"))
        size = client.download(cut.video_url, file)
        print(f"{file}: {size} bytes, {cut.metadata.duration_seconds} s, {cut.metadata.cost_usd} USD")


if __name__ == "__main__":
    main(*sys.argv[1:])
