"""The OpenAPI document as a page for people: plain HTML, no script, nothing from elsewhere."""

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

LAST = ("studio", "documents", "ops")
TOLD_ONCE = "X-Request-Id"
"""Every call takes it."""

Json = Mapping[str, Any]


def page(document: Json) -> str:
    """Every call with what it takes and answers, then every model, on one page that a browser can search."""
    info = document["info"]
    groups = list(_groups(document))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(info['title'])}: every call</title>\n"
        '<link rel="stylesheet" href="/docs/style.css">\n</head>\n<body>\n'
        f"<header><h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['summary'])}</p>"
        f"<p>{_prose(info['description'])}</p>"
        '<p>For programs: <a href="/openapi.json">OpenAPI</a>, <a href="/asyncapi.json">AsyncAPI</a>'
        " (socket and bus).</p>"
        "</header>\n"
        f'<div class="frame">\n<nav aria-label="Calls">{"".join(map(_contents, groups))}'
        '<strong>Bodies</strong><ul><li><a href="#models">Models</a></li>'
        '<li><a href="#errors">Errors</a></li></ul></nav>\n'
        f"<main>\n{''.join(_section(document, group) for group in groups)}"
        f"{_errors(document)}{_models(document)}</main>\n</div>\n</body>\n</html>\n"
    )


Group = tuple[str, str, list[tuple[str, str, Json]]]
"""(tag, what it is about, [(method, path, operation)])"""


def _groups(document: Json) -> Iterator[Group]:
    """What people come for first; what the gateway says of itself last."""
    for tag in sorted(document["tags"], key=lambda tag: tag["name"] in LAST):
        calls = [
            (method, path, operation)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"] and method != "head"
        ]
        yield tag["name"], tag["description"], calls


def _contents(group: Group) -> str:
    name, _, calls = group
    links = "".join(
        f'<li><a href="#{escape(call["operationId"])}">{escape(call["summary"])}</a></li>' for _, _, call in calls
    )
    return f"<strong>{escape(name)}</strong><ul>{links}</ul>"


def _section(document: Json, group: Group) -> str:
    name, about, calls = group
    articles = "".join(_article(document, *call) for call in calls)
    return f"<section><h2>{escape(name)}</h2><p>{_prose(about)}</p>{articles}</section>\n"


def _article(document: Json, method: str, path: str, operation: Json) -> str:
    parts = [
        f'<article id="{escape(operation["operationId"])}"><h3>{escape(operation["summary"])}</h3>',
        f'<p class="call"><span class="method {method}">{method}</span> <code>{escape(path)}</code></p>',
        f"<p>{_prose(operation['description'])}</p>" if "description" in operation else "",
        _parameters(document, operation),
        _body(document, operation),
        _example(method, path, operation),
        _answers(operation),
        "</article>\n",
    ]
    return "".join(parts)


def _parameters(document: Json, operation: Json) -> str:
    found = [_resolved(document, parameter) for parameter in operation["parameters"]]
    rows = [
        (f"<code>{escape(one['name'])}</code>{_needed(one['required'])}", f"{one['in']}, {_form(one['schema'])}",
         _prose(one.get("description", "")))
        for one in found
        if one["name"] != TOLD_ONCE
    ]  # fmt: skip
    return f"<h4>Parameters</h4>{_table(('name', 'form', ''), rows)}" if rows else ""


def _body(document: Json, operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if not content:
        return ""
    schema = content["schema"]
    resolved = _resolved(document, schema)
    fields = _fields(resolved) if "properties" in resolved else f"<p>{_form(resolved)}</p>"
    return f"<h4>Body: {_form(schema)}</h4>{fields}"


def _fields(schema: Json) -> str:
    needed = schema.get("required", ())
    rows = [
        (f"<code>{escape(name)}</code>{_needed(name in needed)}", _form(field), _prose(field.get("description", "")))
        for name, field in schema["properties"].items()
    ]
    return _table(("field", "form", ""), rows)


def _example(method: str, path: str, operation: Json) -> str:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = {name: told["value"] for name, told in content.get("examples", {}).items()} or {"": None}
    lines = [f"<pre><code>{escape(_curl(method, path, operation, body))}</code></pre>" for body in examples.values()]
    return f"<h4>With curl</h4>{''.join(lines)}"


def _curl(method: str, path: str, operation: Json, body: Any) -> str:
    address = f"http://127.0.0.1:8000{path}"
    flags = "" if method == "get" else f" -X {method.upper()}"
    if "101" in operation["responses"]:
        return f"websocat 'ws://127.0.0.1:8000{path}?job_id=...'"
    if body is None:
        return f"curl{flags} '{address}'"
    written = json.dumps(body, ensure_ascii=False, indent=2).replace("'", "'\\''")
    return f"curl{flags} '{address}' -H 'Content-Type: application/json' -d '{written}'"


def _answers(operation: Json) -> str:
    rows = []
    for status, answer in operation["responses"].items():
        forms = [
            _form(content["schema"])
            if media == "application/json" and content["schema"]
            else f"<code>{escape(media)}</code>"
            for media, content in answer.get("content", {}).items()
            if media != "application/problem+json"
        ]
        if not forms and "application/problem+json" in answer.get("content", {}):
            forms = ['<a href="#model-Problem">Problem</a>']
        rows.append((f"<code>{status}</code>", ", ".join(forms), _prose(answer["description"])))
    return f"<details><summary>Answers</summary>{_table(('status', 'body', ''), rows)}</details>"


def _errors(document: Json) -> str:
    rows = [
        (f"<code>{escape(code)}</code>", f"<code>{told['value']['status']}</code>", escape(told["value"]["title"]))
        for code, told in document["components"]["examples"].items()
    ]
    return (
        f'<section id="errors"><h2>Errors</h2><article>{_table(("error_code", "status", ""), rows)}</article></section>'
    )


def _models(document: Json) -> str:
    articles = []
    for name, schema in document["components"]["schemas"].items():
        inside = _fields(schema) if "properties" in schema else f"<p>{_form(schema)}</p>"
        about = f"<p>{_prose(schema['description'])}</p>" if "description" in schema else ""
        articles.append(f'<article id="model-{escape(name)}"><h3>{escape(name)}</h3>{about}{inside}</article>\n')
    return f'<section id="models"><h2>Models</h2>{"".join(articles)}</section>'


def _form(schema: Json) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f'<a href="#model-{name}">{name}</a>'
    for word, joint in (("anyOf", " or "), ("oneOf", " or "), ("allOf", " and ")):
        if word in schema:
            return joint.join(_form(one) for one in schema[word])
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return " ".join(f"<code>{escape(json.dumps(value))}</code>" for value in values) or _kind(schema)


def _kind(schema: Json) -> str:
    if schema.get("type") == "array":
        return f"list of {_form(schema.get('items', {}))}{_bounds(schema, 'Items')}"
    if schema.get("type") == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_form(schema['additionalProperties'])}"
    return f"{escape(str(schema.get('format') or schema.get('type') or 'anything'))}{_limits(schema)}"


def _limits(schema: Json) -> str:
    least, most = (
        schema.get("minimum", schema.get("exclusiveMinimum")),
        schema.get("maximum", schema.get("exclusiveMaximum")),
    )
    if least is not None or most is not None:
        return f" {'' if least is None else least} to {'' if most is None else most}"
    return _bounds(schema, "Length")


def _bounds(schema: Json, what: str) -> str:
    least, most = schema.get(f"min{what}"), schema.get(f"max{what}")
    return "" if least is None and most is None else f", {least or 0} to {'any' if most is None else most}"


def _needed(required: bool) -> str:
    return ' <span class="needed" title="required">*</span>' if required else ""


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>'


def _prose(text: str) -> str:
    """Text with `code` and **bold** in it."""
    pieces = escape(text).split("`")
    return "".join(f"<code>{piece}</code>" if at % 2 else _bold(piece) for at, piece in enumerate(pieces))


def _bold(text: str) -> str:
    pieces = text.split("**")
    return "".join(f"<strong>{piece}</strong>" if at % 2 else piece for at, piece in enumerate(pieces))


def _resolved(document: Json, schema: Json) -> Json:
    if "$ref" not in schema:
        return schema
    found: Any = document
    for step in str(schema["$ref"]).removeprefix("#/").split("/"):
        found = found[step]
    return found if isinstance(found, dict) else {}
