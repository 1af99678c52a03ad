"""Errata against their claims and sources: the same wrong forms, at the same places, of the same values."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from sympy import Expr, Symbol

from derivations.catalogue import claims
from derivations.errata.evaluated import Number, Undefined, apart, evaluated
from derivations.errata.record import Errata, Erratum, Uncounted
from derivations.form.claim import Claim, leaves
from derivations.papers.latex import read
from derivations.papers.references import resolve


def unlinked(errata: Errata) -> Iterator[str]:
    """Yield where errata and claims differ, and the charges that are in neither list."""
    yield from (fault for e in errata.errata for fault in _of_one(e))
    listed = {form for e in errata.errata for form in e.forms} | set(map(_of_row, errata.uncounted))
    for one in sorted(set(_charged()) - listed):
        name = f"{one[0]}, {one[1] or 'its false sentence'}"
        yield f"{name}: expected an erratum, or a reason why it is not counted, got neither"
    for row in errata.uncounted:
        if row.form and _of_row(row) not in set(_charged()):
            yield f"{row.form}: expected a form that a claim charges a source with, got none"


def _of_one(e: Erratum) -> list[str]:
    """Return what is wrong with one; values only of forms that there are."""
    return [*_forms(e)] or [*_leaf(e), *_formula(e)]


def _of_row(row: Uncounted) -> tuple[str, str]:
    claim, _, form = row.form.partition(": ")
    return claim, form


def _charged() -> Iterator[tuple[str, str]]:
    """All wrong forms and false sentences that claims charge sources with."""
    for name, claim in claims().items():
        yield from ((name, form) for form, wrong in claim.wrong.items() if wrong.seen_in)
        if claim.printed_in:
            yield name, ""


def _seen(claim: Claim, form: str) -> tuple[str, ...]:
    return claim.wrong[form].seen_in if form else claim.printed_in


def _forms(e: Erratum) -> Iterator[str]:
    """Compare the places with those of all its forms."""
    wanted = set[str]()
    for name, form in e.forms:
        claim = claims().get(name)
        if claim is None or (form and form not in claim.wrong) or not _seen(claim, form):
            yield f"{e.name}: expected a form that a claim charges a source with, got {name}: {form}"
            return
        wanted |= _places(_seen(claim, form))
    if wanted != (got := _places((*(p.at for p in e.printed), *e.besides))):
        yield f"{e.name}: expected the places of its claims, got other ones: {', '.join(sorted(wanted ^ got))}"


def _places(texts: Iterable[str]) -> set[str]:
    """Single places, as they are cited."""
    found = set[str]()
    for text in texts:
        for work, places in resolve(text):
            found |= {f"{work.key} {getattr(place, 'cited', place)}" for place in places}
    return found


def _leaf(e: Erratum) -> Iterator[str]:
    """Compare both forms with the claim's own, at the witness."""
    if not e.leaf:
        return
    claim = claims()[e.claim]
    of = {"wrong": claim.wrong[e.form].answer, "right": claim.answer}
    for kind, text in (("wrong", e.wrong), ("right", e.right)):
        expr = dict(leaves(of[kind])).get(e.leaf)
        if expr is None or not _agree(_text(expr), text, e):
            yield f"{e.name}: expected as {kind} what the claim has in {e.leaf}, got {text}"


def _formula(e: Erratum) -> Iterator[str]:
    """Compare what is printed, read by a machine, with the wrong form, at the witness."""
    if not e.formula:
        return
    printed = read(e.formula, e.symbols, [Symbol(name) for name in e.at])
    if not _agree(f"({printed})*({e.times})", e.wrong, e):
        yield f"{e.name}: expected as wrong what is printed, {printed}, got {e.wrong}"


def _agree(first: str, second: str, e: Erratum) -> bool:
    a, b = _value(first, e), _value(second, e)
    return a is b if a is None or b is None else not apart(a, b)


def _value(text: str, e: Erratum) -> Number | None:
    try:
        return evaluated(text, {name: Fraction(q) for name, q in e.at.items()})
    except Undefined:
        return None


def _text(expr: Expr) -> str:
    """Return an expression of a claim with letters for its symbols."""
    return str(expr.xreplace({v: Symbol(letter(str(v))) for v in expr.free_symbols}))


def letter(symbol: str) -> str:
    """Return the letter by which a symbol goes in an erratum: N' is N_slope."""
    return re.sub(r"\W", "_", symbol.replace("'", "_slope"))
