"""Idea -> scenes: the command, what comes of it, and a scene itself."""

from typing import Any, Literal

from pydantic import Field

from shared.contracts.base import AssetId, Contract, StoredAsset


class Scene(Contract):
    """What happens in one shot. `description` stands alone as a video prompt."""

    description: str
    negative_description: str
    title: str | None = None
    camera_angle: str | None = None
    mood: str | None = None
    caption: str | None = None
    lyrics: str | None = None
    duration_seconds: float | None = None


class CreateScenes(Contract):
    """Order the scenes of one video. The two files get the asset ids given here."""

    kind: Literal["create_scenes"] = "create_scenes"
    scene_set_id: AssetId
    markdown_id: AssetId
    output_dir: str
    root: str = "scenes"
    """The folder that `output_dir` is in; spaces that have keys have each their own."""
    idea: str
    character_description: str
    character_characteristics: str = ""
    number_of_scenes: int = 4
    video_type: str = ""
    video_characteristics: str = ""
    camera_angle: str = ""
    seed: int | None = None
    duration_s: float | None = None
    parameters: dict[str, Any] = Field(default_factory=dict)
    """The model's own fields, as the catalog mapped them."""

    @property
    def json_key(self) -> str:
        return f"{self.root}/{self.output_dir}/scenes.json"

    @property
    def markdown_key(self) -> str:
        return f"{self.root}/{self.output_dir}/scenes.md"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key this order may store under; they depend on the order alone."""
        return (self.json_key, self.markdown_key)


class ScenesCreated(Contract):
    """The scenes, in order. `scenes` is empty where they are too many to travel: read `json_file` then."""

    kind: Literal["create_scenes"] = "create_scenes"
    scene_set_id: AssetId
    scenes: tuple[Scene, ...]
    json_file: StoredAsset
    markdown_file: StoredAsset
    prompt_tokens: int = 0
    output_tokens: int = 0
    parameters_used: dict[str, Any] = Field(default_factory=dict)
    processing_time_s: float = 0.0

    @property
    def stored(self) -> tuple[StoredAsset, ...]:
        return (self.json_file, self.markdown_file)


class SceneCue(Contract):
    """Where in its film a clip stands; lets a model that cares keep look and key of the whole."""

    index: int = 0
    total: int = 1
    title: str | None = None
    camera_angle: str | None = None
    mood: str | None = None
    caption: str | None = None
    film_seed: int = 0
    character: str | None = None
    """The character's description, so that a local model draws the same person everywhere."""
