"""By how much a wrong form is off, and at which point, from its row alone."""

from collections.abc import Collection

from derivations.judge.rows import WrongRow

FEW = 10  # values of a point that is shown whole
EQUAL = "both sides are equal"  # what an engine says of a strict inequality that fails by nothing
MORE = "[...]"  # in place of what a page leaves out


def point(at: dict[str, str], only: Collection[str] = (), *, full: bool = True) -> str:
    """A point, by its values; of one with many, on a short page, those of ``only``, or the first."""
    if full or len(at) <= FEW:
        return ", ".join(f"{k} = {v}" for k, v in at.items()) or "no point"
    some = {k: v for k, v in at.items() if k in only} or dict(list(at.items())[:3])
    return f"{', '.join(f'{k} = {v}' for k, v in some.items())}, {MORE}"


def differs(fault: str) -> str:
    """How a statement fails somewhere; equal sides are a fault of a strict inequality alone, which is said."""
    return f"the strict inequality fails: {EQUAL}" if fault == EQUAL else fault.replace("off by -", "off by ")


def off(w: WrongRow, *, full: bool = True) -> str:
    """By how much a wrong form is off and where; without symbols there is no where, and of a process no number."""
    if not w["killed_by"]:
        return "rejected by NO ENGINE"
    seen = f"{w.get('of', '')} {differs(w['off'])}".strip() if w["off"] else f"seen by {' and '.join(w['killed_by'])}"
    return f"{seen} at {point(w['witness'], full=full)}" if w["witness"] else seen
