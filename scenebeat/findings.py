"""What the doctor found, in plain words and as a document."""

from typing import Any

from scenebeat.doctor import FILES, USABLE, Diagnosis, Examined, Finding

THINGS = {
    "create_scenes": "Scenes",
    "generate_character_reference": "Character references",
    "generate_video": "Clips",
}
FILE_OF = {kind: file for file, kind in FILES.items()}
SAID_BY = {
    "replicate": ("REPLICATE_API_TOKEN", "REPLICATE_BASE_URL"),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
}
"""The variables of a provider: its key, another address."""
PLACES = {"replicate": "Replicate", "gemini": "Gemini", "vertex": "Vertex", "local": "this machine"}


def whole(diagnosis: Diagnosis) -> str:
    """The keys, every model that was asked about, and what follows from that."""
    keys = [f"  {key:<22}{'set' if is_set else 'not set'}" for key, is_set in diagnosis.keys.items()]
    return "\n".join(["Keys", *keys, *(_of_kind(finding) for finding in diagnosis.findings), "", verdict(diagnosis)])


def greeting(diagnosis: Diagnosis) -> str:
    """What `up` says before anything can be ordered."""
    is_set = ", ".join(key for key, is_set in diagnosis.keys.items() if is_set) or "none"
    is_not = ", ".join(key for key, is_set in diagnosis.keys.items() if not is_set)
    keys = f"Keys set: {is_set}" + (f" (not set: {is_not})" if is_not else "")
    return f"{keys}\n{verdict(diagnosis)}"


def verdict(diagnosis: Diagnosis) -> str:
    """A line for each kind of order: who makes it at what price, or what to do; then what a film costs."""
    lines = [_verdict(finding) for finding in diagnosis.findings]
    lines += [line for finding in diagnosis.findings for line in _stale(finding)]
    return "\n".join([*lines, _film(diagnosis)])


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "ok": diagnosis.is_fine,
        "film_usd": None if diagnosis.film_usd is None else float(diagnosis.film_usd),
        "keys": dict(diagnosis.keys),
        "kinds": [_entry(finding) for finding in diagnosis.findings],
    }


def _film(diagnosis: Diagnosis) -> str:
    if not diagnosis.is_fine:
        return (
            "NOT EVERYTHING CAN BE ORDERED: see above. `scenebeat doctor` looks again. Meanwhile this machine makes it:"
            ' `scenebeat make --local`, or "backend": "local" in an order.'
        )
    usd = diagnosis.film_usd
    if usd is None:
        return "What a film costs can't be told from here: POST /api/mv/estimate does."
    return (
        "A film by the defaults costs nothing."
        if usd == 0
        else f"A film by the defaults costs about {usd:.2f} dollars."
    )


def _stale(finding: Finding) -> list[str]:
    """Configured fields that the model in use no longer has: an order that sends them may be refused."""
    used = finding.used
    if used is None or not used.unknown_fields:
        return []
    fields = ", ".join(used.unknown_fields)
    return [
        f"{used.model.id} no longer takes {fields}: mend its entry in configs/models.yaml, or orders may be refused."
    ]


def _of_kind(finding: Finding) -> str:
    lines = [f"  {one.model.id:<30}{_said(one)}" for one in finding.chain]
    return "\n".join([THINGS[finding.kind], *lines])


def _said(one: Examined) -> str:
    where = PLACES.get(one.model.provider, one.model.provider)
    words = {
        "answers": f"answers at {where}, {_price(one)}",
        "gone": f"is gone at {where}: {one.words}",
        "refused": f"{where} refuses the key: {one.words}",
        "silent": f"{where} can't be asked: {one.words}",
        "not_asked": f"{one.words}, {_price(one)}",
    }.get(one.state, one.words)
    if one.unknown_fields:
        words += f"; its live schema has no {', '.join(one.unknown_fields)}: mend `fields` in configs/models.yaml"
    return words


def _verdict(finding: Finding) -> str:
    thing, default, used = THINGS[finding.kind], finding.default, finding.used
    if default is None:
        reasons = "; ".join(dict.fromkeys(one.words for one in finding.chain)) or "the configuration names no model"
        return f"{thing}: NONE CAN BE MADE. {reasons}"
    if used is None:
        return (
            f"{thing}: NONE CAN BE MADE. {default.model.id}: {_said(default).rstrip('.')}. {_remedy(finding, default)}"
        )
    instead = "" if used is finding.chain[0] else f", instead of {finding.chain[0].model.id}, which {_why(finding)}"
    return f"{thing}: {used.model.id}, {_price(used)}{instead}"


def _remedy(finding: Finding, default: Examined) -> str:
    """What the user has to do, as nothing is used instead."""
    key, address = SAID_BY.get(default.model.provider, ("its key", "its address"))
    if default.state == "refused":
        return f"Check {key}; without it, what else is set is used."
    if default.state == "silent":
        return f"Check the network, and {address} if you set it; only a model that is gone is replaced by another."
    return f"No fallback of it answers either: name another as `defaults.model` in configs/{FILE_OF[finding.kind]}."


def _why(finding: Finding) -> str:
    return {"gone": "is gone", "no_key": "has no key"}.get(finding.chain[0].state, "is not usable")


def _price(one: Examined) -> str:
    price = one.model.price
    if price is None:
        return "at no known price"
    return "free" if price.usd == 0 else f"{price.usd} dollars per {price.per} (read {price.as_of})"


def _entry(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "default": finding.default.model.id if finding.default else None,
        "used": finding.used.model.id if finding.used else None,
        "models": [_model(one) for one in finding.chain],
    }


def _model(one: Examined) -> dict[str, Any]:
    price = one.model.price
    return {
        "id": one.model.id,
        "provider": one.model.provider,
        "state": one.state,
        "usable": one.state in USABLE,
        "message": one.words or None,
        "unknown_fields": list(one.unknown_fields),
        "price": None if price is None else {"usd": float(price.usd), "per": price.per, "as_of": str(price.as_of)},
    }
