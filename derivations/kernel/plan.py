"""How each theorem of a claim is proved: the first way of which Coq accepts the script."""

from collections.abc import Mapping

from derivations.form.claim import Claim
from derivations.kernel.coq import accepted
from derivations.kernel.exported import Stated, opening, stated
from derivations.kernel.stated import LINE
from derivations.kernel.ways import script, suffix, ways

EACH = 20  # seconds for a sentence of a script
UNPROVED = "no script of this package proves it"
Named = dict[str, Stated]


def guessed(claim: Claim, tag: str, lines: bool) -> tuple[dict[str, str], dict[str, str]]:
    """Return the first way of each theorem, and what has none."""
    found, left = _found(claim, tag, lines)
    proofs = {name: way for name, s in found.items() if (way := next(ways(claim, s.number, s.theorem, {}), ""))}
    if not all(_text(claim, found[name], way) for name, way in proofs.items()):
        return {}, left  # which is no proof of what is stated: a search decides
    return proofs, left | {name: UNPROVED for name in found if name not in proofs}


def planned(claim: Claim, tag: str, known: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the way of each theorem that Coq accepts, and for each other theorem or statement why it is left.

    What is known to be proved in some way is not looked for; nor are lines, unless some are known.
    """
    found, left = _found(claim, tag, lines=any(LINE in name for name in known))
    proofs = {name: known[name] for name in found if name in known}
    _try(claim, found, proofs)
    unproved = {name: UNPROVED for name in found if name not in proofs}
    return {name: proofs[name] for name in found if name in proofs}, left | unproved


def _found(claim: Claim, tag: str, lines: bool) -> tuple[Named, dict[str, str]]:
    """Return the theorems of a claim by their names within it, with or without lines, and what has none."""
    found, left = stated(claim, tag)
    return {suffix(s.theorem): s for s in found if lines or LINE not in s.theorem.name}, left


def _try(claim: Claim, found: Named, proofs: dict[str, str]) -> None:
    """Add the first way of each theorem that Coq accepts; each round tries the next way of what is left."""
    todo = {name: ways(claim, s.number, s.theorem, proofs) for name, s in found.items() if name not in proofs}
    while tries := {name: way for name, left in todo.items() if name not in proofs and (way := next(left, ""))}:
        texts = {found[n].theorem.name: text for n, way in tries.items() if (text := _text(claim, found[n], way))}
        above = _above(claim, found, proofs) if "lines" in tries.values() else ""
        yes = accepted(f"{opening([s.theorem for s in found.values()])}\n{above}", texts.items(), EACH)
        proofs |= {name: way for name, way in tries.items() if found[name].theorem.name in yes}


def _above(claim: Claim, found: Named, proofs: Mapping[str, str]) -> str:
    """Return the proved lines, which a statement may follow from."""
    lines = (name for name, s in found.items() if LINE in s.theorem.name and name in proofs)
    return "\n".join(_text(claim, found[name], proofs[name]) for name in lines)


def _text(claim: Claim, s: Stated, way: str) -> str:
    """Return a theorem with its script, or nothing where the script can't be written."""
    try:
        return f"{s.theorem.text}\n{script(claim, s.number, s.theorem, way)}"
    except ArithmeticError:  # the normal form does not reach it
        return ""
