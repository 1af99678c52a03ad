"""How a statement reads: sides and a relation, as objects that print; and what a reader needs beside them.

Everything comes from the statement itself, so that what is shown is what is checked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sympy import Basic, Expr, Integral, S, Symbol, Tuple

from derivations.form.base import Said
from derivations.form.bayes import Posterior
from derivations.form.definition import Defined
from derivations.form.improper import Improper
from derivations.form.induction import Induction
from derivations.form.inductions import Reader
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through, Weighed
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.form.wording import Exponential, Limit, Rate
from derivations.notation.indexed import Indexed
from derivations.notation.named import Named, Normals, Where, wheres
from derivations.notation.printing import text
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
    defined: tuple[Where, ...] = ()  # names that no object in the line tells
    inner: bool = False  # a part of the line above


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
    for n, pair in enumerate(_pairs(said.equal_at)):
        yield from ("and", pair) if n else (pair,)


def _pairs(at: Mapping[Any, Any]) -> Iterator[Tuple]:
    return (Tuple(v, e) for v, e in at.items())


def _induction(said: Induction) -> Iterator[Reading]:
    """Of each number its value, its base case and its step."""
    for n, stage in enumerate(Reader(said).stages()):
        yield Reading(stage.left, "=", stage.right, stage.note, stage.defined, inner=n % 3 > 0)


def _law(said: Law) -> Iterator[Reading]:
    law = LawName(*said.law, "", said.of) if isinstance(said.law, Normal) else None
    match said.how:
        case Made(expr) | Given(expr):
            on = said.how.on if isinstance(said.how, Given) else ()
            made = Where(said.of, expr), *(Where(value, e) for e, value in on)
            yield Reading(_called(said, *(value for _, value in on)), "=", law, (), made)
        case Through(start, over, step):
            yield Reading(_called(said), "=", law)
            yield Reading(_name(start, over), "=", LawName(*start, "", over))
            yield Reading(_name(step, said.of, over), "=", LawName(*step, "", said.of))
        case Weighed():
            assert isinstance(said.law, Normal)
            yield Reading(Posterior.of(said.of, said.law, said.how), "=", law)
        case Diffused(drift, g2, rates, constant):
            moves = _pairs({**rates, **dict.fromkeys(constant, S.Zero)})
            yield Reading(_called(said), "=", law, ("under", Rate(said.of, drift, g2, *moves)))
        case Pieces():
            assert isinstance(said.law, Generating)
            pieces = (
                part
                for e, low, high in said.how.pieces
                for part in ("and", said.of, "=", e, "for", said.how.uniform, "from", low, "to", high)
            )
            yield Reading(Exponential(said.law.kappa, said.of), "=", said.law.value, ("with", *tuple(pieces)[1:]))


def _called(said: Law, *on: Expr) -> LawName:
    assert isinstance(said.law, Normal)
    return _name(said.law, said.of, *on)


def _name(law: Normal, of: Symbol, *on: Expr) -> LawName:
    """q(z_t | x): given what is stated, and the data and latents that the law speaks of."""
    free = sorted((v for v in law.mean.free_symbols if _drawn(v) and v not in on), key=str)
    given = [] if any(not e.is_Symbol for e in on) else free
    return LawName(*law, "q", of, *on, *given)  # type: ignore[arg-type]


def _drawn(v: Basic) -> bool:
    base, *marks = str(v).split("_")
    return base in ("x", "y", "z") and "hat" not in marks


def _defined(said: Defined) -> Reading:
    if isinstance(said.value, Normal):
        return Reading(LawName(*said.value, said.name, *said.of), "=", LawName(*said.value, "", said.of[0]))
    (part,) = said.parts()
    return Reading(part.says[0], "=", part.says[1])


def needed(*lines: Reading) -> list[tuple[Basic, Basic | None]]:
    """The definitions of all names in these lines, but for those that a line itself says."""
    said = {(line.left, line.right) for line in lines}
    own = [w for line in lines for w in line.defined]
    sides = [e for line in lines for e in (line.left, line.right, *line.note) if isinstance(e, Basic)]
    found = [*wheres(*sides), *own, *wheres(*(w.right for w in own if w.right is not None))]
    pairs = dict.fromkeys((w.left, w.right) for w in found if (w.left, w.right) not in said or w.right is None)
    return _merged(pairs)


def _merged(pairs: Iterable[tuple[Basic, Basic | None]]) -> list[tuple[Basic, Basic | None]]:
    """Definitions without repeats, then what else is said, and last the noise, all of it at once."""
    told = {(text(left), text(right)): (left, right) for left, right in pairs if right is not None}
    alone = {text(left): left for left, right in pairs if right is None}
    noise = {v for left in alone.values() if isinstance(left, Normals) for v in left.args}
    others = [(left, None) for left in alone.values() if not isinstance(left, Normals)]
    return [*told.values(), *others, *([(Normals(*sorted(noise, key=str)), None)] if noise else [])]


def grouped(statements: Iterable[Said]) -> list[list[Reading]]:
    """The lines of statements, in groups within which a name has one meaning; each group is shown with its names."""
    groups: list[list[Reading]] = []
    known: dict[str, Basic] = {}
    for said in statements:
        lines = list(readings(said))
        names = {text(left): right for left, right in needed(*lines) if right is not None}
        if not groups or any(known.get(name, right) != right for name, right in names.items()):
            groups.append([])
            known = {}
        groups[-1] += lines
        known |= names
    return groups


def phrase(parts: Sequence[str | Basic], write: Callable[[Basic], str], words: str = "{}") -> str:
    """What stands after the sides of a line: "with equality at w = 0"."""
    told = (words.format(part) if isinstance(part, str) else _equality_of(part, write) for part in parts)
    return " ".join(told).replace(" ,", ",")


def _equality_of(part: Basic, write: Callable[[Basic], str]) -> str:
    return " = ".join(map(write, part.args)) if isinstance(part, Tuple) else write(part)


def named(e: Basic) -> bool:
    """Whether an expression is an object of the field: named, an expectation, an integral, a density, a law, a limit.

    A multiple, a sum, a power of such objects is one; what only holds one somewhere inside is not.
    """
    if isinstance(e, Named | Expected | Abstract | Integral | LawName | Exponential | Limit | Indexed | Posterior):
        return True
    if isinstance(e, Expr) and (e.is_Add or e.is_Mul or e.is_Pow):
        return all(named(a) or a.is_number for a in e.args) and not e.is_number  # type: ignore[attr-defined]
    return False
