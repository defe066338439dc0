"""Google's HTTP APIs on loopback (Gemini and Veo on Vertex), with scripted faults; it writes down what it accepted."""

import asyncio
import base64
import io
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal
from uuid import uuid4

from aiohttp import web
from PIL import Image

from tests.metered.server import clip
from tests.wire.gemini_takes import GONE, UNKNOWN_INTERACTION, UNKNOWN_KEY, GeminiTake, gemini_course, said
from tests.wire.serving import served
from tests.wire.takes import Echo, Refusal

KEY = "AIza-wire-key-0000000000000000000000000"
GOOGLE = "https://generativelanguage.googleapis.com/v1beta"
PADDING = bytes(1 << 20)
USAGE = {"promptTokenCount": 1000, "candidatesTokenCount": 1600, "thoughtsTokenCount": 400, "totalTokenCount": 3000}

Kind = Literal["words", "picture", "clip"]


@dataclass
class Generation:
    """One paid call that was accepted; the id is that of the response, the interaction or the operation."""

    id: str
    kind: Kind
    model: str
    prompt: str
    body: dict[str, Any]
    take: GeminiTake
    at: float = field(default_factory=monotonic)
    canceled: bool = False

    @property
    def status(self) -> str:
        if self.canceled:
            return "cancelled"
        return self.take.ends if monotonic() >= self.at + self.take.seconds else "in_progress"

    @property
    def file(self) -> str:
        return f"files/{self.id[3:]}"


@dataclass
class GeminiServer:
    """`take` is how orders play where the prompt has no cue; `gone` the models that are no longer offered.

    `moments` are called, if set, once: `accepted` after an order was written down and before it is answered,
    `polled` before a poll is answered, `sending` after half of a file was sent.
    """

    take: GeminiTake = field(default_factory=GeminiTake)
    gone: set[str] = field(default_factory=set)
    asides: dict[int, str] = field(default_factory=dict)
    """What is said besides in scene number n: a cue for who makes its clip, say."""
    moments: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    generations: dict[str, Generation] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    """How often each kind of call came: "generate", "clip", "poll", "cancel", "file", "download"."""
    leaked: list[str] = field(default_factory=list)
    """Addresses beyond the API's own that were given the key."""
    echo: Echo = field(default_factory=lambda: Echo(KEY))
    """Whose key it takes, and what it repeats of its caller where a prompt asks for that."""
    url: str = ""

    def __post_init__(self) -> None:
        self._clip = clip()
        self._over = asyncio.Event()

    @property
    def orders(self) -> Counter[str]:
        """Prompt -> how often it was bought."""
        return Counter(generation.prompt for generation in self.generations.values())

    def only(self) -> Generation:
        """The one that was bought."""
        (generation,) = self.generations.values()
        return generation

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator["GeminiServer"]:
        app = web.Application(middlewares=[self._known], client_max_size=64 << 20)
        app.add_routes(
            [
                web.post("/{version:v1|v1beta}/models/{model:[^:/]+}:generateContent", self._generate),
                web.get("/{version:v1|v1beta}/models/{model:[^:/]+}", self._model),
                web.post("/{version:v1|v1beta}/interactions", self._order_clip),
                web.get("/{version:v1|v1beta}/interactions/{id}", self._poll),
                web.post("/{version:v1|v1beta}/interactions/{id}/cancel", self._cancel),
                web.get("/{version:v1|v1beta}/files/{id:[a-z0-9]+}", self._file),
                web.get("/{version:v1|v1beta}/files/{id:[a-z0-9]+}:download", self._download),
                web.get("/elsewhere/{id}", self._elsewhere),
                web.post("/v1beta1/{path:.+}:predictLongRunning", self._order_veo),
                web.post("/v1beta1/{path:.+}:fetchPredictOperation", self._poll_veo),
            ]
        )
        async with served(app, port=port) as self.url:
            try:
                yield self
            finally:
                self._over.set()

    @web.middleware
    async def _known(self, request: web.Request, handler: Callable[..., Awaitable[web.StreamResponse]]) -> Any:
        key = request.headers.get("x-goog-api-key")
        if request.path.startswith("/elsewhere/"):
            self.leaked += [request.path] if key else []
        elif key != self.echo.key:
            return _answer(400, UNKNOWN_KEY)
        return await handler(request)

    async def _model(self, request: web.Request) -> web.Response:
        model = request.match_info["model"]
        return _answer(404, GONE) if model in self.gone else web.json_response({"name": f"models/{model}"})

    # Words and pictures

    async def _generate(self, request: web.Request) -> web.Response:
        self.calls["generate"] += 1
        body, model = await request.json(), request.match_info["model"]
        prompt = "\n".join(part.get("text", "") for turn in body["contents"] for part in turn["parts"])
        kind: Kind = "picture" if body.get("generationConfig", {}).get("responseModalities") == ["IMAGE"] else "words"
        if body.get("generationConfig", {}).get("seed", 0) >= 1 << 31:
            return _answer(400, said(400, "INVALID_ARGUMENT", "Invalid value at 'generation_config.seed' (TYPE_INT32)"))
        taken = await self._taken(request, kind, model, prompt, body)
        if isinstance(taken, web.Response):
            return taken
        if taken.take.blocked:
            return web.json_response({"promptFeedback": {"blockReason": taken.take.blocked}, "responseId": taken.id})
        parts = self._written(taken) if kind == "words" else self._drawn(taken)
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": taken.take.finished, "index": 0}
        if not parts:
            del candidate["content"]
        answer = {"candidates": [candidate], "usageMetadata": USAGE, "modelVersion": model, "responseId": taken.id}
        return web.json_response(answer)

    def _written(self, taken: Generation) -> list[dict[str, Any]]:
        if taken.take.writes == "nothing":
            return []
        asked = re.search(r"(\d+) scenes", taken.prompt)
        count = int(asked[1]) if asked else 1
        again = len(taken.body["contents"]) > 1
        if taken.take.writes == "one_less" or (taken.take.writes == "one_less_once" and not again):
            count -= 1
        scenes = [_scene(number, taken, aside=self.asides.get(number, "")) for number in range(1, count + 1)]
        text = json.dumps({"scenes": scenes})
        if taken.take.writes == "cut":
            text = text[: len(text) // 2]
        if taken.take.writes == "garbled":
            text = f"Here you are: {text}"
        return [{"text": "First I think.", "thought": True}, {"text": text}]

    def _drawn(self, taken: Generation) -> list[dict[str, Any]]:
        if taken.take.draws == "words":
            return []
        ratio = taken.body["generationConfig"].get("imageConfig", {}).get("aspectRatio", "1:1")
        content = _picture(taken.take.draws, ratio)
        data = base64.urlsafe_b64encode(content).decode()
        return [{"inlineData": {"mimeType": "image/jpeg", "data": data}}]  # whatever it is: that is its word only

    # Clips

    async def _order_clip(self, request: web.Request) -> web.Response:
        self.calls["clip"] += 1
        body = await request.json()
        pieces = [piece for step in body["input"] for piece in step["content"]]
        prompt = "\n".join(piece["text"] for piece in pieces if piece["type"] == "text")
        if not isinstance(body["response_format"].get("duration"), str):
            return _answer(400, said(400, "INVALID_ARGUMENT", "response_format.duration: not a Duration"))
        taken = await self._taken(request, "clip", body["model"], prompt, body)
        return taken if isinstance(taken, web.Response) else web.json_response(self._told(taken))

    async def _poll(self, request: web.Request) -> web.Response:
        self.calls["poll"] += 1
        taken = self.generations.get(request.match_info["id"])
        await self._moment("polled")
        if taken is None or taken.take.lost:
            return _answer(400, UNKNOWN_INTERACTION)
        return web.json_response(self._told(taken))

    async def _cancel(self, request: web.Request) -> web.Response:
        self.calls["cancel"] += 1
        taken = self.generations.get(request.match_info["id"])
        if taken is None or taken.take.lost:
            return _answer(400, UNKNOWN_INTERACTION)
        if taken.status != "in_progress":
            message = "Only an interaction in progress can be canceled."
            return _answer(400, json.dumps({"error": {"code": "invalid_request", "message": message}}))
        taken.canceled = True
        return web.json_response(self._told(taken))

    async def _file(self, request: web.Request) -> web.Response:
        self.calls["file"] += 1
        taken = self._of_file(request)
        ready = monotonic() >= taken.at + taken.take.seconds + taken.take.readies_s
        state = "FAILED" if taken.take.file_fails else "ACTIVE" if ready else "PROCESSING"
        return web.json_response(
            {"name": taken.file, "mimeType": "video/mp4", "sizeBytes": str(len(self._clip)), "state": state}
        )

    async def _download(self, request: web.Request) -> web.StreamResponse:
        if "Range" not in request.headers:  # else it is only asked whether the file lies elsewhere
            self.calls["download"] += 1
        taken = self._of_file(request)
        match taken.take.served:
            case "expired":
                return _answer(404, said(404, "NOT_FOUND", "File not found."))
            case "elsewhere":
                return web.Response(status=302, headers={"Location": f"/elsewhere/{taken.id}"})
            case "empty":
                return web.Response(body=b"", content_type="video/mp4")
            case "html":
                return web.Response(text="<html>Sign in first, please.</html>", content_type="text/html")
        broken = taken.take.served == "truncated" or (
            taken.take.served == "once_broken" and self.calls["download"] == 1
        )
        return await self._send(request, taken, broken=broken)

    async def _elsewhere(self, request: web.Request) -> web.StreamResponse:
        return await self._send(request, self.generations[request.match_info["id"]], broken=False)

    async def _send(self, request: web.Request, taken: Generation, *, broken: bool) -> web.StreamResponse:
        length = len(self._clip) + taken.take.mebibytes * len(PADDING)
        answer = web.StreamResponse(headers={"Content-Type": "video/mp4", "Content-Length": str(length)})
        await answer.prepare(request)
        await answer.write(self._clip[: len(self._clip) // 2])
        await self._moment("sending")
        if broken:
            assert request.transport is not None
            request.transport.close()
            return answer
        if request.transport is None or request.transport.is_closing():  # its reader was killed meanwhile
            return answer
        await answer.write(self._clip[len(self._clip) // 2 :])
        for _ in range(taken.take.mebibytes):
            await answer.write(PADDING)
        return answer

    def _told(self, taken: Generation) -> dict[str, Any]:
        """The interaction as the API tells it."""
        status = taken.status
        told: dict[str, Any] = {"id": taken.id, "object": "interaction", "model": taken.model, "status": status}
        if status == "failed" and taken.take.error is not None:
            told["errors"] = [dict(zip(("code", "message"), map(self.echo, taken.take.error), strict=True))]
        if status == "completed":
            made = self._made(taken)
            tokens = 5792 if made and made[-1]["type"] == "video" else 0
            told["steps"] = [{"type": "thought"}, {"type": "model_output", "content": made}]
            told["usage"] = {"output_tokens_by_modality": [{"modality": "video", "tokens": tokens}]}
        return told

    def _made(self, taken: Generation) -> list[dict[str, Any]]:
        video = {"type": "video", "mime_type": "video/mp4"}
        match taken.take.delivery:
            case "none":
                return []
            case "words":
                return [{"type": "text", "text": self.echo(taken.take.words)}]
            case "inline":
                return [{**video, "data": base64.b64encode(self._clip).decode()}]
            case "foreign":
                return [{**video, "uri": self.echo.on(f"{self.url}/elsewhere/{taken.id}")}]
        return [{**video, "uri": f"{GOOGLE}/{taken.file}:download?alt=media"}]

    def _of_file(self, request: web.Request) -> Generation:
        return self.generations[f"v1_{request.match_info['id']}"]

    # Veo on Vertex

    async def _order_veo(self, request: web.Request) -> web.Response:
        self.calls["clip"] += 1
        body, path = await request.json(), request.match_info["path"]
        taken = await self._taken(request, "clip", path.rpartition("/")[2], body["instances"][0]["prompt"], body)
        name = f"projects/p/locations/l/{path}/operations/"
        return taken if isinstance(taken, web.Response) else web.json_response({"name": f"{name}{taken.id}"})

    async def _poll_veo(self, request: web.Request) -> web.Response:
        self.calls["poll"] += 1
        name = (await request.json())["operationName"]
        taken = self.generations[name.rpartition("/")[2]]
        if taken.status == "in_progress":
            return web.json_response({"name": name})
        if taken.take.error is not None:
            error = {"code": 13, "message": taken.take.error[1]}
            return web.json_response({"name": name, "done": True, "error": error})
        video = {"bytesBase64Encoded": base64.b64encode(self._clip).decode(), "mimeType": "video/mp4"}
        if taken.take.delivery == "foreign":
            video = {"gcsUri": "gs://bucket/clip.mp4", "mimeType": "video/mp4"}
        response: dict[str, Any] = {"raiMediaFilteredCount": 0, "videos": [video]}
        if taken.take.delivery == "words":
            response = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["Support codes: 15236754"]}
        return web.json_response({"name": name, "done": True, "response": response})

    # All of them

    async def _taken(
        self, request: web.Request, kind: Kind, model: str, prompt: str, body: dict[str, Any]
    ) -> Generation | web.Response:
        """The order written down, or the answer that refuses it."""
        if model in self.gone:
            return _answer(404, GONE)
        wanted = gemini_course(prompt) or self.take
        taken = Generation(f"v1_{uuid4().hex}", kind, model, prompt, body, self.take)
        if isinstance(wanted, GeminiTake):
            taken.take = wanted
            self.generations[taken.id] = taken
            await self._moment("accepted")
            return taken
        if wanted.accepted:
            self.generations[taken.id] = taken
        return await self._refuse(request, wanted)

    async def _refuse(self, request: web.Request, refusal: Refusal) -> web.Response:
        if refusal.hangs:
            await self._over.wait()
        if refusal.drops or refusal.hangs:
            assert request.transport is not None
            request.transport.abort()
        headers = {"Retry-After": refusal.retry_after} if refusal.retry_after else {}
        return _answer(refusal.status or 500, self.echo(refusal.body), headers)

    async def _moment(self, name: str) -> None:
        if (happens := self.moments.pop(name, None)) is not None:
            await happens()


def _scene(number: int, taken: Generation, *, aside: str) -> dict[str, str]:
    """As the schema wants it. A good one repeats what it was told of the character and the style."""
    told = re.findall(r"^(?:Main character|Visual style): (.*)$", taken.prompt, re.MULTILINE)
    full = f"Shot {number}: at the harbour, at dusk. {' '.join((*told, aside)).strip()}"
    description = {"blank": " ", "thin": f"Shot {number}: she walks on."}.get(taken.take.writes, full)
    return {
        "title": f"Shot {number}",
        "description": description,
        "negative_description": "text, watermark",
        "camera_angle": "a slow dolly forward",
        "mood": "hopeful",
    }


def _picture(kind: str, ratio: str) -> bytes:
    width, _, height = ratio.partition(":")
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64 * int(height) // int(width)), (200, 120, 40)).save(buffer, kind.upper())
    return buffer.getvalue()


def _answer(status: int, body: str, headers: dict[str, str] | None = None) -> web.Response:
    kind = "application/json" if body.startswith(("{", "[")) else "text/html"
    return web.Response(status=status, text=body, content_type=kind, headers=headers)
