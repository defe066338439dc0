"""Two who hold keys of a locked gateway, each in a space of their own."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse

from gateway.history import keys
from gateway.history.keys import ApiKey
from gateway.keys.token import new_token
from tests.contract.theatre import Theatre


@dataclass(frozen=True)
class Holder:
    """Somebody with a key."""

    house: Theatre
    id: str
    key: str
    space: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def call(self, method: str, path: str, **options: Any) -> ClientResponse:
        headers = self.headers | options.pop("headers", {})
        return await self.house.client.request(method, f"/api/mv{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> ClientResponse:
        return await self.call("POST", path, json=body, **options)

    async def told(self, path: str) -> dict[str, Any]:
        answer = await self.get(path)
        body: dict[str, Any] = await answer.json()
        assert answer.status == 200, body
        return body

    async def ordered(self, path: str, body: dict[str, Any]) -> str:
        """The id of the job or production that `body` was accepted as."""
        answer = await self.post(path, body)
        told = await answer.json()
        assert answer.status == 202, told
        return str(told["job_id"] if "job_id" in told else told["production_id"])

    async def revoke(self) -> None:
        async with self.house.house.history.write() as tx:
            await keys.change(tx, self.id, revoked_at=tx.now())


async def holder(house: Theatre, name: str, *, space: str | None = None, **limits: Any) -> Holder:
    """Somebody new, with a fresh key."""
    token = new_token()
    async with house.house.history.write() as tx:
        key = ApiKey(id=token.id, hash=token.hash, name=name, space=space or name, created_at=tx.now(), **limits)
        await keys.put(tx, key)
    return Holder(house, token.id, token.text, space or name)
