"""By how much a wrong form is off, and at which point, from its row alone."""

from derivations.judge.rows import WrongRow


def point(at: dict[str, str]) -> str:
    """A point, by its values."""
    return ", ".join(f"{k} = {v}" for k, v in at.items()) or "no point"


def off(w: WrongRow) -> str:
    """By how much a wrong form is off and where; without symbols there is no where, and of a process no number."""
    if not w["killed_by"]:
        return "rejected by NO ENGINE"
    seen = w["off"] or f"seen by {' and '.join(w['killed_by'])}"
    return f"{seen} at {point(w['witness'])}" if w["witness"] else seen
