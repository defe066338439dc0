"""Parameters of calls that many share: ids in the path, and headers."""

from collections.abc import Mapping
from typing import Any

JsonSchema = dict[str, Any]

UUID: JsonSchema = {"type": "string", "format": "uuid"}

PATH: Mapping[str, tuple[str, JsonSchema]] = {
    "job_id": ("The job.", UUID),
    "production_id": ("The production.", UUID),
    "video_id": ("A clip or a cut.", UUID),
    "image_id": ("A picture.", UUID),
    "delivery_id": ("A delivery of a webhook.", UUID),
    "number": ("The scene, counted from 1 as they were written.", {"type": "integer", "minimum": 1}),
    "share_id": ("A link to a film.", UUID),
    "token": ("The secret of a link.", {"type": "string"}),
    "scene_set_id": ("A set of scenes.", UUID),
    "name": ("A file of the studio, as the page names it.", {"type": "string"}),
}
"""Name in a path -> what it is, and its form."""

HEADERS: Mapping[str, tuple[str, JsonSchema]] = {
    "X-Request-Id": (
        "An id of the caller's own, repeated in the answer and in every line that is logged; one is made where it is "
        "left out, or is not 1 to 200 letters, digits and `._:/+=@-`.",
        {"type": "string"},
    ),
    "Idempotency-Key": (
        "The same key and body within 24 hours answer the same job: nothing is ordered, or paid, twice.",
        {"type": "string", "pattern": "^[!-~]([ -~]{0,253}[!-~])?$"},
    ),
    "Prefer": (
        "To an order, `wait=N` waits up to N seconds (1 to 600) for the end: then the answer is the result itself. "
        "`media=gateway` has media at addresses of the gateway where those of the bucket would be told. "
        "A comma divides the two.",
        {"type": "string"},
    ),
    "Range": ("One part of the file.", {"type": "string", "examples": ["bytes=0-1023"]}),
    "If-Range": ("The part only where the file is still this one.", {"type": "string"}),
    "If-None-Match": ("The ETag that is known: 304 while it is still the same.", {"type": "string"}),
    "If-Modified-Since": ("304 where it has not changed since.", {"type": "string"}),
}

ANSWER_HEADERS: Mapping[str, tuple[str, JsonSchema]] = {
    "X-Request-Id": ("The id of this request.", {"type": "string"}),
    "Location": ("Where the job, or the production, is found.", {"type": "string", "format": "uri-reference"}),
    "Retry-After": ("Seconds after which asking again makes sense.", {"type": "string", "pattern": "^[0-9]+$"}),
    "Preference-Applied": ("`wait`", {"type": "string", "const": "wait"}),
    "ETag": ("Names exactly these bytes.", {"type": "string"}),
    "Last-Modified": ("When they were stored.", {"type": "string"}),
    "Accept-Ranges": ("Parts can be asked for.", {"type": "string", "const": "bytes"}),
    "Content-Range": ("Which part this is.", {"type": "string", "examples": ["bytes 0-1023/146515"]}),
    "Content-Disposition": ("The file's name, where it was asked for as a download.", {"type": "string"}),
}


def path_parameter(name: str) -> JsonSchema:
    """Raises KeyError for a name that nobody described."""
    about, schema = PATH[name]
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def header_parameter(name: str) -> JsonSchema:
    about, schema = HEADERS[name]
    return {"name": name, "in": "header", "required": False, "description": about, "schema": schema}


def answer_header(name: str) -> JsonSchema:
    about, schema = ANSWER_HEADERS[name]
    return {"description": about, "schema": schema}
