"""What a claim states, by value: sides and answers, all their parts, equations, laws, what is greater than what."""

from functools import cached_property

from sympy import Basic, Expr, Pow, Symbol, sqrt, sympify

from derivations.form.claim import Claim, leaves
from derivations.form.induction import Induction
from derivations.form.reading import needed
from derivations.form.statement import AtMost, Below, Tends
from derivations.judge.titles import naming
from derivations.judge.titles.values import Stock, Worth, value
from derivations.notation.laws import LawName
from derivations.notation.values import At, QuantityAt


class Stated:
    """What a claim states; values at the stored point of the claim and at some others say what is the same."""

    def __init__(self, claim: Claim) -> None:
        self.claim, self.worth = claim, Worth(claim)
        self.same, self.apart = self.worth.same, self.worth.apart

    @cached_property
    def sides(self) -> list[Basic]:
        return naming.shown(self.claim)

    @cached_property
    def objects(self) -> frozenset[Expr]:
        """The values of the named objects, which are no symbols."""
        found = (value(e) for e in naming.objects_of(self.claim) if isinstance(e, Expr))
        return frozenset(e for e in found if not e.is_Symbol)

    @cached_property
    def whole(self) -> list[Expr]:
        found = [leaf for _, leaf in leaves(self.claim.answer)]
        found += [e for e in self.sides if isinstance(e, Expr)]
        found += [a for e in self.sides for a in e.args if isinstance(a, Expr) and not isinstance(e, Expr)]
        return list(dict.fromkeys((*map(value, found), *self.leading, *sorted(self.objects, key=str))))

    @cached_property
    def leading(self) -> list[Expr]:
        """What an error is to leading order: h^k times the limit of its quotient by h^k."""
        limits = [s for s in self.claim.statements() if isinstance(s, Tends)]
        powers = [(s, {p for p in s.expr.atoms(Pow) if p.base == s.var and p.exp.is_negative}) for s in limits]
        return [s.value / p for s, found in powers for p in found]

    @cached_property
    def wholes(self) -> Stock:
        """Sides of statements and definitions, answers, and what objects stand for."""
        stock = Stock(self.worth)
        for e in self.whole:
            stock.keep(self.worth.first(e), Expr, e)
        return stock

    @cached_property
    def all(self) -> Stock:
        """The same with all their parts, as they are shown and written out."""
        stock = Stock(self.worth)
        for e in (*self.whole, *self.sides):
            stock.take(e)
        return stock

    @cached_property
    def pairs(self) -> dict[tuple[Expr, Expr], None]:
        """What is equal to what: sides of lines, definitions, values at which objects are looked at, equality cases."""
        stated = naming.lines(self.claim)
        found = [(line.left, line.right) for line in stated if line.relation == "="]
        found += needed(*stated)
        found += [tuple(pair.args) for e in self.sides for at in e.atoms(At, QuantityAt) for pair in at.args[1:]]  # type: ignore[misc]
        found += [case for s in self.claim.statements() if isinstance(s, AtMost) for case in s.equal_at.items()]
        return dict.fromkeys((value(a), value(b)) for a, b in found if isinstance(a, Expr) and isinstance(b, Expr))

    def is_pair(self, one: Expr, other: Expr) -> bool:
        """Whether two expressions are equal by an equation, a definition, or a value at which one looks."""
        return any(
            (self.same(a, one) and self.same(b, other)) or (self.same(a, other) and self.same(b, one))
            for a, b in self.pairs
        )

    def has_law(self, mean: Expr, var: Expr) -> bool:
        """Whether a normal law of that mean and variance is shown, or both are stated, or a variable is made so."""
        laws = [e.normal for side in self.sides for e in side.atoms(LawName)]
        if any(self.same(value(law.mean), mean) and self.same(value(law.var), var) for law in laws):
            return True
        stated = all(any(self.same(e, part) for part in self.wholes.like(e)) for e in (mean, var))
        if mean.free_symbols and stated and not self.same(mean, var):
            return True
        return any(self._is_drawn(made, mean, var) for _, made in self.pairs)

    def _is_drawn(self, made: Expr, mean: Expr, var: Expr) -> bool:
        """Whether it is the mean plus the root of the variance times noise; with a value of a symbol, of that."""
        noise = [v for v in made.free_symbols if isinstance(v, Symbol) and v.name.startswith("n_")]
        put = [dict[Expr, Expr](), *({a: b} for a, b in self.pairs if a.is_Symbol and b.is_number)]
        return any(self.same(made.subs(at), mean + sqrt(var) * n) for n in noise for at in put)

    @cached_property
    def gaps(self) -> list[Expr]:
        """The greater less the lesser side of each inequality that is stated or assumed, or is of an index."""
        stated = [s for s in (*self.claim.statements(), *self.claim.assumptions()) if isinstance(s, AtMost | Below)]
        counted = [pair for s in self.claim.said() if isinstance(s, Induction) for pair in s.first.items()]
        return [s.greater - s.lesser for s in stated] + [v - sympify(first) for v, first in counted]

    def is_gap(self, gap: Expr) -> bool:
        """Whether a difference is stated to be positive, or a multiple of one that is by a positive number."""
        return any(self.same(gap, g) or self._is_multiple(gap, g) for g in self.gaps)

    def _is_multiple(self, gap: Expr, stated: Expr) -> bool:
        pairs = [(a, b) for a, b in zip(self.worth(gap), self.worth(stated), strict=True) if a is not None and b]
        return len(pairs) > 1 and all(a / b > 0 and (a / b).overlaps(pairs[0][0] / pairs[0][1]) for a, b in pairs)

    def tends_to(self, one: Expr, other: Expr) -> bool:
        """Whether a limit of the first expression, or of its variable, is the second."""
        limits = [s for s in self.claim.statements() if isinstance(s, Tends)]
        return any((self.same(s.expr, one) and self.same(s.value, other)) or (s.var, 0) == (one, other) for s in limits)
