"""How jobs and productions are answered: as they stand, accepted (202), or awaited to their end."""

import base64
from collections.abc import Sequence
from contextlib import aclosing
from decimal import Decimal
from typing import Any

from aiohttp import web

from gateway import render
from gateway.history.position import queue_position
from gateway.history.records import Job, Production
from gateway.history.shares import shares_of
from gateway.history.store import Transaction
from gateway.house import HOUSE, House
from gateway.problems import problem_answer, refused
from gateway.render import Urls
from gateway.results import OUTCOME, JobResult
from gateway.routes.parameters import wants_media_of_gateway
from gateway.viewing import film_of
from shared.contracts.base import FREE, ErrorCode, Fault
from shared.contracts.image import ReferenceGenerated
from shared.contracts.order import Succeeded
from shared.errors import PermanentError
from shared.logs import logger
from shared.media.base import StorageAway

ASK_AGAIN_S = 2
AWAITED = {"Preference-Applied": "wait"}


async def answer_job(request: web.Request, job: Job, *, within_s: float | None) -> web.Response:
    """The job; or exactly what came of it, when the client waits and it ends in time."""
    house = request.app[HOUSE]
    if within_s is not None:
        job = await house.waiting.until_ended(job, within_s=within_s, look=lambda: find_job(house, job.id))
        if job.is_terminal:
            try:
                return await _outcome(request, job)
            except StorageAway as error:  # its pictures can't be read now: that is no reason to order it again
                logger(__name__).warning("storage_away", job=job.id, reason=str(error))
    async with house.history.glance() as tx:
        body = await job_body(house, tx, job, urls=urls_for(request, job.space))
    return _accepted(body, at=house.urls.job(job.id)["self"])


async def answer_production(request: web.Request, film: Production, *, within_s: float | None) -> web.Response:
    """The production; awaited to its end when the client waits."""
    house = request.app[HOUSE]
    if within_s is not None:
        film = await house.waiting.until_ended(film, within_s=within_s, look=lambda: find_film(house, film.id))
        if film.status == "failed" and film.error:
            return problem_answer(request, PermanentError(Fault.model_validate(film.error)))
    async with house.history.read() as tx:
        body = await film_body(house, tx, film, urls=urls_for(request, film.space))
    if within_s is not None and film.is_terminal:
        return web.json_response(body, headers=AWAITED)
    return _accepted(body, at=house.urls.production(film.id)["self"])


def urls_for(request: web.Request, space: str) -> Urls:
    """Addresses of what is in `space`, as this client can use them."""
    urls = request.app[HOUSE].urls_of(space)
    return urls.of_gateway() if wants_media_of_gateway(request) else urls


async def job_body(house: House, tx: Transaction, job: Job, *, urls: Urls) -> dict[str, Any]:
    """The job as a client reads it, with what is live of it."""
    body = render.job_body(
        job,
        urls=urls,
        drawn=await drawn_so_far(tx, job),
        live=house.live.of_job(job.id),
        queue_position=await queue_position(tx, job),
        eta_s=house.live.left_s(job.id),
        if_canceled_usd=FREE if job.is_terminal else await if_canceled_usd(tx, job),
    )
    if missing := await _missing(house, [job]):
        body["progress"]["message"] = missing
    return body


async def if_canceled_usd(tx: Transaction, job: Job) -> Decimal:
    """What the orders of `job` that are over have cost, and what those that are out may cost though canceled."""
    orders = await tx.orders_of(job.id)
    spent = sum((Decimal(order.outcome["cost_usd"]) for order in orders if order.outcome), FREE)
    out = (Decimal(order.body.get("cancel_usd", "0")) for order in orders if order.status == "released")
    return sum(out, spent)


async def _missing(house: House, jobs: Sequence[Job]) -> str | None:
    """What the first of `jobs` that gets no further is waiting for."""
    for job in jobs:
        if not job.is_terminal and (missing := await house.waits_for(job.kind, str(job.plan["backend"]))):
            return missing
    return None


def fraction_in(house: House) -> render.FractionOf:
    """How far a job is, by what is live of it."""

    def fraction_of(job: Job) -> float:
        live = house.live.of_job(job.id)
        return 1.0 if job.is_terminal else live.fraction if live else 0.0

    return fraction_of


async def film_body(house: House, tx: Transaction, film: Production, *, urls: Urls) -> dict[str, Any]:
    """The whole production as a client reads it; its fraction never goes down."""
    jobs, versions = await tx.jobs_of(film.id), await tx.versions_of(film.id)
    seen = film_of(film, versions, jobs)

    fraction_of = fraction_in(house)
    body = render.production_body(
        film,
        urls=urls,
        scenes=versions,
        jobs=jobs,
        shares=await shares_of(tx, film.id),
        spent=await tx.spent(film.id),
        fraction=house.live.film_fraction(film, render.film_fraction(seen, jobs, fraction_of=fraction_of)),
        fraction_of=fraction_of,
        eta_s=house.live.film_left_s(film, jobs, (await house.acceptance.means()).hands),
        drawn=[picture for job in jobs for picture in await drawn_so_far(tx, job)],
        live=house.live,
    )
    if missing := await _missing(house, jobs):
        body["progress"]["message"] = missing
    return body


async def drawn_so_far(tx: Transaction, job: Job) -> list[ReferenceGenerated]:
    """The pictures that are there already of a character that is still being drawn."""
    if job.kind != "generate_character_reference" or job.is_terminal or job.done == 0:
        return []
    ends = [OUTCOME.validate_python(order.outcome) for order in await tx.orders_of(job.id) if order.outcome]
    results = [outcome.result for outcome in ends if isinstance(outcome, Succeeded)]
    return [result for result in results if isinstance(result, ReferenceGenerated)]


async def result_of(request: web.Request, job: Job, *, with_bytes: bool) -> dict[str, Any] | None:
    """The "result" body of a job that has ended; None where it made nothing."""
    pictures = await _base64_of(request.app[HOUSE], job) if with_bytes else None
    return render.result_body(job, urls=urls_for(request, job.space), base64=pictures)


async def find_job(house: House, job_id: str) -> Job | None:
    async with house.history.read() as tx:
        return await tx.job(job_id)


async def find_film(house: House, production_id: str) -> Production | None:
    async with house.history.read() as tx:
        return await tx.production(production_id)


async def _outcome(request: web.Request, job: Job) -> web.Response:
    """What a job that was waited for came to: its result, or its error."""
    if job.status == "failed" and job.error:
        return problem_answer(request, PermanentError(Fault.model_validate(job.error)), job_id=job.id)
    result = await result_of(request, job, with_bytes=job.request.get("include_base64") is not False)
    if job.status == "canceled" or result is None:
        canceled = refused(ErrorCode.CONFLICT, f"job {job.id} was canceled before it was done", retryable=True)
        return problem_answer(request, canceled, job_id=job.id)
    return web.json_response(result, headers=AWAITED)


def _accepted(body: dict[str, Any], *, at: str) -> web.Response:
    return web.json_response(body, status=202, headers={"Location": at, "Retry-After": str(ASK_AGAIN_S)})


async def _base64_of(house: House, job: Job) -> dict[str, str]:
    """Image id -> the picture in base64: a few pictures of a few MB each, read on request only."""
    made = JobResult.model_validate(job.result).made if job.result else ()
    return {
        result.image.asset_id: base64.b64encode(await _read(house, result.image.key)).decode()
        for result in made
        if isinstance(result, ReferenceGenerated)
    }


async def _read(house: House, key: str) -> bytes:
    async with aclosing(house.media.open(key)) as chunks:
        return b"".join([chunk async for chunk in chunks])
