"""What a scene's prompt says to people: its first sentence without the words that are meant for the camera."""

import re

_LONGEST = 150
"""Characters that may become a caption."""
_CAMERA = re.compile(
    r"shots?|angle|close-?ups?|camera|lens|pov|drone|steadicam|gimbal|dolly|hand-?held|eye-level|tracking|establishing|"
    r"aerial|zooms?|macro|framing|tripod|anamorphic|bokeh|cinematic|cinematography|over-the-shoulder|two-shot|"
    r"worm's-eye|bird's-eye|top-down|locked-off|overhead|crane|pan(?:s|ning)?|tilt(?:s|ing)?|photorealistic|depth|"
    r"focus|grain|lighting|composition|static|\d+mm|[48]k|hdr|\d+fps"
)
"""Words of which one makes a phrase a direction for the camera, if nothing else is said in it."""
_BESIDE = re.compile(
    r"an?|the|extreme|very|wide|long|full|medium|mid|tight|low|high|dutch|canted|reverse|profile|still|fixed|slow(?:ly)?|smooth(?:ly)?|"
    r"gent(?:le|ly)|steady|shallow|deep|field|film|soft|rack|in|out|up|down|left|right|back|forward|from|of|at|to|on|by|"
    r"with|and|is|it|her|his|their|him|them|she|he|they|follow(?:s|ing)?|mov(?:es?|ing|ement)|push(?:es)?|pulls?|close|"
    r"eye|level|body|length|shoulder|face|view|point|light|away|towards?|above|below|behind|across|around|motion|style|"
    r"ratio|\d+:\d+"
)
"""Words that may stand beside those."""
_MARKS = "()[]{}\"“”'*_.,;:!?…–—"
_LEAD = re.compile(r"^(?P<lead>[^,.;:]{3,60}?)(?::| of| on| showing| as| where| –| —)\s+(?P<rest>\S.*)$", re.DOTALL)


def spoken(prompt: str) -> str:
    """The first sentence that says more than how to film it; empty where there is none."""
    text = " ".join(prompt.split())
    said = (_without_camera(sentence) for sentence in re.split(r"(?<=[.!?…])\s", text))
    sentence = next((each for each in said if each), "")
    return sentence if len(sentence) <= _LONGEST else sentence[:_LONGEST].rsplit(" ", 1)[0] + " …"


def _without_camera(sentence: str) -> str:
    sentence = re.sub(r"\s*[(\[][^)\]]*[)\]]", lambda aside: "" if _is_direction(aside[0]) else aside[0], sentence)
    clauses = [each for each in re.split(r"(?<=[,;])\s", sentence) if not _is_direction(each)]
    kept = " ".join(clauses).rstrip(",; ")
    if (found := _LEAD.match(kept)) and _is_direction(found["lead"]):
        kept = found["rest"]
    end = re.search(r"[.!?…]+$", sentence)
    kept += end[0] if end and kept and kept[-1] not in ".!?…" else ""
    return kept if kept == sentence else kept[:1].upper() + kept[1:]


def _is_direction(phrase: str) -> bool:
    plain = phrase.casefold().replace("’", "'").replace("close up", "close-up")
    words = [word for each in plain.split() if (word := each.strip(_MARKS))]
    parts = [part for word in words for part in ([word] if _CAMERA.fullmatch(word) else word.split("-"))]
    camera = [bool(_CAMERA.fullmatch(part)) for part in parts]
    return any(camera) and all(
        is_camera or _BESIDE.fullmatch(part) for part, is_camera in zip(parts, camera, strict=True)
    )
