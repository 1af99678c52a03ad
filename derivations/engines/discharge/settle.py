"""Every obligation of a claim, and what discharged it; what is left over keeps the claim from being proved."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sympy import Expr, S, Symbol, nan, oo, zoo

from derivations.arithmetic.ball import Imprecise, Undefined, Unfinished, ball, precision
from derivations.arithmetic.memory import once
from derivations.engines.discharge.boxes import covered
from derivations.engines.discharge.lines import instead
from derivations.engines.discharge.parameters import Assumption, parameters
from derivations.engines.discharge.signs import Sign, Signs
from derivations.engines.discharge.solvers import agreed
from derivations.form.claim import Claim
from derivations.form.statement import Below
from derivations.form.verdict import MEANS, Means
from derivations.notation.printing import text
from derivations.obligations.obligation import EXCHANGE, Obligation, Range, Relation, free_symbols
from derivations.obligations.owed import continuous, owed
from derivations.points.domain import Empty, points
from derivations.probability.mean import Excess

ENOUGH: Mapping[Relation, tuple[Sign, ...]] = MappingProxyType(
    {"> 0": ("+",), ">= 0": ("+", "0+"), "!= 0": ("+", "-", "!="), EXCHANGE: ()}
)
SHOWN: Mapping[Relation, Sign] = MappingProxyType({"> 0": "+", ">= 0": "0+", "!= 0": "!="})
TANGENT = "log.tangent"  # the claim by which `density.Excess` is not negative
LONG = 200  # operations in an expression that may have a shorter line
LOOKED = 60  # points at which a counterexample to what is left over is looked for


@dataclass(frozen=True)
class Settlement:
    """What discharged each obligation, in the order of the walk; None where nothing did."""

    by: dict[Obligation, Means | None]
    against: dict[Obligation, str]  # what is left over and false, and the point that shows it

    @property
    def left(self) -> list[str]:
        return [self._told(o) for o, means in self.by.items() if means is None]

    def _told(self, o: Obligation) -> str:
        return f"{o.text} ({o.why})" + (f" changes its sign, at {self.against[o]}" if o in self.against else "")

    def record(self) -> dict[str, Any]:
        """For a certificate: counts, what is left, and each obligation with its means."""
        counts = Counter(means for means in self.by.values() if means)
        return {
            "total": len(self.by),
            "by": {means: counts[means] for means in MEANS},
            "left": self.left,
            "each": [{"text": o.text, "shown": told(o), "why": o.why, "by": means} for o, means in self.by.items()],
        }


def told(o: Obligation) -> str:
    """An obligation as a paper writes it: the sign, and for which values of a variable of integration."""
    names = {v: Symbol(v.name.split("[")[0], real=True) for v, *_ in o.ranges}
    span = "".join(f" for {names[v]} from {text(low)} to {text(high)}" for v, low, high in o.ranges)
    small = f" for small {text(o.near)}" if o.near is not None else ""
    return f"{text(o.expr.xreplace(names))} {o.relation}{span}{small}"


def settle(
    claim: Claim, obligations: Iterable[Obligation], lemmas: Callable[[], Sequence[Assumption]] = tuple
) -> Settlement:
    """Each obligation by the first means that reaches it; lemmas, then lines, are asked for where nothing else does.

    Only of a long expression lines are asked first, as it takes long to factor.
    """

    def by_line(o: Obligation) -> bool:
        return any(None not in _heard(claim, parts, lemmas).values() for parts in instead(o, claim))

    owes = list(obligations)
    shown = [o for o in owes if o.expr.count_ops() > LONG and by_line(o)]
    by = _heard(claim, (o for o in owes if o not in shown), lemmas) | dict.fromkeys(shown, "line")
    by |= {o: "line" for o, means in by.items() if means is None and by_line(o)}
    left = [o for o, means in by.items() if means is None]
    return Settlement(by, {o: where for o in left if (where := _counterexample(o, claim))})


def _heard(
    claim: Claim, obligations: Iterable[Obligation], lemmas: Callable[[], Sequence[Assumption]]
) -> dict[Obligation, Means | None]:
    """What shows each obligation from the assumptions and the lemmas alone."""
    court = _Court(claim, with_ends(obligations))
    court.look("sympy")
    court.ask("solvers", court.given)
    court.ask("arb", court.given)
    if court.open and (told := lemmas()):
        court.ask("lemma", (*court.given, *told))
    return court.by


def with_ends(obligations: Iterable[Obligation]) -> Iterator[Obligation]:
    """The obligations, and those of the ends of their ranges: a solver that is told of an end takes it to be real."""
    for o in obligations:
        for n, (_, *ends) in enumerate(o.ranges):
            for inner in (inner for end in ends for inner in owed(end)):
                around = _around(free_symbols(inner), o.ranges[:n])
                yield replace(inner, why=f"{inner.why} in the end of a range", ranges=(*around, *inner.ranges))
        yield o


def _around(names: set[Symbol], ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Of ranges, outer ones first, those of these symbols, and of the symbols in their ends."""
    found: list[Range] = []
    for r in reversed(tuple(ranges)):
        if r[0] in names:
            found.append(r)
            names = names | r[1].free_symbols | r[2].free_symbols  # type: ignore[operator]
    return tuple(reversed(found))


class _Court:
    """The obligations of one claim, and the signs found so far; what is found of one part serves the others."""

    def __init__(self, claim: Claim, obligations: Iterable[Obligation]) -> None:
        self.claim, self.given = claim, claim.assumptions()
        self.by: dict[Obligation, Means | None] = dict.fromkeys(obligations)
        self.ranges = {r: None for o in self.by for r in o.ranges}
        self.signs = Signs(parameters(self.given, claim.symbols()), list(self.ranges))
        for a in (a for a in self.given if isinstance(a, Below)):
            self.signs.learn(a.greater - a.lesser, "+")
        self.asked: set[tuple[Means, Obligation]] = set()
        self.hopeless: set[Expr] = set()  # what hangs a solver

    def look(self, means: Means) -> None:
        """Discharge what is seen by now."""
        for o, known in self.by.items():
            if known is None and any(all(self._seen(part) for part in way) for way in ways(o)):
                self.by[o] = self._tangent() if o.expr.has(Excess) else means

    @property
    def open(self) -> bool:
        """Whether an obligation is left that an engine could discharge."""
        return any(means is None and o.relation != EXCHANGE for o, means in self.by.items())

    def _tangent(self) -> Means | None:
        """u - 1 - log u >= 0 is a lemma, which the claim has to name."""
        from derivations.engines.discharge.lemmas import rests_on

        return "lemma" if rests_on(self.claim, TANGENT) else None

    def _seen(self, o: Obligation) -> bool:
        return self.signs.sign(o.expr) in ENOUGH[o.relation]

    def ask(self, means: Means, assumptions: Sequence[Assumption]) -> None:
        """Questions in rounds, small ones first: an answer may make others superfluous."""
        for relation in ("> 0", ">= 0", "!= 0"):
            while questions := self._questions(means, relation):  # type: ignore[arg-type]
                self.asked |= {(means, q) for q in questions}
                found = self._answers(means, questions, assumptions)
                self.hopeless |= {q.expr for n, q in enumerate(questions) if n not in found}
                for q in (questions[n] for n, yes in found.items() if yes):
                    self.signs.learn(q.expr, SHOWN[q.relation])
                self.look(means)

    def _answers(
        self, means: Means, questions: Sequence[Obligation], assumptions: Sequence[Assumption]
    ) -> dict[int, bool]:
        """The answers; what was asked of the same claim before, on the way to a line, takes no solver again."""
        known = once(self.claim, ("answers", means, tuple(map(_key, assumptions))), dict[Obligation, bool | None])
        new = [q for q in questions if q not in known]
        found = answers(means, new, assumptions)
        known |= {q: found.get(n) for n, q in enumerate(new)}
        return {n: yes for n, q in enumerate(questions) if (yes := known[q]) is not None}

    def _questions(self, means: Means, relation: Relation) -> list[Obligation]:
        """The smallest unseen factor of each part that is left, with the sign that it has at the stored point."""
        found: dict[Obligation, None] = {}
        for o in (o for o, known in self.by.items() if known is None and o.relation != EXCHANGE):
            for part in (p for way in ways(o) for p in way if not self._seen(p)):
                unseen = (q for f in self.signs.unseen(part.expr) for q in self._oriented(f, relation))
                new = [q for q in unseen if (means, q) not in self.asked and not self._seen(q)]
                new = [q for q in new if means == "arb" or not {q.expr, -q.expr} & self.hopeless]
                if new:
                    found[min(new, key=lambda q: q.expr.count_ops())] = None
        return list(found)

    def _oriented(self, f: Expr, relation: Relation) -> Iterator[Obligation]:
        """The factor with the sign that it has at the stored point, with either sign if it is 0 there."""
        ranges = _around(f.free_symbols, self.ranges)
        sign = 1 if relation == "!= 0" else _sign(f, dict(self.claim.example), ranges)
        if sign >= 0:
            yield Obligation(f, relation, "", ranges)
        if sign <= 0:
            yield Obligation(-f, relation, "", ranges)


def _key(a: Assumption) -> Hashable:
    """An assumption without the point at which it may be an equality, which no solver is told and no key can hold."""
    return type(a), *(part for part in a if not isinstance(part, Mapping))


def answers(means: Means, questions: Sequence[Obligation], assumptions: Sequence[Assumption]) -> dict[int, bool]:
    """The answers to the questions that get one."""
    if means == "arb":
        return {n: covered(q, assumptions) for n, q in enumerate(questions)}
    return agreed(questions, assumptions)


def _sign(f: Expr, at: dict[Symbol, Expr], ranges: Sequence[tuple[Symbol, Expr, Expr]]) -> int:
    """The sign at the stored point, or half-way along a range: only a guess at what to ask."""
    here = f.subs({v: (low + high) / 2 for v, low, high in ranges})
    try:
        with precision(128):
            value = ball(here, {v: at.get(v, S.One / 7) for v in here.free_symbols})  # type: ignore[arg-type]
    except (Undefined, Imprecise, Unfinished):
        return 1
    return 0 if value.contains(0) else -1 if value < 0 else 1


def ways(o: Obligation) -> list[tuple[Obligation, ...]]:
    """The obligation itself; or, near 0, the strict signs at 0 of its expression and of all that it is made of."""
    if o.near is None:
        return [(o,)]
    here = replace(o, near=None)
    return [(here,), *([at_zero] if (at_zero := _at_zero(here, o.near)) else [])]


def _at_zero(o: Obligation, var: Symbol) -> tuple[Obligation, ...]:
    """Continuous there, and of a strict sign: so it has this sign near 0."""
    parts = []
    for part in (*owed(o.expr), o):
        if var not in free_symbols(part):
            continue
        value = part.expr.subs(var, 0)
        if (
            not continuous(part.expr, var)
            or value.has(zoo, nan, oo, -oo)
            or any(var in low.free_symbols | high.free_symbols for _, low, high in part.ranges)
        ):
            return ()
        parts.append(replace(part, expr=value, relation="> 0" if part.relation == ">= 0" else part.relation))
    return tuple(parts)


def _counterexample(o: Obligation, claim: Claim) -> str:
    """A point of the domain where the obligation fails, if one is found: it says why, and proves nothing in favour."""
    if o.relation == EXCHANGE or o.ranges or not free_symbols(o) <= set(claim.symbols()):
        return ""
    try:
        for n, at in enumerate(points(claim, f"left {claim.name} {o.text}", far=0.5)):
            if _fails(o, at):
                return ", ".join(f"{v} = {q}" for v, q in at.items() if v in o.expr.free_symbols)
            if n > LOOKED:
                break
    except Empty:
        pass
    return ""


def _fails(o: Obligation, at: dict[Symbol, Expr]) -> bool:
    try:
        with precision(256):
            value = ball(o.expr, at)
    except (Undefined, Imprecise, Unfinished):
        return False
    return bool(value < 0 and o.relation != "!= 0")
