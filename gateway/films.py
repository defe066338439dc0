"""A production as it is accepted: what a film fixes at its start, and what its parts will be asked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from gateway.choice import Choice
from gateway.commands import cut_settled, frame_size, shown, wishes
from gateway.history.records import Production
from gateway.materials import Materials
from gateway.planning import Asker, Means, asked_of, refuse_other_shapes, search_text
from gateway.prices import price_of_clip, price_of_one, price_of_scenes
from gateway.requests.fields import Transition
from gateway.requests.films import GATES, Continuity, Gate, ModelWishes, OnFailedScene, ProductionRequest
from gateway.requests.orders import GenerateReferenceRequest, GenerateVideoRequest, refuse_stray_transitions
from gateway.requests.reading import InvalidRequest
from shared import tracing
from shared.catalog import Fitted, Role, fit, nearest_ratio
from shared.contracts.base import FREE, AssetId, AssetRef, ErrorCode, Kind, StoredAsset, Usd
from shared.errors import PermanentError

ASPECT_OF_NOTHING = "16:9"
TO_COME = AssetRef(asset_id=AssetId("00000000-0000-4000-8000-000000000000"), key="", sha256="0" * 64, media_type="")
"""The place of a picture or a clip that is not there yet."""
TARGET = frozenset({"width", "height", "fps", "fit"})
"""What every clip of a film is conformed to."""


class FilmSettings(BaseModel):
    """A film's `settings` in the history: what the director works from.

    `inputs`: what every part of a kind is asked, whatever its scene; wire fields and Materials, as `plan_part` reads.
    """

    model_config = ConfigDict(frozen=True)

    seed: int
    character: str
    on_failed_scene: OnFailedScene
    number_of_scenes: int
    continuity: Continuity = "shared_reference"
    inputs: dict[Kind, dict[str, Any]]
    estimated_usd: Usd = FREE
    reuse: bool = False
    review: tuple[Gate, ...] = ()
    opened: tuple[Gate, ...] = ()
    """Gates that a person has let the film through."""
    chosen: dict[int, int] = {}
    """Scene number -> the version that counts, where that is not the newest."""
    order: tuple[int, ...] = ()
    """Scene numbers as they are seen; empty: as they were written."""
    cut: dict[str, Any] = {}
    """What the last restitch asked to be another way, wire fields."""
    traceparent: str | None = None
    """The request that ordered it: everything that is made for it belongs to that trace."""

    @property
    def target(self) -> dict[str, Any]:
        """The shape that every clip is conformed to."""
        return {name: value for name, value in self.inputs["stitch_videos"].items() if name in TARGET}


@dataclass(frozen=True, slots=True)
class Cast:
    """The models of a film, chosen at its start."""

    scene: Choice
    image: Choice
    video: Choice
    cut: Choice

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.scene.warnings, *self.image.warnings, *self.video.warnings, *self.cut.warnings)


def plan_production(
    request: ProductionRequest, reference: StoredAsset | AssetRef | None, *, asker: Asker, means: Means
) -> Production:
    """Resolve a film. Raises InvalidRequest (400), PermanentError BUDGET_EXCEEDED (402) or of `choose` (503)."""
    cast = _cast(request, means)
    shared = _clip_request(request, cast)
    portrait = _portrait_request(request)
    _refuse_clips_from_nothing(request, cast)
    clip = _fitted_clip(shared, request, cast, means)
    refuse_other_shapes(cast.video.model, clip)
    settings = _settings(request, shared, clip, cast, reference=reference, means=means)
    refuse_over_budget(settings.estimated_usd, request.budget_usd)
    asked = shown(request, reference)
    return Production(
        id=str(means.mint()),
        space=asker.space,
        key_id=asker.key_id,
        request=asked,
        settings=settings.model_dump(mode="json"),
        created_at=means.now(),
        project=request.project or asker.project,
        title=request.title,
        reference=_ref(reference),
        warnings=[*cast.warnings, *_portrait_warnings(portrait, reference, cast, means), *clip.warnings],
        budget_usd=request.budget_usd,
        request_id=asker.request_id,
        search=search_text(asked),
    )


def refuse_over_budget(estimated: Decimal, budget: Decimal | None) -> None:
    """Raises PermanentError BUDGET_EXCEEDED, saying by how much."""
    if budget is not None and estimated > budget:
        over = format(estimated - budget, "f")
        raise PermanentError.of(
            ErrorCode.BUDGET_EXCEEDED,
            f"the film could cost {estimated:f} USD, {over} USD more than its budget_usd of {budget:f}: "
            "ask for fewer or shorter scenes, a cheaper model, or raise the budget",
        )


def _cast(request: ProductionRequest, means: Means) -> Cast:
    models = request.models or ModelWishes()
    return Cast(
        scene=_take("create_scenes", models.scene, request, means),
        image=_take("generate_character_reference", models.image, request, means),
        video=_take("generate_video", models.video, request, means),
        cut=means.choose("stitch_videos"),
    )


def _take(kind: Kind, model: str | None, request: ProductionRequest, means: Means) -> Choice:
    """`backend` is about clips first; the other kinds follow where the catalog has a model of it."""
    has_it = any(known.provider == request.backend for known in means.catalog.of_kind(kind))
    follows = kind == "generate_video" or (has_it and model is None)
    return means.choose(kind, model=model, backend=request.backend if follows else None)


def _clip_request(request: ProductionRequest, cast: Cast) -> GenerateVideoRequest:
    """What all clips share, as a request whose prompt is still to be written."""
    told = _told(request, _SHARED_BY_CLIPS)
    ratios = cast.video.model.aspect_ratios
    if request.width and request.height and request.aspect_ratio is None and ratios:
        told["aspect_ratio"] = nearest_ratio(ratios, request.width / request.height)
    return GenerateVideoRequest(prompt="(written later)", **told)


_SHARED_BY_CLIPS = (
    "negative_prompt",
    "aspect_ratio",
    "duration",
    "resolution",
    "generate_audio",
    "person_generation",
    "video_rules_template",
    "seed",
)


def _portrait_request(request: ProductionRequest) -> GenerateReferenceRequest:
    told = _told(request, ("character_description", "num_images", "safety_filter_level", "seed"))
    return GenerateReferenceRequest(**told)


def _refuse_clips_from_nothing(request: ProductionRequest, cast: Cast) -> None:
    if cast.video.model.needs_picture and request.continuity == "independent":
        raise InvalidRequest.at(
            "continuity", f"{cast.video.model.id} makes clips from a picture only: they cannot be `independent` of it"
        )


def _fitted_clip(
    shared: GenerateVideoRequest, request: ProductionRequest, cast: Cast, means: Means, *, role: Role = "reference"
) -> Fitted:
    """What a clip will be; unless they are independent, with a picture, whichever that will be."""
    materials = Materials(reference=None if request.continuity == "independent" else TO_COME)
    inputs = wishes(shared, materials, means.defaults, seed=0)
    return fit(cast.video.model, inputs, asked=asked_of(shared, materials), role=role)


def _portrait_warnings(
    portrait: GenerateReferenceRequest, reference: AssetRef | None, cast: Cast, means: Means
) -> tuple[str, ...]:
    if reference is not None:
        return ()
    inputs = wishes(portrait, Materials(), means.defaults, seed=0)
    return fit(cast.image.model, inputs, asked=asked_of(portrait, Materials()) - {"seed"}).warnings


def _settings(
    request: ProductionRequest,
    shared: GenerateVideoRequest,
    clip: Fitted,
    cast: Cast,
    *,
    reference: AssetRef | None,
    means: Means,
) -> FilmSettings:
    number = request.number_of_scenes or means.defaults.scene.number_of_scenes
    seed = {"seed": means.seed() if request.seed is None else request.seed}
    refuse_stray(request.transition, clips=number)
    later = _fitted_clip(shared, request, cast, means, role=picture_roles(request.continuity, number)[-1])
    return FilmSettings(
        **seed,
        character=request.character_description,
        on_failed_scene=request.on_failed_scene or "filler",
        continuity=request.continuity or "shared_reference",
        number_of_scenes=number,
        inputs={
            "create_scenes": _scenes_wanted(request, later, cast, means) | seed | {"number_of_scenes": number},
            "generate_character_reference": _character_wanted(request, cast) | seed,
            "generate_video": _clip_wanted(request, shared, cast, means),
            "stitch_videos": _cut_wanted(request, clip, means),
        },
        estimated_usd=_estimate(request, shared, cast, reference=reference, means=means),
        reuse=bool(request.reuse),
        review=tuple(gate for gate in GATES if gate in (request.review or ())),
        traceparent=tracing.traceparent(),
    )


def _scenes_wanted(request: ProductionRequest, clip: Fitted, cast: Cast, means: Means) -> dict[str, Any]:
    told = _told(
        request,
        (
            "idea",
            "character_description",
            "character_characteristics",
            "video_type",
            "video_characteristics",
            "camera_angle",
            "output_dir",
        ),
    )
    duration = clip.used.get("duration", means.defaults.video.duration)
    return {**told, "model": cast.scene.model.id, "scene_duration_s": duration}


def _character_wanted(request: ProductionRequest, cast: Cast) -> dict[str, Any]:
    told = _told(request, ("character_description", "num_images", "safety_filter_level"))
    return {**told, "model": cast.image.model.id}


def _clip_wanted(request: ProductionRequest, shared: GenerateVideoRequest, cast: Cast, means: Means) -> dict[str, Any]:
    told = shared.model_dump(mode="json", exclude_unset=True, exclude={"prompt", "seed"})
    return {
        **told,
        "model": cast.video.model.id,
        "clip_fps": request.fps or means.defaults.video.fps,
        **({"keep_last_frame": True} if request.continuity == "previous_last_frame" else {}),
    }


def refuse_stray(told: Sequence[Transition] | None, *, clips: int) -> None:
    """Raises InvalidRequest where transitions are neither one for all joints nor one per joint."""
    try:
        refuse_stray_transitions(told, clips=clips)
    except ValueError as error:
        raise InvalidRequest.at("transition", str(error)) from None


def _cut_wanted(request: ProductionRequest, clip: Fitted, means: Means) -> dict[str, Any]:
    """Size, rate and fit are fixed here for the whole film, so that every clip can be conformed when it arrives."""
    aspect_ratio = str(clip.used.get("aspect_ratio", ASPECT_OF_NOTHING))
    width, height = frame_size(aspect_ratio, str(clip.used.get("resolution", means.defaults.video.resolution)))
    return {
        "width": request.width or width,
        "height": request.height or height,
        "fps": request.fps or means.defaults.video.fps,
        "fit": request.fit or means.defaults.stitch.fit,
        **_told(request, ("title", "credits")),
        **cut_settled(request, means.defaults.stitch),
    }


def _estimate(
    request: ProductionRequest,
    shared: GenerateVideoRequest,
    cast: Cast,
    *,
    reference: AssetRef | None,
    means: Means,
) -> Decimal:
    """What the whole film is expected to cost, nothing going wrong."""
    scenes = request.number_of_scenes or means.defaults.scene.number_of_scenes
    images = 0 if reference else request.num_images or means.defaults.image.num_images
    clips = (
        _fitted_clip(shared, request, cast, means, role=role) for role in picture_roles(request.continuity, scenes)
    )
    return sum(
        (
            price_of_scenes(cast.scene.model, scenes),
            price_of_one(cast.image.model) * images,
            price_of_one(cast.cut.model),
            *(price_of_clip(clip, means.defaults) for clip in clips),
        ),
        FREE,
    )


def picture_roles(continuity: Continuity | None, scenes: int) -> tuple[Role, ...]:
    """What the picture of each clip is to the model, where every clip before it could be made."""
    following: Role = "first_frame" if continuity == "previous_last_frame" else "reference"
    return ("reference", *[following] * (scenes - 1))


def _told(request: BaseModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(request, name)) is not None}


def _ref(asset: AssetRef | None) -> dict[str, Any] | None:
    return None if asset is None else asset.model_dump(mode="json", include=set(AssetRef.model_fields))
