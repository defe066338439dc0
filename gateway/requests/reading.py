"""A body -> a request, or every fault of it at once."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.requests.films import ProductionRequest, RecutRequest
from gateway.requests.later import refusal
from gateway.requests.orders import REQUESTS, JobRequest
from shared.contracts.base import ErrorCode, Fault, Kind
from shared.errors import PermanentError

MOST_FIELDS = 100
MOST_FAULTS = 50
LONGEST_NAME = 80  # of what a client sent, in what it is told back

M = TypeVar("M", bound=BaseModel)


IN_WORDS = {
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "is not written as it must be, by the pattern {pattern}",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "decimal_type": "must be an amount such as 5.00",
    "decimal_parsing": "must be an amount such as 5.00",
    "decimal_max_digits": "must have at most {max_digits} digits",
    "decimal_max_places": "must have at most {decimal_places} digits after the point",
    "decimal_whole_digits": "must have at most {whole_digits} digits before the point",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be one of {expected}",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
}


@dataclass(frozen=True, slots=True)
class FaultAt:
    """One thing wrong with a body: where (`clips.0.id`; "" is the body itself) and what."""

    path: str
    message: str


class InvalidRequest(PermanentError):
    """400: the body cannot be taken. `errors` lists every fault."""

    def __init__(self, errors: tuple[FaultAt, ...]) -> None:
        self.errors = errors
        super().__init__(Fault(code=ErrorCode.INVALID_REQUEST, message=_sentence(errors)))

    @classmethod
    def at(cls, path: str, message: str) -> "InvalidRequest":
        return cls((FaultAt(path, message),))


def read_request(kind: Kind, body: Mapping[str, Any]) -> JobRequest:
    """Read the body of one of the four POSTs. Raises InvalidRequest."""
    return read_model(REQUESTS[kind], body)


def read_production(body: Mapping[str, Any]) -> ProductionRequest:
    """Read the body of `POST /productions`. Raises InvalidRequest."""
    return read_model(ProductionRequest, body)


def read_recut(body: Mapping[str, Any]) -> RecutRequest:
    """Read the body of `POST /productions/{id}/restitch`. Raises InvalidRequest."""
    return read_model(RecutRequest, body)


def read_model(model: type[M], body: Mapping[str, Any]) -> M:
    """Read a body into `model`. Raises InvalidRequest."""
    if len(body) > MOST_FIELDS:
        raise InvalidRequest.at("", f"has {len(body)} fields; known are {', '.join(model.model_fields)}")
    told: dict[str, Any] = {}
    errors: list[FaultAt] = []
    for name, value in body.items():
        sentence = refusal(model, name, value)
        if sentence:
            errors.append(FaultAt(name, sentence))
        elif sentence is None:
            told[name] = value
    try:
        request = model.model_validate(told)
    except ValidationError as error:
        raise InvalidRequest((*errors, *islice(_faults(error, model), MOST_FAULTS))) from None
    if errors:
        raise InvalidRequest(tuple(errors))
    return request


def _faults(error: ValidationError, model: type[BaseModel]) -> Iterator[FaultAt]:
    told = error.errors(include_url=False, include_input=False)
    lists = {found["loc"][:-1] for found in told}  # of which entries are faulty: those don't count for their length
    for found in told:
        if found["type"] == "too_short" and found["loc"] in lists:
            continue
        path = ".".join(str(step)[:LONGEST_NAME] for step in found["loc"])
        if found["type"] == "extra_forbidden":
            yield FaultAt(path, _unknown(str(found["loc"][-1])[:LONGEST_NAME], _names(model, found["loc"][:-1])))
        elif found["type"] == "missing":
            yield FaultAt(path, "is required")
        else:
            yield FaultAt(path, in_words(found))


def in_words(found: ErrorDetails) -> str:
    """What pydantic found, for somebody who knows JSON and no pydantic."""
    words = IN_WORDS.get(found["type"])
    return words.format(**found.get("ctx", {})) if words else found["msg"].removeprefix("Value error, ")


def _names(model: type[BaseModel], parents: tuple[int | str, ...]) -> list[str]:
    """The field names beside the unknown one: of the body, or of the object inside it."""
    if not parents:
        return list(model.model_fields)
    inner = _model_in(model.model_fields[str(parents[0])].annotation)
    return list(inner.model_fields) if inner else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds: one, perhaps none, or a list of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _unknown(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"unknown field; did you mean `{close[0]}`?" if close else f"unknown field; known are {', '.join(known)}"


def _sentence(errors: tuple[FaultAt, ...]) -> str:
    first = errors[0]
    named = not first.path or first.message.startswith(f"`{first.path}`")
    said = first.message if named else f"`{first.path}`: {first.message}"
    return said if len(errors) == 1 else f"{said} (and {len(errors) - 1} more, see `errors`)"
