"""A small calculus of expectations, valid for all densities whose integrals are finite.

It has five rules. Tower and linearity open an expectation into integrals of products; normalisation
drops a variable that only its own density mentions; marginalisation gathers q(x) f(y | x) into
the law of y; monotonicity (in `density.Mean`) gives E[g] >= 0 for g >= 0. Bayes' rule and a change
of measure are then plain algebra of positive factors. Fubini, and that each part of a sum is
finite, are taken on trust.
"""

from collections.abc import Iterator

from sympy import Add, Expr, Mul, S, Symbol, expand, log

from derivations.probability.density import Density, Marginal
from derivations.probability.mean import Excess, Mean

Term = tuple[Expr, list[Symbol]]  # an integrand, densities included, and the variables it is integrated over


class Clash(ArithmeticError):
    """A variable is bound inside an expectation that binds it too."""


def canonical(e: Mean) -> Expr:
    """Return the expectation as a sum of integrals that no rule makes shorter."""
    return Add(*(_shorten(*term) for term in _open(e)))


def mentions(e: Expr, names: list[Symbol]) -> bool:
    """Return whether any of the variables is free in the expression."""
    if isinstance(e, Marginal):
        return e.of in names or any(v in names for v in e.given)
    if isinstance(e, Mean):
        left = [v for v in names if v not in {w for w, _ in e.laws}]
        return mentions(e.body, left) or any(mentions(d, left) for _, d in e.laws)
    return e in names or any(mentions(a, names) for a in e.args)  # type: ignore[arg-type]


def _open(e: Mean) -> Iterator[Term]:
    """Apply tower and linearity: yield products to be integrated, each with its variables."""
    names = [v for v, _ in e.laws]
    whole = Mul(e.body, *(d for _, d in e.laws))
    whole = whole.xreplace({x: x.opened() for x in whole.atoms(Excess)})
    for term in Add.make_args(expand(_without_content(expand(whole)))):
        inner = next((f for f in Mul.make_args(term) if isinstance(f, Mean) and mentions(f, names)), None)
        if inner is None:
            yield term, names
            continue
        if {v for v, _ in inner.laws} & set(names):
            raise Clash(f"expected fresh variables inside, got {inner} under {names}")
        outer = ((v, S.One) for v in names)
        yield from _open(Mean(term / inner * inner.body, *inner.laws, *outer))


def _without_content(e: Expr) -> Expr:
    """Take positive numbers out of logarithms of sums: log(p/2 + q/2) is log(p + q) - log 2."""
    parts = {x: x.args[0].primitive() for x in e.atoms(log) if x.args[0].is_Add}  # type: ignore[attr-defined]
    return e.xreplace({x: log(number) + log(rest) for x, (number, rest) in parts.items() if number != 1})


def _shorten(term: Expr, names: list[Symbol]) -> Expr:
    """Apply normalisation, then marginalisation, until neither applies; constants go outside."""
    while (shorter := normalised(term, names) or gathered(term, names)) is not None:
        term, names = shorter
    if not names:
        return term
    inside = [f for f in Mul.make_args(term) if mentions(f, names)]
    outside = [f for f in Mul.make_args(term) if not mentions(f, names)]
    return Mul(*outside) * Mean(Mul(*inside), *((v, S.One) for v in sorted(names, key=str)))


def normalised(term: Expr, names: list[Symbol]) -> Term | None:
    """Apply normalisation: a variable that only its own density mentions integrates to 1."""
    for v in names:
        own = _owners(term, v)
        if len(own) == 1 and isinstance(own[0], Density | Marginal) and own[0].of == v:
            return term / own[0], [w for w in names if w != v]
    return None


def gathered(term: Expr, names: list[Symbol]) -> Term | None:
    """Apply marginalisation: root(v) step(w | v), with v nowhere else, integrates to the law of w."""
    for v in names:
        own = sorted(_owners(term, v), key=lambda f: getattr(f, "of", None) != v)
        if len(own) != 2 or not all(isinstance(f, Density | Marginal) for f in own):
            continue
        root, step = own
        alone = not any(w in names for w in root.given)  # type: ignore[attr-defined]
        if root.of == v and alone and step.given == (v,):  # type: ignore[attr-defined]
            law = Marginal(step.of, v, step, root)  # type: ignore[attr-defined]
            return term / (root * step) * law, [w for w in names if w != v]
    return None


def _owners(term: Expr, v: Symbol) -> list[Expr]:
    return [f for f in Mul.make_args(term) if mentions(f, [v])]
