"""What the local clip costs: CPU seconds of a fresh process for 8 s of 1280x720 with sound, place by place."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench.machine import conditions
from shared.contracts.scene import SceneCue
from video_svc.animatic import ClipRecipe

GOAL_CPU_S = 4.2
CUE = SceneCue(index=1, total=4, film_seed=7)
PLACES: Mapping[str, str] = {
    "street in the rain": (
        "In heavy rain, a woman in a mustard raincoat walks along a neon city street at night. "
        "Eye-level extreme wide shot."
    ),
    "harbour": "A woman in a mustard raincoat walks along a harbour at dusk. wide shot",
    "forest in fog": "A man runs through a forest at dawn in fog. tracking shot",
    "stage": "A singer dances on a stage at night. medium shot",
    "mountain in snow": "A girl kneels in snow on a mountain at noon. close-up",
}
_CHILD = """
import resource, sys
from pathlib import Path
from video_svc.animatic import ClipRecipe, render_clip
recipe = ClipRecipe.model_validate_json(sys.argv[1])
render_clip(recipe, out=Path(sys.argv[2]), progress=lambda share, doing: None)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(usage.ru_utime + usage.ru_stime)
"""


def clip_cpu_s(prompt: str, *, out: Path) -> float:
    """CPU seconds, user and system, from the start of the interpreter to the finished file."""
    recipe = ClipRecipe(prompt=prompt, seed=3, cue=CUE).model_dump_json()
    command = [sys.executable, "-c", _CHILD, recipe, str(out)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    return float(answer.stdout)


async def bench(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    taken = {
        place: await asyncio.to_thread(clip_cpu_s, prompt, out=folder / "clip.mp4") for place, prompt in PLACES.items()
    }
    told = ", ".join(f"{place} {seconds:.2f} s" for place, seconds in taken.items())
    return (
        f"CPU of an animatic clip, 8 s of 1280x720 at 24 fps with sound, imports included: {told} "
        f"(goal <= {GOAL_CPU_S} s each); {conditions()}"
    )
