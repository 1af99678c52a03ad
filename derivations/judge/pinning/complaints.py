"""The reasons why the statements of a claim don't pin its answer, one sentence for each part left open."""

from collections.abc import Mapping, Sequence
from typing import Any

from flint import arb
from sympy import Expr

from derivations.form.claim import Claim
from derivations.judge.pinning.changes import Changes, Here
from derivations.judge.pinning.generic import NO_VALUE, sweeps, value
from derivations.judge.pinning.hole import Hole, Look, Opener, Part, Traced
from derivations.points.domain import Draw

UNPINNED = "the statement does not pin its answer"


def complaints(claim: Claim, traced: Traced, left: Sequence[Hole], opened: Opener) -> list[str]:
    """Return a complaint for each part that is not pinned at some point, near its own value or far from it."""
    changes = Changes(claim, traced, left, opened)
    plain = changes.plainly(small=False)
    if plain >= changes.symbols.keys():
        return []
    seen = 0
    for base in changes.bases():
        seen += 1
        here = Here(changes, base, small=False)
        if loose := changes.symbols.keys() - here.pinned(plain):
            return _whys(changes, {h.part: h for h in left}, loose, here)
    return [] if seen else [f"{UNPINNED}: there is no point to look at it"]


def _whys(changes: Changes, holes: Mapping[Part, Hole], loose: set[Part], here: Here) -> list[str]:
    near = changes.symbols.keys() - Here(changes, here.base, small=True).pinned(changes.plainly(small=True))
    passing = {look.part for look in here.excluded.passing}
    reasons = (
        _near(changes, of, near, here.base) if of in near - passing else _far(holes[of], here) for of in sorted(loose)
    )
    return [f"{UNPINNED}: {why}" for why in reasons]


def _far(hole: Hole, here: Here) -> str:
    """Return another value that passes, or say that no value is known to be the only one."""
    for look, by in here.excluded.passing.items():
        own = _value(hole.value(look.at, look.slope), here.base) if look.part == hole.part else None
        if own is not None:
            what = f"slope of its {_name(hole.part)}" if look.slope else f"its {_name(hole.part)}"
            return f"{_number(own + by)} for {_number(own)} passes too, as {what}, at {_text(here.base)}"
    return f"nothing shows that no other {_name(hole.part)} passes, far from its own"


def _near(changes: Changes, of: Part, loose: set[Part], base: Draw) -> str:
    name = _name(of)
    looks = list(dict.fromkeys(k for e in changes.equations for k in e.slopes if k.part == of))
    whole = [k for k in looks if k.whole]
    if not looks:
        return f"no statement looks at its {name}"
    if not whole:
        return f"its {name} is looked at only {'by slopes' if any(k.slope for k in looks) else 'under an integral'}"
    if not any(sweeps(k.at, base) for k in whole):
        return f"its {name} is looked at only at {_places(whole)}"
    others = sorted({p[0] for p in loose if p != of})
    return f"its {name} can change" + (f" together with {', '.join(others)}" if others else f", at {_text(base)}")


def _places(looks: Sequence[Look]) -> str:
    return " and ".join(str(k.at) for k in looks)


def _name(of: Part) -> str:
    return of[0] + (f" (its coefficient of {of[1]})" if of[1] else "")


def _value(e: Expr, at: Draw) -> arb | None:
    try:
        return value(e, at)
    except NO_VALUE:
        return None


def _number(x: arb) -> str:
    return str(x.str(6, radius=False))


def _text(at: Draw) -> str:
    return ", ".join(f"{v} = {_short(q)}" for v, q in sorted(at.items(), key=str))


def _short(q: Any) -> str:
    """A number in a few digits; one that no float holds, too."""
    try:
        return f"{float(q):.4g}"
    except OverflowError:
        return str(arb(q).str(4, radius=False))
