"""The rules of the expectation calculus, on random exact chains of two states; each with a twin that breaks."""

from random import Random

import pytest
from sympy import Expr, Rational, Symbol, log

from derivations.engines.enclose import at_some_precision, same
from derivations.engines.normal_form import vanishes
from derivations.probability import expectation
from derivations.probability.density import Density, Marginal, Positive, Real, finite
from derivations.probability.expectation import canonical, mentions
from derivations.probability.mean import Excess, Mean, kl

past, now, later = (Symbol(v) for v in ("past", "now", "later"))
path, arrive, step = Density("g", past), Density("k", now, past), Density("f", later, now)
law_now = Marginal(now, past, arrive, path)
law_later = Marginal(later, now, step, law_now)
back = step * law_now / law_later
other = Density("o", now)
phi, psi, far = Real("phi", now), Real("psi", later), Real("far", past, later)
pair, like = Real("pair", past, now), Positive("l", now)
ALL = ((past, path), (now, arrive), (later, step))

CASES = {
    "linearity": Mean(3 * phi - 2 * phi**2 + 5, (now, law_now)),
    "tower": Mean(Mean(phi * psi, (now, back)), (later, law_later)),
    "tower, a factor outside": Mean(psi * Mean(phi, (now, back)), (later, law_later)),
    "normalisation, last": Mean(pair, *ALL),
    "normalisation, all": Mean(Rational(7, 3), *ALL),
    "marginalisation, once": Mean(phi * psi, *ALL),
    "marginalisation, twice": Mean(psi**2, *ALL),
    "marginalisation, never": Mean(far, *ALL),
    "change of measure": Mean(phi * other / law_now, (now, law_now)),
    "bayes": Mean(phi * back * law_later / step, (now, other)),
    "no law, left alone": Mean(psi, (now, step), (later, law_later)),
    "constant outside": Mean(phi * Mean(like, (now, other)), (now, law_now)),
}


def chain(e: Expr, seed: int) -> dict[Symbol, Rational]:
    """Return random odds and values for all parts of the expression."""
    rng = Random(seed)
    names = sorted(e.free_symbols, key=str)
    return {
        v: Rational(rng.randint(1, 30), rng.randint(1, 30)) * (1 if v.is_positive else rng.choice((1, -1)))
        for v in names
    }


def agrees(e: Mean, count: int = 5) -> bool:
    """Return whether an expectation and its canonical form have the same exact value on several random chains."""
    shorter = canonical(e)
    return all(finite(e).subs(at) == finite(shorter).subs(at) for at in (chain(e, n) for n in range(count)))


@pytest.mark.parametrize("name", CASES)
def test_each_rule_holds_on_finite_chains(name: str) -> None:
    assert agrees(CASES[name])


def test_every_rule_is_used() -> None:
    assert canonical(CASES["normalisation, all"]) == Rational(7, 3)
    assert canonical(CASES["marginalisation, twice"]) == canonical(Mean(psi**2, (later, law_later)))
    assert canonical(CASES["tower"]) == canonical(Mean(phi * psi, (now, law_now), (later, step)))
    assert canonical(CASES["change of measure"]) == canonical(Mean(phi, (now, other)))
    assert past not in canonical(CASES["marginalisation, once"]).args[1:]


def test_logarithms_are_expanded_and_agree() -> None:
    e = Mean(kl(now, back, other), (later, law_later))
    shorter = canonical(e)
    assert len(shorter.args) == 4  # one integral for each density
    for at in (chain(e, n) for n in range(5)):
        at_some_precision(lambda at=at: same(e, shorter, at))


def drops_any(term: Expr, names: list[Symbol]) -> expectation.Term | None:
    """Wrongly drop a variable's density though other factors mention the variable."""
    for v in names:
        for f in expectation._owners(term, v):
            if isinstance(f, Density | Marginal) and f.of == v:
                return term / f, [w for w in names if w != v]
    return None


def drops_given(term: Expr, names: list[Symbol]) -> expectation.Term | None:
    """Wrongly integrate a density over what it is conditioned on."""
    for v in names:
        own = expectation._owners(term, v)
        if len(own) == 1 and isinstance(own[0], Density):
            return term / own[0], [w for w in names if w != v]
    return None


def gathers_any(term: Expr, names: list[Symbol]) -> expectation.Term | None:
    """Wrongly gather a variable away though a third factor mentions it."""
    for v in names:
        own = [f for f in expectation._owners(term, v) if isinstance(f, Density | Marginal)]
        root = next((f for f in own if f.of == v and not f.given), None)
        child = next((f for f in own if f.given == (v,)), None)
        if root is not None and child is not None:
            return term / (root * child) * Marginal(child.of, v, child, root), [w for w in names if w != v]
    return None


@pytest.mark.parametrize(
    ("rule", "wrong"), [("normalised", drops_any), ("normalised", drops_given), ("gathered", gathers_any)]
)
def test_a_wrong_rule_is_detected(monkeypatch: pytest.MonkeyPatch, rule: str, wrong: object) -> None:
    monkeypatch.setattr(expectation, rule, wrong)
    assert not all(agrees(e, 2) for e in CASES.values())


def test_a_wrong_scope_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expectation, "mentions", lambda e, names: not isinstance(e, Marginal) and mentions(e, names))
    assert not all(agrees(e, 2) for e in CASES.values())


def test_a_false_statement_is_not_proved() -> None:
    at = chain(CASES["linearity"] + Mean(psi, (later, law_later)), 1)
    false = (
        Mean(phi**2, (now, law_now)) - Mean(phi, (now, law_now)) ** 2,
        Mean(phi, (now, law_now)) - Mean(phi, (now, other)),
        Mean(log(like), (now, other)) - log(Mean(like, (now, other))),
    )
    for e in false:
        assert not vanishes(e, chain(e, 2) | at)
    assert vanishes(Mean(phi * 2, (now, law_now)) - 2 * Mean(phi, (now, law_now)), at)


def test_a_mean_has_the_sign_of_its_body() -> None:
    ratio = other / law_now
    excess = Mean(Excess(ratio), (now, law_now))
    assert excess.is_nonnegative
    assert Mean(like, (now, other)).is_positive
    assert Mean(phi, (now, law_now)).is_nonnegative is None  # the body has no sign
    assert Mean(like, (now, phi)).is_nonnegative is None  # no density
    assert Excess(phi).is_nonnegative is None
    for n in range(5):
        at = chain(excess, n)
        at_some_precision(lambda at=at: same(excess, kl(now, law_now, other), at))  # E[u] = 1
        assert finite(excess).subs(at).evalf() >= 0


def test_variables_are_bound() -> None:
    names = {str(v) for v in Mean(phi * psi, *ALL).free_symbols}
    numbers = {"g_{past}", "k_{now|past}_0", "k_{now|past}_1", "f_{later|now}_0", "f_{later|now}_1"}
    assert names == numbers | {"phi_0", "phi_1", "psi_0", "psi_1"}
    assert mentions(phi, [now]) and not mentions(Mean(phi, (now, other)), [now])


def test_a_marginal_of_something_other_than_a_law_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a law"):
        Marginal(later, now, arrive, path)
    inside = Mean(Real("chi", now, later), (now, other))
    with pytest.raises(expectation.Clash, match="expected fresh variables"):
        canonical(Mean(phi * inside, (now, law_now), (later, law_later)))
