"""The terms of the bound: against their definitions for a few levels, and against the identities that tie them
together."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import mpmath as mp
import pytest
from flint import arb

from derivations.arithmetic.number import precision
from derivations.exact import terms as module
from derivations.exact.balls import MOST, START, exact
from derivations.exact.cells import Cells
from derivations.exact.laws import Gaussian, Grid, Law, Mixture, Point, TwoPoints
from derivations.exact.schedules import DdpmCosine, DdpmLinear, LinearGamma, Marginal, products
from derivations.exact.terms import Problem, also, diffusion, terms
from derivations.exact.variances import Variance
from tests.support import brute

PATH = LinearGamma(Fraction(-3), Fraction(4))
THIRDS = Mixture((Fraction(1, 3), Fraction(2, 3)), (Fraction(-1), Fraction(1, 2)), (Fraction(1, 10), Fraction(1, 2)))
LAWS: dict[str, Law] = {
    "grid": Grid(5),
    "ends": Grid(4, "ends"),
    "two points": TwoPoints(Fraction(3, 2)),
    "gaussian": Gaussian(Fraction(1, 2), Fraction(1, 4)),
    "mixture": THIRDS,
    "point": Point(Fraction(1, 3)),
}
Values = dict[str, arb]


def of(x: arb) -> mp.mpf:
    return mp.mpf(x.mid().str(40, radius=False))


def agree(found: Values, wanted: dict[str, mp.mpf]) -> bool:
    assert all(float(ball.rad()) < 1e-15 for ball in found.values())
    with mp.workdps(brute.DIGITS):
        off = {name: abs(of(found[name]) - value) for name, value in wanted.items()}
        return all(off[name] <= float(found[name].rad()) + brute.GOOD for name in wanted)


def levels(law: Grid) -> list[mp.mpf]:
    return [mp.mpf(x.numerator) / x.denominator for x in law.levels]


def vdm_by_definition(law: Grid, steps: int) -> dict[str, mp.mpf]:
    with mp.workdps(brute.DIGITS):
        return brute.vdm(levels(law), [mp.mpf(-3) + mp.mpf(7) * i / steps for i in range(steps + 1)])


@dataclass(frozen=True)
class Coarse:
    """DDPM's chain of three great betas."""

    noisy = False
    betas = (Fraction(3, 10), Fraction(4, 10), Fraction(1, 2))

    def marginals(self, steps: int) -> list[Marginal]:
        return list(products(exact(beta) for beta in self.betas[:steps]))


def ddpm_by_definition(law: Grid, variance: str) -> dict[str, mp.mpf]:
    with mp.workdps(brute.DIGITS):
        betas = [mp.mpf(b.numerator) / b.denominator for b in Coarse.betas]
        abar = [mp.fprod(1 - b for b in betas[:i]) for i in range(4)]
        tilde = [b * (1 - s) / (1 - t) for b, s, t in zip(betas, abar, abar[1:], strict=False)]
        return brute.ddpm(levels(law), betas, betas if variance == "beta" else [tilde[1], *tilde[1:]])


@pytest.mark.parametrize(("count", "placement"), [(2, "midpoints"), (3, "ends")])
def test_vdms_terms_are_those_of_their_definitions(count: int, placement: str) -> None:
    law = Grid(count, placement)
    assert agree(terms(Problem(law, PATH, 2)), vdm_by_definition(law, 2))


@pytest.mark.parametrize(("count", "variance"), [(2, "beta"), (3, "beta_tilde")])
def test_ddpms_terms_are_those_of_their_definitions(count: int, variance: str) -> None:
    law = Grid(count, "ends")
    assert agree(terms(Problem(law, Coarse(), 3, Variance(variance))), ddpm_by_definition(law, variance))


def _late(p: Problem, t: int, mmse: arb) -> arb:
    """A step whose error is that of its beginning."""
    return RIGHT(p, t, p.law.mmse(p.marginals[t - 1].snr, 64))


RIGHT = module.step


def test_an_error_at_the_wrong_end_of_a_step_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    law = Grid(2)
    wanted, fine = vdm_by_definition(law, 2), terms(Problem(law, PATH, None))["diffusion"]
    monkeypatch.setattr(module, "step", _late)
    wrong = terms(Problem(law, PATH, 2))
    assert not agree(wrong, wanted)
    assert wrong["diffusion"] < fine, "a lower sum"


def test_another_decoder_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """VDM's bound with cells, and DDPM's with the posterior."""
    law = Grid(2, "ends")
    for p, wanted in (
        (Problem(law, PATH, 2), vdm_by_definition(law, 2)),
        (Problem(law, Coarse(), 3), ddpm_by_definition(law, "beta_tilde")),
    ):
        with monkeypatch.context() as m:
            m.setattr(module, "reconstruction", _swapped)
            assert not agree(terms(p), wanted)


def _swapped(p: Problem, bits: int) -> arb:
    v = p.marginals[0 if p.schedule.noisy else 1].snr
    assert isinstance(p.law, Grid)
    if not p.schedule.noisy:
        return p.law.equivocation(v, bits)
    return Cells(2, v.sqrt() * exact(p.law.spacing), arb(1), bits).mean()


def near(a: arb, b: arb) -> bool:
    """Whether two balls may be the same number, and are narrow."""
    return bool(a.overlaps(b)) and float(a.rad()) + float(b.rad()) < 1e-14


@pytest.mark.parametrize("name", LAWS)
def test_the_continuous_bound_is_the_entropy_and_two_divergences(name: str) -> None:
    """-VLB = H(x) + KL(q(z_1) || N), and for continuous data with the posterior for a decoder, h(x) for H(x)."""
    p = Problem(LAWS[name], PATH, None)
    found, more = terms(p), also(p)
    with precision(MOST):
        last = found.get("reconstruction", more["conditional_entropy_0"])
        assert near(found["prior"] + last + found["diffusion"], more["entropy"] + more["divergence_1"])
        assert near(found["diffusion"], more["information_0"] - more["information_1"])
        assert near(found["prior"], more["information_1"] + more["divergence_1"])
        assert near(more["entropy"], more["information_0"] + more["conditional_entropy_0"])
        assert float(more["divergence_1"]) >= 0
    assert ("total" in found) == ("reconstruction" in found) == (name not in ("gaussian", "mixture"))


@pytest.mark.parametrize("name", ["ends", "gaussian", "mixture"])
def test_more_steps_lower_the_bound(name: str) -> None:
    steps = (1, 2, 4, 8) if name != "mixture" else (1, 3)
    found = [terms(Problem(LAWS[name], PATH, T))["diffusion"] for T in (*steps, None)]
    assert all(bool(b < a) for a, b in pairwise(found))


def test_two_points_give_log_2() -> None:
    """Half the mmse over all SNR is log 2: between ends that leave next to nothing."""
    p = Problem(TwoPoints(), LinearGamma(Fraction(-9), Fraction(60)), None)
    found = terms(p)
    with precision(MOST):
        assert near(found["diffusion"], arb(2).log())
        assert not near(found["diffusion"] * (1 + arb("1e-13")), arb(2).log())
    same = terms(Problem(Grid(2, "ends"), p.schedule, 7))
    assert all(near(value, same[name]) for name, value in terms(Problem(TwoPoints(), p.schedule, 7)).items())


def test_gaussians_are_closed_forms_and_mixtures_of_one() -> None:
    """log((1 + V s^2)/(1 + v s^2))/2; and a mixture of two equal normals, by quadrature."""
    with precision(MOST):
        low, high, s = arb(3).exp(), arb(-4).exp(), arb("0.25")
        wanted = ((1 + low * s) / (1 + high * s)).log() / 2
        assert near(terms(Problem(LAWS["gaussian"], PATH, None))["diffusion"], wanted)
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    twice = Mixture((half, half), (half, half), (quarter, quarter))
    for steps in (None, 3):
        one, other = (Problem(law, PATH, steps) for law in (LAWS["gaussian"], twice))
        for wanted_of in (terms, also):
            wanted_values, values = wanted_of(one), wanted_of(other)
            assert values.keys() == wanted_values.keys()
            assert all(near(values[name], wanted_values[name]) for name in values)


def test_narrow_normals_are_nearly_points() -> None:
    half, narrow = Fraction(1, 2), Fraction(1, 10**9)
    law = Mixture((half, half), (Fraction(-1), Fraction(1)), (narrow, narrow))
    a, b = (terms(Problem(x, PATH, 2))["diffusion"] for x in (law, TwoPoints()))
    assert abs(float(a - b)) < 1e-7 and not a.overlaps(b)


CHOICES: dict[str, Callable[[], Variance]] = {
    "beta_tilde": lambda: Variance("beta_tilde"),
    "beta": lambda: Variance("beta"),
    "given": lambda: Variance("given", (Fraction(1, 50),)),
}


@pytest.mark.parametrize("schedule", [DdpmLinear(), DdpmCosine(), PATH])
def test_the_optimal_variance_is_best(schedule: DdpmLinear | DdpmCosine | LinearGamma) -> None:
    law = Grid(3, "ends")
    p = Problem(law, schedule, 6, Variance("optimal"))
    best = diffusion(p, START)
    for make in CHOICES.values():
        assert bool(best < diffusion(replace(p, variance=make()), START))


def test_a_given_variance_is_what_it_says() -> None:
    """A table of beta as numbers is beta, its first number for the first step too."""
    law, betas = Grid(3, "ends"), Coarse.betas
    wanted = terms(Problem(law, Coarse(), 3, Variance("beta")))
    found = terms(Problem(law, Coarse(), 3, Variance("given", betas)))
    assert all(near(found[name], wanted[name]) for name in wanted)
    late = terms(Problem(law, Coarse(), 3, Variance("given", (*betas[1:], betas[0]))))
    assert not near(late["reconstruction"], wanted["reconstruction"])
    assert not near(late["diffusion"], wanted["diffusion"])


def test_an_optimal_first_step_is_optimal() -> None:
    """For narrow cells, which cost what a density does: a fifth more or less variance costs more."""
    law, p = Grid(256, "ends"), Problem(Grid(256, "ends"), DdpmLinear(), 4, Variance("optimal"))
    v = p.marginals[1].snr
    with precision(120):
        mmse = law.mmse(v, 40)
        costs = [Cells(256, v.sqrt() * exact(law.spacing), (v * mmse * k / 10).sqrt(), 40).mean() for k in (8, 10, 12)]
        assert bool(costs[1] < costs[0]) and bool(costs[1] < costs[2])


def test_a_point_is_all_prior() -> None:
    found = terms(Problem(Point(Fraction(1, 3)), PATH, 5))
    assert found["diffusion"] == 0 and found["reconstruction"] == 0 and near(found["total"], found["prior"])
    assert diffusion(Problem(Point(), DdpmLinear(), 5, Variance("beta")), START) != 0
