"""The lines in which a statement is shown: sides and a relation, as objects that print, with their definitions.

Everything comes from the statement itself, so that what is shown is what is checked.
"""

import re
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
from derivations.notation.laws import LawName
from derivations.notation.named import Named
from derivations.notation.printing import text
from derivations.notation.wheres import MERGED, Normals, Uniform, Where, wheres
from derivations.probability.density import Abstract
from derivations.probability.expected import Expected
from derivations.probability.gaussian import Normal


class Reading(NamedTuple):
    """A line: left side, relation, right side, and a phrase after it, which may contain expressions."""

    left: Basic
    relation: str = "="
    right: Basic | None = None
    note: tuple[str | Basic, ...] = ()
    defined: tuple[Where, ...] = ()  # names that no object in the line defines
    inner: bool = False  # a part of the line above


def readings(statement: Said) -> Iterator[Reading]:
    """Yield the lines of a statement."""
    match statement:
        case Equal():
            yield Reading(statement.lhs, "=", statement.rhs)
        case Below():
            yield _ordered(statement.lesser, "<", statement.greater)
        case AtMost():
            yield _ordered(statement.lesser, "<=", statement.greater, tuple(_equality(statement)))
        case Tends():
            yield Reading(Limit(statement.expr, statement.var), "=", statement.value)
        case Improper():
            yield Reading(
                Integral(statement.body, (statement.var, statement.low, statement.high)), "=", statement.value
            )
        case Induction():
            yield from _induction(statement)
        case Law():
            yield from _law(statement)
        case Defined():
            yield _defined(statement)
        case _:
            raise AssertionError(f"no reading of {type(statement).__name__}")


def _ordered(lesser: Expr, relation: str, greater: Expr, note: tuple[str | Basic, ...] = ()) -> Reading:
    """Return the line of an inequality, by its greater side where only that is named: "KL(q || p) >= 0"."""
    if named(lesser) or not named(greater):
        return Reading(lesser, relation, greater, note)
    return Reading(greater, relation.replace("<", ">"), lesser, note)


def _equality(statement: AtMost) -> Iterator[str | Basic]:
    yield "with equality if and only if" if statement.only else "with equality at"
    for n, pair in enumerate(_pairs(statement.equal_at)):
        yield from ("and", pair) if n else (pair,)
    if statement.only and any(v.is_positive and e.is_zero for v, e in statement.equal_at.items()):
        yield ", all else as assumed"  # the case lies on one edge of the domain; other edges are left out


def _pairs(at: Mapping[Any, Any]) -> Iterator[Tuple]:
    return (Tuple(v, e) for v, e in at.items())


def _induction(statement: Induction) -> Iterator[Reading]:
    """Of each number its value, its base case and its step."""
    for n, stage in enumerate(Reader(statement).stages()):
        yield Reading(stage.left, "=", stage.right, stage.note, stage.defined, inner=n % 3 > 0)


def _law(statement: Law) -> Iterator[Reading]:
    law = LawName(*statement.law, "", statement.of) if isinstance(statement.law, Normal) else None
    match statement.how:
        case Made(expr) | Given(expr):
            on = statement.how.on if isinstance(statement.how, Given) else ()
            made = Where(statement.of, expr), *(Where(value, e) for e, value in on)
            shown = [v for v in statement.how.noise if any(e.has(v) for e in (expr, *(e for e, _ in on)))]
            noise = [Where(Normals(*shown))] if shown else []
            yield Reading(_called(statement, *(value for _, value in on)), "=", law, (), (*made, *noise))
        case Through(start, over, step):
            yield Reading(_called(statement), "=", law)
            yield Reading(_name(start, over), "=", LawName(*start, "", over))
            yield Reading(_name(step, statement.of, over), "=", LawName(*step, "", statement.of))
        case Weighed():
            assert isinstance(statement.law, Normal)
            yield Reading(Posterior.of(statement.of, statement.law, statement.how), "=", law)
        case Diffused(drift, g2, rates, constant):
            moves = _pairs({**rates, **dict.fromkeys(constant, S.Zero)})
            yield Reading(_called(statement), "=", law, ("under", Rate(statement.of, drift, g2, *moves)))
        case Pieces():
            assert isinstance(statement.law, Generating)
            pieces = (
                part
                for e, low, high in statement.how.pieces
                for part in ("and", statement.of, "=", e, "for", statement.how.uniform, "from", low, "to", high)
            )
            left, uniform = Exponential(statement.law.kappa, statement.of), Where(Uniform(statement.how.uniform))
            yield Reading(left, "=", statement.law.value, ("with", *tuple(pieces)[1:]), (uniform,))


def _called(statement: Law, *on: Expr) -> LawName:
    assert isinstance(statement.law, Normal)
    return _name(statement.law, statement.of, *on)


def _name(law: Normal, of: Symbol, *on: Expr) -> LawName:
    """Return q(z_t | x), given what is stated and the data and latents in the law."""
    free = sorted((v for v in law.mean.free_symbols if _drawn(v) and v not in on), key=str)
    given = [] if any(not e.is_Symbol for e in on) else free
    return LawName(*law, "q", of, *on, *given)  # type: ignore[arg-type]


def _drawn(v: Basic) -> bool:
    base, *marks = str(v).split("_")
    return base in ("x", "y", "z") and "hat" not in marks


def _defined(statement: Defined) -> Reading:
    if isinstance(statement.value, Normal):
        return Reading(
            LawName(*statement.value, statement.name, *statement.of),
            "=",
            LawName(*statement.value, "", statement.of[0]),
        )
    (part,) = statement.parts()
    return Reading(part.says[0], "=", part.says[1])


def needed(*lines: Reading) -> list[tuple[Basic, Basic | None]]:
    """Return the definitions of all names in these lines, except those that a line itself states."""
    stated = {(line.left, line.right) for line in lines}
    own = [w for line in lines for w in line.defined]
    sides = [e for line in lines for e in (line.left, line.right, *line.note) if isinstance(e, Basic)]
    everything = [*wheres(*sides), *own, *wheres(*(w.right for w in own if w.right is not None))]
    pairs = dict.fromkeys((w.left, w.right) for w in everything if (w.left, w.right) not in stated or w.right is None)
    return _merged(pairs)


def printed(*lines: Reading) -> list[tuple[Basic, Basic | None]]:
    """Return those definitions whose names are printed: in the lines, or in another definition."""
    silent = {left for left, _ in unprinted(*lines)}
    return [pair for pair in needed(*lines) if pair[0] not in silent]


def unprinted(*lines: Reading) -> list[tuple[Basic, Basic]]:
    """Return the letters that only what is opened has, as q_x for p(z_t) in a slope of p, with what they stand for."""
    pairs = needed(*lines)
    sides = [e for line in lines for e in (line.left, line.right, *line.note) if isinstance(e, Basic)]
    letters = [(left, right) for left, right in pairs if isinstance(left, Symbol) and right is not None]
    others = {
        left: [*sides, *(e for a, b in pairs if a != left for e in (a, b) if e is not None)] for left, _ in letters
    }
    return [(left, right) for left, right in letters if not any(stands(text(left), text(e)) for e in others[left])]


def stands(name: str, written: str) -> bool:
    """Return whether a name stands in a line, as itself and not as a part of another."""
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_'{{])", written) is not None


def _merged(pairs: Iterable[tuple[Basic, Basic | None]]) -> list[tuple[Basic, Basic | None]]:
    """Return the definitions without repeats, then other phrases, and last all unknown functions, and all noise."""
    defined = {(text(left), text(right)): (left, right) for left, right in pairs if right is not None}
    alone = {text(left): left for left, right in pairs if right is None}
    others = [(left, None) for left in alone.values() if not isinstance(left, MERGED)]
    of_kind = {kind: {v for left in alone.values() if type(left) is kind for v in left.args} for kind in MERGED}
    merged = [(kind(*sorted(names, key=str)), None) for kind, names in of_kind.items() if names]
    return [*defined.values(), *others, *merged]


def grouped(statements: Iterable[Said]) -> list[list[Reading]]:
    """Return the lines of statements, in groups within which a name has one meaning; each group shows its names.

    Two fields of an answer may make one statement: it stands once.
    """
    groups: list[list[Reading]] = []
    known: dict[str, Basic] = {}
    seen: list[list[Reading]] = []
    for statement in statements:
        lines = list(readings(statement))
        if lines in seen:
            continue
        seen.append(lines)
        names = {text(left): right for left, right in needed(*lines) if right is not None}
        if not groups or any(known.get(name, right) != right for name, right in names.items()):
            groups.append([])
            known = {}
        groups[-1] += lines
        known |= names
    return groups


def phrase(parts: Sequence[str | Basic], write: Callable[[Basic], str], words: str = "{}") -> str:
    """Return the phrase after the sides of a line, as "with equality at w = 0"."""
    spoken = (part if part in "=," else words.format(part) for part in parts if isinstance(part, str))
    written = (next(spoken) if isinstance(part, str) else _equality_of(part, write) for part in parts)
    return " ".join(written).replace(" ,", ",")


def _equality_of(part: Basic, write: Callable[[Basic], str]) -> str:
    return " = ".join(map(write, part.args)) if isinstance(part, Tuple) else write(part)


def named(e: Basic) -> bool:
    """Return whether an expression is an object of the field: named, an expectation, an integral, a density, a limit.

    A multiple, a sum or a power of such objects is one; an expression that only contains one somewhere is not.
    """
    if isinstance(e, Named | Expected | Abstract | Integral | LawName | Exponential | Limit | Indexed | Posterior):
        return True
    if isinstance(e, Expr) and (e.is_Add or e.is_Mul or e.is_Pow):
        return all(named(a) or a.is_number for a in e.args) and not e.is_number  # type: ignore[attr-defined]
    return False
