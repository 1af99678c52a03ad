"""What the index keeps of a claim: each of its formulas, in each view, by its values at the points of the universe."""

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypedDict

from sympy import Expr, preorder_traversal, sympify

from derivations.arithmetic.ball import precision
from derivations.calculus.schedule import Schedule
from derivations.form.claim import Claim
from derivations.obligations.watch import watching
from derivations.papers.paper import papers
from derivations.papers.references import cite
from derivations.papers.sources import sources
from derivations.query.index.formulas import PRINTED, Formula, draws, formulas, places
from derivations.query.index.lefts import Lefts, lefts
from derivations.query.index.relations import primitive
from derivations.query.index.universe import BITS, COUNT, numbers, value
from derivations.query.index.views import View, special, views

DIGITS = 60


class Entry(TypedDict):
    """A formula of a claim in a view."""

    where: str
    wrong: str
    view: str
    says: str  # what the view is, for a reader
    cited: list[str]  # the equations of papers that have been compared with it
    size: int
    symbols: list[str]
    primitive: list[str]  # the symbols, by primitive ones
    shape: dict[str, int]
    values: list[str | None]  # at the points of the universe where the view's domain and the claim's hold


class Breaks(TypedDict):
    """A wrong form: what it breaks, and the keys of the places where it was seen."""

    breaks: str
    seen_in: list[str]


class Described(TypedDict):
    """A claim in the index."""

    heading: str
    kind: str
    sources: list[str]  # that state it
    entries: list[Entry]
    wrong: dict[str, Breaks]
    lefts: dict[str, list[str]]  # what papers write on the left of its formulas, and where the claim has these
    named: dict[str, list[str]]  # the same of formulas that are the whole right side
    draws: list[str]  # the variables that its laws are of


class Domain(NamedTuple):
    """A view, and the numbers of those points that lie in its domain."""

    view: View
    inside: tuple[int, ...]


def described(claim: Claim) -> Described:
    """Return what is kept of one claim."""
    with watching(False):  # nothing is written here
        return _described(claim)


def _described(claim: Claim) -> Described:
    found = formulas(claim)
    domains = [Domain(view, tuple(_inside(claim, view))) for view in views(claim)]
    said, first = said_of(claim.name), places(claim)
    entries, seen = list[Entry](), set[tuple[Expr, bool]]()
    for d in domains:
        for f in (f for f in found if d.view.suits(f.expr)):
            seen_so = f._replace(expr=d.view(f.expr))
            if (key := (seen_so.expr, bool(f.wrong))) not in seen and (e := _entry(seen_so, d, said.cited)) is not None:
                seen.add(key)
                entries.append(e)
    heading, kind, wrong = facts(claim)
    named = {name: [first.get(w, w) for w in where] for name, where in said.lefts.whole.items()}
    if isinstance(claim.answer, Schedule):  # of which no paper may write what the claim has
        for name, where in (("alpha_t", "answer.alpha"), ("sigma_t", "answer.sigma"), ("gamma_t", "answer.gamma")):
            named[name] = list(dict.fromkeys((*named.get(name, ()), first.get(where, where))))
    return Described(
        heading=heading, kind=kind, sources=list(said.sources), entries=entries, wrong=wrong, lefts=said.lefts.of,
        named=named, draws=list(draws(claim)),
    )  # fmt: skip


class Facts(NamedTuple):
    """What the index has of a claim beside formulas."""

    heading: str
    kind: str
    wrong: dict[str, Breaks]


def facts(claim: Claim) -> Facts:
    """Return what the index has of a claim beside its formulas, and beside what papers say."""
    wrong = {name: Breaks(breaks=w.breaks, seen_in=list(w.seen_in)) for name, w in claim.wrong.items()}
    if claim.printed is not None:
        wrong[PRINTED] = Breaks(breaks=f"it says that {claim.refutes}", seen_in=list(claim.printed_in))
    return Facts(claim.heading, claim.kind, wrong)


class Said(NamedTuple):
    """What the papers' data say of a claim: who states it, who prints its parts, left sides, and special cases."""

    sources: tuple[str, ...]
    cited: Mapping[str, list[str]]
    lefts: Lefts
    special: tuple[tuple[str, ...], ...]


def said_of(claim: str) -> Said:
    """Return what the papers' data say of a claim, by its name."""
    stating = tuple(s.name for s in sources(claim) if s.states)
    return Said(stating, _cited(claim), lefts(claim), special(claim))


def _entry(formula: Formula, domain: Domain, cited: Mapping[str, list[str]]) -> Entry | None:
    """The entry of a formula as the view has it; None where it has no value."""
    view, e, own = domain.view, formula.expr, formula.expr.free_symbols
    if not own <= numbers():
        return None
    values = [_digits(e, n) if n in domain.inside else None for n in range(COUNT)]
    if not any(values):
        return None
    return Entry(
        where=formula.where,
        wrong=formula.wrong,
        view=view.name,
        says=view.says,
        cited=[] if formula.wrong else cited.get(formula.where, []),
        size=size(e),
        symbols=sorted(map(str, own)),
        values=values,
        **reduced(e),
    )


def _cited(claim: str) -> Mapping[str, list[str]]:
    """The equations of papers that are compared with parts of the claim, by part."""
    found: dict[str, dict[str, None]] = {}
    for paper in papers().values():
        for equation in (e for e in paper.equations if e.claim == claim):
            for part in equation.compared:
                found.setdefault(part.equals, {})[cite(paper, [equation])] = None
    return {where: list(names) for where, names in found.items()}


def _inside(claim: Claim, view: View) -> list[int]:
    """The points at which the claim's assumptions hold, as the view has them, and those of the view."""
    given = [view(sympify(a.greater - a.lesser)) for a in claim.given] + [a.greater - a.lesser for a in view.given]
    return [n for n in range(COUNT) if all((gap := value(e, n)) is not None and gap > 0 for e in given)]


def _digits(e: Expr, n: int) -> str | None:
    """The value to 60 digits; None where it has none, or fewer."""
    found = value(e, n)
    with precision(BITS):
        return None if found is None or found.rel_accuracy_bits() < BITS // 2 else found.str(DIGITS, radius=False)


class Reduced(TypedDict):
    """What of a formula is the same in whatever symbols it is written, or nearly: by primitive ones."""

    primitive: list[str]
    shape: dict[str, int]  # how often each operation stands in it


@lru_cache(maxsize=2**16)  # many views of claims have the same formula
def reduced(e: Expr) -> Reduced:
    """Return the symbols and the operations of a formula by primitive symbols."""
    put = {v: by for v in e.free_symbols if (by := primitive(v)) != v}
    by = e.xreplace(put) if put else e
    nodes = [x for x in preorder_traversal(by) if x.args]
    kinds = (f"^{x.exp}" if x.is_Pow and x.exp.is_Rational else type(x).__name__ for x in nodes)
    return Reduced(primitive=sorted(map(str, by.free_symbols)), shape=dict(Counter(kinds)))


@lru_cache(maxsize=2**16)
def size(e: Expr) -> int:
    """Return the number of operations of a formula, a quotient counted once."""
    return int(e.count_ops())
