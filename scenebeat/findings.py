"""What the doctor found, in plain words and as a document."""

from typing import Any

from scenebeat.doctor import USABLE, Diagnosis, Examined, Finding

THINGS = {
    "create_scenes": "Scenes",
    "generate_character_reference": "Character references",
    "generate_video": "Clips",
}
PLACES = {"replicate": "Replicate", "gemini": "Gemini", "vertex": "Vertex", "local": "this machine"}


def whole(diagnosis: Diagnosis) -> str:
    """The keys, every model that was asked about, and what follows from that."""
    keys = [f"  {key:<22}{'set' if is_set else 'not set'}" for key, is_set in diagnosis.keys.items()]
    return "\n".join(["Keys", *keys, *(_of_kind(finding) for finding in diagnosis.findings), "", verdict(diagnosis)])


def verdict(diagnosis: Diagnosis) -> str:
    """A line for each kind of order: who makes it at what price, or what to do."""
    return "\n".join(_verdict(finding) for finding in diagnosis.findings)


def document(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "ok": diagnosis.is_fine,
        "keys": dict(diagnosis.keys),
        "kinds": [_entry(finding) for finding in diagnosis.findings],
    }


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
        return f"{thing}: nothing can make them. {reasons}"
    if used is None:
        gone = default.state == "gone"
        why = "nothing that could be taken instead answers" if gone else "only a model that is gone is replaced"
        return f"{thing}: none. {default.model.id}: {_said(default).rstrip('.')}; {why}"
    instead = "" if used is finding.chain[0] else f", instead of {finding.chain[0].model.id}, which {_why(finding)}"
    return f"{thing}: {used.model.id}, {_price(used)}{instead}"


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
