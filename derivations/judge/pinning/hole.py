"""Statements with the answer left open: each field is an unknown function of its own symbols.

Such a statement shows where it looks at a field: at which arguments, at a slope, or only under an integral. Each such
look is replaced by the field's value there plus an unknown small change, so that the statement's sides become functions
of the changes, and their slopes show what the statement determines of each.

If a statement reads off a field's coefficient of a noise, an unknown polynomial in that noise is used instead.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sympy import Add, Derivative, Dummy, Expr, Function, Integral, Poly, S, Subs, Symbol
from sympy.core.function import AppliedUndef

from derivations.form.base import Form, whole
from derivations.form.claim import Answer, Claim, leaves, plainly, with_leaf
from derivations.form.statement import Statement
from derivations.judge.pinning.shown import Shown, require_shown, visible
from derivations.probability.density import Abstract, finite
from derivations.probability.opening import opened

CHANGE = "change_"
Part = tuple[str, str]  # a field, and the monomial in noises if a coefficient is meant


class Untraceable(ArithmeticError):
    """A statement treats its answer in a way that is impossible for an unknown function."""


class Look(NamedTuple):
    """A look at a part of the answer: its arguments, and the numbers of those in which a slope is taken."""

    part: Part
    at: tuple[Expr, ...]
    slope: tuple[int, ...] = ()
    under: Expr | None = None  # the integral, if only that is looked at

    @property
    def whole(self) -> bool:
        """Whether the look is at the part's value, and not at a slope or an integral of it."""
        return not self.slope and self.under is None

    @property
    def symbols(self) -> set[Symbol]:
        integral = () if self.under is None else (self.under,)
        return set().union(*(e.free_symbols for e in (*self.at, *integral)))  # type: ignore[arg-type]


class Hole(NamedTuple):
    """A part of the answer: its expression, its symbols, and the unknown function in its place."""

    part: Part
    leaf: Expr
    symbols: tuple[Symbol, ...]
    head: Any
    shown: Expr  # as it is written, in named objects

    def look(self, at: Sequence[Expr], slope: Sequence[int]) -> Look:
        return Look(self.part, tuple(map(still, at)), tuple(slope))

    def value(self, at: Sequence[Expr], slope: Sequence[int]) -> Expr:
        e = self.leaf
        for n in slope:
            e = e.diff(self.symbols[n])
        return e.subs(dict(zip(self.symbols, at, strict=True)), simultaneous=True)


class Traced(NamedTuple):
    """The statements of a claim about unknown functions, and what these stand for."""

    holes: Sequence[Hole]
    statements: tuple[Statement, ...]
    bound: frozenset[Symbol] = frozenset()  # for all of whose values a form is stated: no answer depends on them


def stated(claim: Claim, answer: Answer = None) -> tuple[Statement, ...]:
    """Return all plain statements, including those true as written, which for another answer are not."""
    return tuple(plain for statement in claim.said(answer) for plain in whole(statement))


def noises(claim: Claim) -> Iterator[list[Symbol]]:
    """Yield symbols in which the answer may be polynomial: none; those that no statement mentions; all real ones."""
    free = sorted(set().union(*(leaf.free_symbols for _, leaf in leaves(claim.answer))), key=str)  # type: ignore[arg-type]
    mentioned = claim.symbols()
    tried: list[list[Symbol]] = []
    for within in ([], [v for v in free if v not in mentioned], [v for v in free if not v.is_positive]):
        if within not in tried:
            tried.append(within)
            yield within


def trace(claim: Claim, within: Sequence[Symbol]) -> Traced:
    """Return the claim with its answer left open: unknown functions, or polynomials in some symbols."""
    holes: list[Hole] = []
    answer: Answer = claim.answer
    for (field, leaf), (_, shown) in zip(leaves(claim.answer), leaves(claim.shown["answer"]), strict=True):
        terms = _monomials(opened(leaf), within)  # an answer may be written as an expectation
        whole_ = len(terms) == 1 and terms[0][0] == 1
        parts = [(_hole((field, str(m) if m != 1 else ""), e, shown if whole_ else e), m) for m, e in terms]
        holes += [hole for hole, _ in parts]
        answer = with_leaf(answer, field, Add(*(hole.head(*hole.symbols) * m for hole, m in parts)))
    try:
        bound = (v for form in claim.said() if isinstance(form, Form) for v in form.binds())
        return Traced(holes, _seen(claim, answer, holes), frozenset(bound))
    except Exception as fault:  # whatever a statement's own code raises for such an answer
        raise Untraceable(f"{type(fault).__name__}: {fault}") from fault


def _seen(claim: Claim, answer: Answer, holes: Sequence[Hole]) -> tuple[Statement, ...]:
    """Return the plain statements about unknown functions, as far as the claim's own show the answer there."""
    heads = {h.head: Shown(h.shown, h.symbols) for h in holes}
    written = claim.with_any(answer)
    require_shown(written, claim.written(), heads, [leaf for _, leaf in leaves(claim.shown["answer"])])
    return tuple(plain for statement in written for plain in whole(plainly(visible(statement, heads))))


def _monomials(leaf: Expr, within: Sequence[Symbol]) -> list[tuple[Expr, Expr]]:
    """Return the monomials in some symbols, with their coefficients."""
    held = [v for v in within if leaf.has(v) and leaf.is_polynomial(v)]
    if not held or not leaf.is_polynomial(*held):
        return [(S.One, leaf)]
    return [(Poly({powers: 1}, *held).as_expr(), e) for powers, e in Poly(leaf, *held).terms()]


def _hole(part: Part, leaf: Expr, shown: Expr) -> Hole:
    head = Function(" ".join(("?", *part)), real=True)  # another answer may be negative where this one is not
    return Hole(part, leaf, tuple(sorted(leaf.free_symbols, key=str)), head, shown)  # type: ignore[arg-type]


class Opener:
    """A replacement of each look at an unknown function by its value and, unless it is known, a change."""

    def __init__(
        self, holes: Sequence[Hole], known: Collection[Part] = (), bound: frozenset[Symbol] = frozenset()
    ) -> None:
        self.holes = {h.head: h for h in holes}
        self.bound = bound
        self.known = known
        self.changes: dict[Look, Dummy] = {}
        self.within: dict[Dummy, set[Dummy]] = {}  # the changes in the arguments of a change

    def looks(self, e: Expr) -> bool:
        return bool(self.holes) and e.has(*self.holes)

    def alone(self, e: Expr) -> bool:
        """Return whether an opened expression has one change, and another root may depend on all of its symbols."""
        return len(self.changed(e)) == 1 and self.bound.isdisjoint(e.free_symbols)

    def changed(self, e: Expr) -> Mapping[Look, Dummy]:
        """Return the changes that an opened expression contains."""
        held = e.atoms(Dummy)
        return {look: d for look, d in self.changes.items() if d in held}

    def __call__(self, e: Expr) -> Expr:
        return self._open(finite(e) if self.looks(e) and e.atoms(Abstract) else e)

    def _open(self, e: Expr) -> Expr:
        if not self.looks(e):
            return e
        if isinstance(e, AppliedUndef) and e.func in self.holes:
            return self._seen(self.holes[e.func], self._all(e.args))
        if isinstance(e, Derivative | Subs):
            return self._sloped(e)
        if isinstance(e, Integral):
            return self._integrated(e)
        return e.func(*self._all(e.args))

    def _all(self, parts: Sequence[Any]) -> list[Expr]:
        return [self._open(e) for e in parts]

    def _seen(self, hole: Hole, at: Sequence[Expr], slope: Sequence[int] = ()) -> Expr:
        value = hole.value(at, slope)
        return value if hole.part in self.known else value + self.change(hole.look(at, slope), at)

    def change(self, look: Look, at: Sequence[Expr]) -> Dummy:
        """Return the change for a look, whose arguments may contain further changes."""
        d = self.changes.setdefault(look, Dummy(f"{CHANGE}{len(self.changes)}", real=True))
        self.within.setdefault(d, set()).update(*(changes(a) for a in at))
        return d

    def _sloped(self, e: Derivative | Subs) -> Expr:
        """Open a slope of an unknown function in some of its arguments; substitutions after it are under Subs."""
        inner, put = (e.expr, dict(zip(e.variables, e.point, strict=True))) if isinstance(e, Subs) else (e, {})
        if isinstance(inner, Derivative) and inner.expr.func in self.holes:
            args, by = inner.expr.args, inner.variables
            if all(v in args and sum(a.has(v) for a in args) == 1 for v in by):
                at = self._all([a.subs(put, simultaneous=True) for a in args])
                return self._seen(self.holes[inner.expr.func], at, sorted(args.index(v) for v in by))
        if (done := e.doit()) != e:
            return self._open(done)  # type: ignore[arg-type]
        raise Untraceable(f"expected slopes of the answer in its own symbols, got {e}")

    def _integrated(self, e: Integral) -> Expr:
        """Open an integral; one of an unknown function over its own arguments is a look at the integral alone."""
        bound = {limit[0] for limit in e.limits}
        inside = Opener(list(self.holes.values()), self.known, self.bound)
        body = inside._open(e.function)  # type: ignore[arg-type]
        ends = [(limit[0], *self._all(limit[1:])) for limit in e.limits]
        if not any(look.symbols & bound for look in inside.changes):
            return Integral(self._open(e.function), *ends)  # type: ignore[arg-type]
        filled = Integral(still(body), *ends)
        parts = dict.fromkeys(look.part for look in inside.changes)
        return filled + Add(*(self.change(Look(part, (), under=still(filled)), [filled]) for part in parts))


def mentions(statement: Statement, holes: Sequence[Hole]) -> bool:
    """Return whether a statement contains the answer, in a side or in its equality case."""
    parts = (e for part in statement for e in (part.values() if isinstance(part, Mapping) else (part,)))
    return any(isinstance(e, Expr) and e.has(*(h.head for h in holes)) for e in parts)


def changes(e: Expr) -> set[Dummy]:
    return {d for d in e.atoms(Dummy) if d.name.startswith(CHANGE)}


def still(e: Expr) -> Expr:
    """Return the expression with every change set to 0."""
    return e.xreplace(dict.fromkeys(changes(e), S.Zero))
