"""How a statement reads: sides and a relation, as objects that print; and what a reader needs beside them.

Everything comes from the statement itself, so that what is shown is what is checked.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sympy import Basic, Expr, Integral, S, Tuple

from derivations.form.base import Said
from derivations.form.definition import Defined
from derivations.form.improper import Improper
from derivations.form.induction import Induction
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.notation.named import Named, unnamed, wheres
from derivations.notation.quantities import LawName
from derivations.probability.density import Abstract
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal


class Reading(NamedTuple):
    """A line: left, relation, right; and a phrase after it, with an expression or two."""

    left: Basic
    relation: str = "="
    right: Basic | None = None
    note: tuple[str | Basic, ...] = ()


class Limit(Basic):
    """lim of an expression as a positive variable goes to 0."""

    def _sympystr(self, printer: Any) -> str:
        e, h = map(printer.doprint, self.args)
        return f"lim ({h} -> 0+) {f'({e})' if self.args[0].is_Add else e}"  # type: ignore[attr-defined]

    def _latex(self, printer: Any) -> str:
        e, h = map(printer.doprint, self.args)
        return f"\\lim_{{{h} \\to 0^+}} {f'({e})' if self.args[0].is_Add else e}"  # type: ignore[attr-defined]


class Rate(Basic):
    """A stochastic differential equation d of = drift dt + g dw, told by g^2; and how parameters move meanwhile."""

    def _moves(self, printer: Any) -> list[tuple[str, str]]:
        return [(printer.doprint(v), printer.doprint(slope)) for v, slope in (pair.args for pair in self.args[3:])]

    def _sympystr(self, printer: Any) -> str:
        of, drift, g2 = map(printer.doprint, self.args[:3])
        moves = "".join(f", d{v}/dt = {slope}" for v, slope in self._moves(printer))
        return f"d{of} = f dt + g dw with f = {drift}, g^2 = {g2}{moves}"

    def _latex(self, printer: Any) -> str:
        of, drift, g2 = map(printer.doprint, self.args[:3])
        moves = "".join(f",\\ \\frac{{d{v}}}{{dt}} = {slope}" for v, slope in self._moves(printer))
        return f"d{of} = f\\,dt + g\\,dw,\\ f = {drift},\\ g^2 = {g2}{moves}"


class At(Basic):
    """A value at an index: "x at n = 0"."""

    def _sympystr(self, printer: Any) -> str:
        e, *pairs = self.args
        return f"{printer.doprint(e)} at " + ", ".join(" = ".join(map(printer.doprint, p.args)) for p in pairs)

    def _latex(self, printer: Any) -> str:
        e, *pairs = self.args
        at = ", ".join(" = ".join(map(printer.doprint, p.args)) for p in pairs)
        return f"\\left. {printer.doprint(e)} \\right|_{{{at}}}"


def readings(said: Said) -> Iterator[Reading]:
    """The statement, line by line."""
    match said:
        case Equal():
            yield Reading(said.lhs, "=", said.rhs)
        case Below():
            yield _ordered(said.lesser, "<", said.greater)
        case AtMost():
            yield _ordered(said.lesser, "<=", said.greater, tuple(_equality(said)))
        case Tends():
            yield Reading(Limit(said.expr, said.var), "=", said.value)
        case Improper():
            yield Reading(Integral(said.body, (said.var, said.low, said.high)), "=", said.value)
        case Induction():
            yield from _induction(said)
        case Law():
            yield from _law(said)
        case Defined():
            yield _defined(said)
        case _:
            raise AssertionError(f"no reading of {type(said).__name__}")


def _ordered(lesser: Expr, relation: str, greater: Expr, note: tuple[str | Basic, ...] = ()) -> Reading:
    """An inequality, by its greater side where only that is named: "KL(q || p) >= 0"."""
    if named(lesser) or not named(greater):
        return Reading(lesser, relation, greater, note)
    return Reading(greater, relation.replace("<", ">"), lesser, note)


def _equality(said: AtMost) -> Iterator[str | Basic]:
    yield "with equality if and only if" if said.only else "with equality at"
    yield from _pairs(said.equal_at)


def _pairs(at: Mapping[Any, Any]) -> Iterator[Tuple]:
    return (Tuple(v, e) for v, e in at.items())


def _induction(said: Induction) -> Iterator[Reading]:
    """Of each number its value, its base case and its step; it is called by its base case where that has a name."""
    names = {v: base if isinstance(base, Named) else v for v, base in zip(said.held, said.base, strict=True)}
    for v, value, base, step in zip(said.held, said.value, said.base, said.step, strict=True):
        yield Reading(names[v], "=", value, ("for every index, by induction",))
        yield Reading(At(names[v], *_pairs(said.first)), "=", unnamed(base))
        yield Reading(At(names[v], *_pairs(said.next)), "=", step.xreplace(names))


def _law(said: Law) -> Iterator[Reading]:
    law = LawName(*said.law) if isinstance(said.law, Normal) else None
    match said.how:
        case Made(expr) | Given(expr):
            on = said.how.on if isinstance(said.how, Given) else ()
            steps = (part for made, value in on for part in ("and", value, "=", made))
            name = LawName(*said.law, "q", said.of, *(value for _, value in on))
            yield Reading(name, "=", law, ("with", said.of, "=", expr, *steps))
        case Through(start, over, step):
            yield Reading(LawName(*said.law, "q", said.of), "=", law)
            yield Reading(LawName(*start, "q", over), "=", LawName(*start))
            yield Reading(LawName(*step, "q", said.of, over), "=", LawName(*step))
        case Weighed(prior, weight, norm):
            yield from _weighed(said, prior, weight, norm)
        case Diffused(drift, g2, rates, constant):
            moves = _pairs({**rates, **dict.fromkeys(constant, S.Zero)})
            yield Reading(LawName(*said.law, "q", said.of), "=", law, ("under", Rate(said.of, drift, g2, *moves)))
        case Pieces():
            assert isinstance(said.law, Generating)
            pieces = (
                part
                for e, low, high in said.how.pieces
                for part in ("and", said.of, "=", e, "for", said.how.uniform, "from", low, "to", high)
            )
            yield Reading(Exponential(said.law.kappa, said.of), "=", said.law.value, ("with", *tuple(pieces)[1:]))


class Exponential(Basic):
    """E exp(kappa v)."""

    def _sympystr(self, printer: Any) -> str:
        return f"E[exp({' '.join(map(printer.doprint, self.args))})]"

    def _latex(self, printer: Any) -> str:
        return f"\\mathbb{{E}}\\left[e^{{{' '.join(map(printer.doprint, self.args))}}}\\right]"


class LogNormal(Basic):
    """log N(z; mean, var)."""

    def _sympystr(self, printer: Any) -> str:
        z, mean, var = map(printer.doprint, self.args)
        return f"log N({z}; {mean}, {var})"

    def _latex(self, printer: Any) -> str:
        z, mean, var = map(printer.doprint, self.args)
        return f"\\log \\mathcal{{N}}({z}; {mean}, {var})"


def _weighed(said: Law, prior: Normal, weight: Expr, norm: Expr | None) -> Iterator[Reading]:
    """Bayes' rule, in logarithms: the prior's density, times the weight, over its integral."""
    parts = [LogNormal(said.of, *prior), weight] + ([] if norm is None else [norm])
    constant = () if norm is not None else ("up to a constant in", said.of)
    yield Reading(Combined(*parts), "=", LogNormal(said.of, *said.law), constant)


class Combined(Basic):
    """The first, plus the second, minus the third."""

    def _sympystr(self, printer: Any) -> str:
        first, second, *third = map(printer.doprint, self.args)
        return f"{first} + {second}" + "".join(f" - ({e})" for e in third)

    def _latex(self, printer: Any) -> str:
        first, second, *third = map(printer.doprint, self.args)
        return f"{first} + {second}" + "".join(f" - \\left({e}\\right)" for e in third)


def _defined(said: Defined) -> Reading:
    name = LawName if isinstance(said.value, Normal) else None
    if name is not None:
        return Reading(LawName(*said.value, said.name, *said.of), "=", LawName(*said.value))  # type: ignore[misc]
    (part,) = said.parts()
    return Reading(part.says[0], "=", part.says[1])


def needed(*lines: Reading) -> list[tuple[Basic, Basic | None]]:
    """The definitions of all names in these lines, but for those that a line itself says."""
    said = {(line.left, line.right) for line in lines}
    sides = [e for line in lines for e in (line.left, line.right, *line.note) if isinstance(e, Basic)]
    return [(w.left, w.right) for w in wheres(*sides) if (w.left, w.right) not in said or w.right is None]


def grouped(statements: Iterable[Said]) -> list[list[Reading]]:
    """The lines of statements, in groups within which a name has one meaning; each group is shown with its names."""
    groups: list[list[Reading]] = []
    known: dict[str, Basic] = {}
    for said in statements:
        lines = list(readings(said))
        names = {str(left): right for left, right in needed(*lines) if right is not None}
        if not groups or any(known.get(name, right) != right for name, right in names.items()):
            groups.append([])
            known = {}
        groups[-1] += lines
        known |= names
    return groups


def named(e: Basic) -> bool:
    """Whether an expression is an object of the field: named, an expectation, an integral, a density, a law, a limit.

    A multiple, a sum, a power of such objects is one; what only holds one somewhere inside is not.
    """
    if isinstance(
        e, Named | Expected | Abstract | Integral | LawName | Exponential | LogNormal | Limit | At | Combined
    ):
        return True
    if isinstance(e, Expr) and (e.is_Add or e.is_Mul or e.is_Pow):
        return all(named(a) or a.is_number for a in e.args) and not e.is_number  # type: ignore[attr-defined]
    return False
