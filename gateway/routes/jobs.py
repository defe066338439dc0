"""Jobs: one, a list, their events, cancel, retry, delete (API.md section 2)."""

from aiohttp import web

from gateway.documents.operations import call, order
from gateway.history.records import Job
from gateway.house import HOUSE
from gateway.lifecycle.removal import remove_job
from gateway.lifecycle.use import still_needed
from gateway.problems import refused
from gateway.requests.queries import EventsQuery, JobsQuery, read_query
from gateway.routes.answers import answer_job, job_body, urls_for
from gateway.routes.parameters import (
    idempotency_key,
    list_filter,
    own_cursor,
    path_uuid,
    refuse_fields,
    space_of,
    wait_s,
)
from gateway.routes.pipeline import asker_of
from gateway.sockets import event_body
from shared import answers
from shared.contracts.base import ErrorCode

routes = web.RouteTableDef()


@routes.get("/api/mv/jobs")
@call("List jobs", query=JobsQuery, answers=answers.JobPage, about="Newest first.")
async def list_jobs(request: web.Request) -> web.Response:
    house, wanted = request.app[HOUSE], list_filter(request, JobsQuery)
    urls = urls_for(request, wanted.space)
    with own_cursor():
        async with house.history.read() as tx:
            page = await tx.list_jobs(wanted)
            items = [await job_body(house, tx, job, urls=urls) for job in page.items]
    return web.json_response({"items": items, "next_cursor": page.next_cursor})


@routes.get("/api/mv/jobs/{job_id}")
@call("One job", answers=answers.Job)
async def get_job(request: web.Request) -> web.Response:
    house, job = request.app[HOUSE], await _asked_job(request)
    async with house.history.read() as tx:
        return web.json_response(await job_body(house, tx, job, urls=urls_for(request, job.space)))


@routes.get("/api/mv/jobs/{job_id}/events")
@call("What happened to a job", query=EventsQuery, answers=answers.JobEvents, about="Oldest first.")
async def get_job_events(request: web.Request) -> web.Response:
    """The events after `after`, oldest first, at most `limit`: ask on with the last seq."""
    job = await _asked_job(request)
    asked = read_query(request.query, EventsQuery)
    async with request.app[HOUSE].history.read() as tx:
        events = await tx.events_after(asked.after, space=job.space, job_ids=(job.id,), limit=asked.limit)
    return web.json_response([event_body(event) for event in events])


@routes.post("/api/mv/jobs/{job_id}/cancel")
@call("Cancel a job", answers={202: answers.Job, 200: answers.Job}, about="May be repeated; 200 where it has ended.")
async def cancel_job(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    job = await house.stopping.job(path_uuid(request, "job_id"), space_of(request))
    async with house.history.read() as tx:
        body = await job_body(house, tx, job, urls=urls_for(request, job.space))
    return web.json_response(body, status=200 if job.is_terminal else 202)


@routes.post("/api/mv/jobs/{job_id}/retry")
@order("Order again what failed", result=answers.AnyResult)
async def retry_job(request: web.Request) -> web.Response:
    within_s, job_id, key = wait_s(request), path_uuid(request, "job_id"), idempotency_key(request)
    await refuse_fields(request)
    job = await request.app[HOUSE].acceptance.retry(job_id, asker=asker_of(request), key=key)
    return await answer_job(request, job, within_s=within_s)


@routes.delete("/api/mv/jobs/{job_id}")
@call("Delete a job and what it made", codes=(ErrorCode.CONFLICT,))
async def delete_job(request: web.Request) -> web.Response:
    house, job = request.app[HOUSE], await _asked_job(request)
    if not job.is_terminal:
        raise refused(ErrorCode.CONFLICT, f"job {job.id} is {job.status}; cancel it first")
    if job.production_id is not None:
        raise refused(ErrorCode.CONFLICT, f"job {job.id} is a part of production {job.production_id}")
    async with house.history.write() as tx:
        gone = await remove_job(tx, job, media=house.media)
    if not gone.records:
        raise still_needed(f"what job {job.id} made")
    return web.Response(status=204)


async def _asked_job(request: web.Request) -> Job:
    job_id = path_uuid(request, "job_id")
    async with request.app[HOUSE].history.read() as tx:
        job = await tx.job(job_id, space=space_of(request))
    if job is None:
        raise refused(ErrorCode.NOT_FOUND, f"there is no job {job_id}")
    return job
