"""A request and a fitted model -> the commands that go on the bus, and the texts they carry. Pure but for fresh ids."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never
from uuid import UUID

from gateway.defaults import CutDefaults, Defaults
from gateway.history.records import LOCAL
from gateway.joints import as_json, entrances, from_json, joints, timed
from gateway.materials import Materials
from gateway.requests.fields import SEEDS, CutFields, Fields, Transition
from gateway.requests.orders import (
    ConformClipRequest,
    CreateScenesRequest,
    GenerateReferenceRequest,
    GenerateVideoRequest,
    JobRequest,
    StitchVideosRequest,
)
from shared.catalog import Fitted, Value, lines, shape
from shared.contracts.base import AssetId, AssetRef, StoredAsset
from shared.contracts.image import GenerateReference
from shared.contracts.order import Command
from shared.contracts.scene import CreateScenes
from shared.contracts.stitch import ConformClip, StitchVideos
from shared.contracts.stitch import Transition as Joint
from shared.contracts.video import GenerateVideo

Mint = Callable[[], UUID]
PROMPT = "{prompt}"


@dataclass(frozen=True, slots=True)
class Ordered:
    """The commands of one job and what its answer says of them."""

    commands: tuple[Command, ...]
    used: dict[str, Any]
    prompt: str
    warnings: tuple[str, ...] = ()


def wishes(request: JobRequest, materials: Materials, defaults: Defaults, *, seed: int) -> dict[str, Value]:
    """The canonical inputs that a model may lack: what was asked, the defaults in the gaps, `seed` where none was."""
    match request:
        case CreateScenesRequest():
            return {"seed": _or(request.seed, seed)}
        case GenerateReferenceRequest():
            return _portrait_wishes(request, defaults, seed=seed)
        case GenerateVideoRequest():
            return _clip_wishes(request, materials, defaults, seed=seed)
        case StitchVideosRequest() | ConformClipRequest():
            return {}
        case _:
            assert_never(request)


def scenes_root(space: str) -> str:
    """The folder of a space's scenes: none can name, write or find the files of another."""
    return "scenes" if space == LOCAL else f"spaces/{space}/scenes"


def commands_of(
    request: JobRequest, materials: Materials, fitted: Fitted, defaults: Defaults, mint: Mint, *, space: str
) -> Ordered:
    """The commands of `request`, as `fitted` to its model, with the ids of what they will make."""
    match request:
        case CreateScenesRequest():
            return _scenes(request, materials, fitted, defaults, mint, root=scenes_root(space))
        case GenerateReferenceRequest():
            return _portraits(request, fitted, defaults, mint)
        case GenerateVideoRequest():
            return _clip(request, materials, fitted, defaults, mint)
        case StitchVideosRequest():
            return _cut(request, materials, defaults, mint)
        case ConformClipRequest():
            return _conform(request, materials, mint)
        case _:
            assert_never(request)


def again(command: Command, mint: Mint) -> Command:
    """The same command for a new order: what it makes gets new ids."""
    match command:
        case CreateScenes():
            return command.model_copy(update={"scene_set_id": _new(mint), "markdown_id": _new(mint)})
        case GenerateReference():
            return command.model_copy(update={"image_id": _new(mint)})
        case GenerateVideo():
            frame = _new(mint) if command.last_frame_id else None
            return command.model_copy(update={"video_id": _new(mint), "last_frame_id": frame})
        case ConformClip():
            return command.model_copy(update={"conformed_id": _new(mint), "poster_id": _new(mint)})
        case StitchVideos():
            fresh = {name: _new(mint) for name in ("video_id", "poster_id", "contact_sheet_id")}
            return command.model_copy(update=fresh)
        case _:
            assert_never(command)


def with_rules(prompt: str, template: str) -> str:
    """`prompt` inside the rules `template`, or before them where it names no `{prompt}`."""
    if PROMPT in template:
        return template.replace(PROMPT, prompt)
    return f"{prompt}\n\n{template}" if template.strip() else prompt


def cut_settled(request: CutFields, defaults: CutDefaults) -> dict[str, Any]:
    """How a cut is joined, what is heard and how it is checked: as asked, else the defaults. Wire fields."""
    told = _or(request.transition, (Transition(type=defaults.transition),))
    says = "loudness_lufs" in request.model_fields_set  # null is an answer too
    return {
        "transition": as_json(timed(told, seconds=defaults.transition_seconds)),
        "audio": _or(request.audio, defaults.audio),
        "loudness_lufs": request.loudness_lufs if says else defaults.loudness_lufs,
        "verify": _or(request.verify, defaults.verify),
    }


def frame_size(aspect_ratio: str, resolution: str) -> tuple[int, int]:
    """Width and height in even pixels: `resolution` is the shorter side."""
    short, wide = lines(resolution), shape(aspect_ratio)
    long = round(short * max(wide, 1 / wide) / 2) * 2
    return (long, short) if wide > 1 else (short, long)


def _scenes(
    request: CreateScenesRequest, materials: Materials, fitted: Fitted, defaults: Defaults, mint: Mint, *, root: str
) -> Ordered:
    scene_set_id = _new(mint)
    words = {
        "number_of_scenes": _or(request.number_of_scenes, defaults.scene.number_of_scenes),
        "character_characteristics": _or(request.character_characteristics, defaults.scene.character_characteristics),
        "video_type": _or(request.video_type, defaults.scene.video_type),
        "video_characteristics": _or(request.video_characteristics, defaults.scene.video_characteristics),
        "camera_angle": _or(request.camera_angle, defaults.scene.camera_angle),
        "output_dir": request.output_dir or scene_set_id,
    }
    command = CreateScenes(
        scene_set_id=scene_set_id,
        markdown_id=_new(mint),
        root=root,
        idea=request.idea,
        character_description=request.character_description,
        duration_s=materials.scene_duration_s,
        seed=_int(fitted.used.get("seed")),
        parameters=fitted.parameters,
        **words,
    )
    return Ordered((command,), {**words, **fitted.used}, request.idea)


def _portrait_wishes(request: GenerateReferenceRequest, defaults: Defaults, *, seed: int) -> dict[str, Value]:
    output_format = _or(request.output_format, defaults.image.output_format)
    return {
        "aspect_ratio": _or(request.aspect_ratio, defaults.image.aspect_ratio),
        "output_format": "jpg" if output_format == "jpeg" else output_format,
        "safety_filter_level": _or(request.safety_filter_level, defaults.image.safety_filter_level),
        "person_generation": _or(request.person_generation, defaults.image.person_generation),
        "negative_prompt": request.negative_prompt,
        "seed": _or(request.seed, seed),
    }


def _portraits(request: GenerateReferenceRequest, fitted: Fitted, defaults: Defaults, mint: Mint) -> Ordered:
    number = _or(request.num_images, defaults.image.num_images)
    reads = fitted.model.prompt is not None  # the local painter is told the character alone
    template = defaults.image.prompt_template if reads else PROMPT
    prompt = with_rules(request.character_description, template)
    images = tuple(_portrait(request, index, _own_seed(fitted, index), prompt, mint) for index in range(number))
    return Ordered(images, {"num_images": number, **fitted.used}, prompt, fitted.cut_off(prompt))


def _own_seed(fitted: Fitted, index: int) -> Fitted:
    """Image k uses seed + k, so that candidates differ and can be reproduced."""
    seed = _int(fitted.used.get("seed"))
    return fitted if seed is None else fitted.using(seed=(seed + index) % (fitted.model.seed_below or SEEDS))


def _portrait(
    request: GenerateReferenceRequest, index: int, fitted: Fitted, prompt: str, mint: Mint
) -> GenerateReference:
    return GenerateReference(
        image_id=_new(mint),
        index=index,
        character_description=request.character_description,
        prompt=prompt,
        parameters=fitted.with_prompt(prompt),
        **{name: fitted.used[name] for name in _PORTRAIT_FIELDS if name in fitted.used},
    )


_PORTRAIT_FIELDS = ("aspect_ratio", "output_format", "negative_prompt", "seed")


def _clip_wishes(
    request: GenerateVideoRequest, materials: Materials, defaults: Defaults, *, seed: int
) -> dict[str, Value]:
    return {
        "aspect_ratio": _or(request.aspect_ratio, defaults.video.aspect_ratio),
        "duration": _or(request.duration, defaults.video.duration),
        "resolution": _or(request.resolution, defaults.video.resolution),
        "generate_audio": _or(request.generate_audio, defaults.video.generate_audio),
        "person_generation": _or(request.person_generation, defaults.video.person_generation),
        "negative_prompt": request.negative_prompt or None,
        "seed": _or(request.seed, seed),
        "reference": True if materials.reference else None,
    }


def _clip(
    request: GenerateVideoRequest, materials: Materials, fitted: Fitted, defaults: Defaults, mint: Mint
) -> Ordered:
    used = fitted.used
    prompt = with_rules(request.prompt, _or(request.video_rules_template, defaults.video.video_rules_template))
    command = GenerateVideo(
        video_id=_new(mint),
        prompt=prompt,
        scene=request.prompt,
        fps=materials.clip_fps or defaults.video.fps,
        reference=_ref(materials.reference) if "reference" in used else None,
        cue=materials.cue,
        stand_in=materials.stand_in,
        last_frame_id=_new(mint) if materials.keep_last_frame else None,
        **as_clip(fitted, prompt, defaults),
    )
    return Ordered((command,), told_of(fitted), prompt, fitted.cut_off(prompt))


def as_clip(fitted: Fitted, prompt: str, defaults: Defaults) -> dict[str, Any]:
    """What a fitted model makes of a clip's command: everything but its words and materials."""
    used = fitted.used
    aspect_ratio = str(used.get("aspect_ratio", defaults.video.aspect_ratio))
    resolution = str(used.get("resolution", defaults.video.resolution))
    width, height = frame_size(aspect_ratio, resolution)
    return {
        "negative_prompt": used.get("negative_prompt"),
        "duration_s": float(str(used.get("duration", defaults.video.duration))),
        "width": width,
        "height": height,
        "aspect_ratio": aspect_ratio,
        "resolution": resolution,
        "generate_audio": bool(used.get("generate_audio", False)),
        "seed": _int(used.get("seed")),
        "parameters": fitted.with_prompt(prompt),
    }


def told_of(fitted: Fitted) -> dict[str, Any]:
    """The inputs in force as an answer shows them: pictures have a receipt of their own."""
    return {name: value for name, value in fitted.used.items() if name != "reference"}


def refitted(command: Command, fitted: Fitted, reference: AssetRef | None, defaults: Defaults, mint: Mint) -> Command:
    """The same command for another model, or for another try: what it makes gets new ids."""
    fresh = again(command, mint)
    match fresh:
        case CreateScenes():
            return fresh.model_copy(update={"seed": _int(fitted.used.get("seed")), "parameters": fitted.parameters})
        case GenerateReference():
            own = _own_seed(fitted, fresh.index)
            mapped = {name: own.used[name] for name in _PORTRAIT_FIELDS if name in own.used}
            without = {name: None for name in ("negative_prompt", "seed") if name not in mapped}
            return fresh.model_copy(update={"parameters": own.with_prompt(fresh.prompt), **without, **mapped})
        case GenerateVideo():
            sent = reference if "reference" in fitted.used else None
            return fresh.model_copy(update={"reference": sent, **as_clip(fitted, fresh.prompt, defaults)})
        case StitchVideos() | ConformClip():
            return fresh
        case _:
            assert_never(fresh)


def _conform(request: ConformClipRequest, materials: Materials, mint: Mint) -> Ordered:
    (clip,) = materials.clips
    target = request.model_dump(include={"width", "height", "fps", "fit"})
    command = ConformClip(conformed_id=_new(mint), poster_id=_new(mint), clip=clip, **target)
    return Ordered((command,), {"video_id": clip.asset_id, **target}, "")


def _cut(request: StitchVideosRequest, materials: Materials, defaults: Defaults, mint: Mint) -> Ordered:
    """Where videos are missing, the others close up; each keeps the transition that it enters by."""
    asked = {name: getattr(request, name) for name in ("width", "height", "fps", "title", "credits")}
    settled = cut_settled(request, defaults.stitch)
    there = [place for place, video_id in enumerate(request.video_ids) if video_id not in materials.missing]
    joined = joints(entrances(from_json(settled["transition"]), clips=len(request.video_ids)), there)
    used = {
        **{name: value for name, value in asked.items() if value is not None},
        **settled,
        "transition": as_json(joined),
        "fit": _or(request.fit, defaults.stitch.fit),
    }
    command = StitchVideos(
        video_id=_new(mint),
        clips=materials.clips,
        input_video_ids=tuple(AssetId(request.video_ids[place]) for place in there),
        skipped=materials.missing,
        transitions=tuple(Joint(type=one.type, seconds=one.seconds or 0.0) for one in joined),
        title_seconds=defaults.stitch.title_seconds,
        poster_id=_new(mint),
        contact_sheet_id=_new(mint),
        **asked,
        **{name: used[name] for name in ("fit", "audio", "loudness_lufs", "verify")},
    )
    return Ordered((command,), used, request.title or "")


def _ref(asset: AssetRef | None) -> AssetRef | None:
    return None if asset is None else AssetRef(**asset.model_dump(include=set(AssetRef.model_fields)))


def _new(mint: Mint) -> AssetId:
    return AssetId(str(mint()))


def _or(asked: Any, default: Any) -> Any:
    return default if asked is None else asked


def _int(value: Value) -> int | None:
    return None if value is None else int(value)


def shown(request: Fields, reference: AssetRef | None) -> dict[str, Any]:
    """A request as its job shows it: what was asked, a picture's bytes replaced by their hash and size."""
    asked = request.model_dump(mode="json", exclude_unset=True)
    if asked.get("reference_image_base64") is not None and isinstance(reference, StoredAsset):
        asked["reference_image_base64"] = {"sha256": reference.sha256, "size_bytes": reference.size_bytes}
    return asked
