"""The calls to the Gemini API with a key, through Google's SDK; imported only once a key is there."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from google.genai import Client, types
from pydantic import BaseModel

from shared.vendors.gemini.answers import Unanswered
from shared.vendors.gemini.interaction import Interaction
from shared.vendors.gemini.line import Line, content_config, open_client, readable
from shared.vendors.gemini.reply import Reply

Turn = tuple[Literal["user", "model"], str]


class Account:
    """One key's access. Every call raises Answered, Unreached or Unanswered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._models = client.aio.models

    async def write(
        self, model: str, turns: Sequence[Turn], *, system: str, schema: type[BaseModel], settings: Mapping[str, Any]
    ) -> Reply:
        """Words in the JSON form of `schema`. Costs."""
        config = content_config(
            settings, system_instruction=system, response_mime_type="application/json", response_schema=schema
        )
        contents: list[types.ContentUnion] = [
            types.Content(role=role, parts=[types.Part(text=text)]) for role, text in turns
        ]
        with readable():
            return _reply(await self._models.generate_content(model=model, contents=contents, config=config))

    async def draw(self, model: str, prompt: str, *, form: Mapping[str, Any], settings: Mapping[str, Any]) -> Reply:
        """One picture. `form` is its aspect_ratio and image_size. Costs."""
        config = content_config(settings, response_modalities=["IMAGE"], image_config=types.ImageConfig(**form))
        with readable():
            return _reply(await self._models.generate_content(model=model, contents=prompt, config=config))

    async def begin_clip(
        self, model: str, prompt: str, *, picture: tuple[str, str] | None, form: Mapping[str, Any], task: str
    ) -> str:
        """Order one clip; the id to ask for it again. `picture` is its base64 and its media type. Costs."""
        parts: list[dict[str, Any]] = [{"type": "text", "text": prompt}]
        if picture is not None:
            parts.insert(0, {"type": "image", "data": picture[0], "mime_type": picture[1]})
        ordered: dict[str, Any] = {
            "model": model,
            "background": True,
            "store": True,
            "input": parts,
            "response_format": {"type": "video", **form},
            "generation_config": {"video_config": {"task": task}},
        }
        with readable():
            made = await self._client.aio.interactions.create(**ordered)
            if not getattr(made, "id", None):
                raise Unanswered("no id")
            return str(made.id)

    async def interaction(self, interaction_id: str) -> Interaction:
        return await self._ask("get", f"interactions/{interaction_id}?stream=false")

    async def stop(self, interaction_id: str) -> Interaction:
        return await self._ask("post", f"interactions/{interaction_id}/cancel")

    async def look_up(self, model: str) -> None:
        """Return where there is such a model. Costs nothing."""
        with readable():
            await self._client.aio._api_client.async_request("get", f"models/{model}", {}, None)

    async def file_state(self, name: str) -> str:
        """ "PROCESSING", "ACTIVE" or "FAILED"."""
        with readable():
            found = await self._client.aio.files.get(name=name)
        return str(getattr(found.state, "value", found.state) or "PROCESSING")

    async def _ask(self, method: str, path: str) -> Interaction:
        """Below the SDK's models, which are slow and refuse what they don't know."""
        with readable():
            answer = await self._client.aio._api_client.async_request(method, path, {}, None)
            return Interaction.model_validate(json.loads(answer.body or "{}"))


@asynccontextmanager
async def open_account(key: str, *, base_url: str, version: str, silence_s: float) -> AsyncIterator[Account]:
    client = open_client(Line(silence_s), base_url=base_url, version=version, enterprise=False, api_key=key)
    try:
        yield Account(client)
    finally:
        await client.aio.aclose()


def _reply(response: types.GenerateContentResponse) -> Reply:
    candidate = next(iter(response.candidates or ()), None)
    parts = (candidate.content.parts if candidate and candidate.content else None) or []
    feedback, usage = response.prompt_feedback, response.usage_metadata
    pictures = [part.inline_data.data for part in parts if part.inline_data and part.inline_data.data]
    return Reply(
        id=response.response_id or "",
        text="".join(part.text for part in parts if part.text and not part.thought),
        picture=pictures[-1] if pictures else None,
        blocked=_name(feedback.block_reason) if feedback else None,
        finished=_name(candidate.finish_reason) if candidate else None,
        prompt_tokens=(usage.prompt_token_count or 0) if usage else 0,
        output_tokens=((usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0)) if usage else 0,
    )


def _name(reason: Any) -> str | None:
    return str(getattr(reason, "value", reason)) if reason is not None else None
