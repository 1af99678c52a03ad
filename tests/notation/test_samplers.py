"""Named objects of samplers and guidance open to what they show."""

import pytest
from sympy import Function, Integer, diff, exp, log, pi, simplify, sqrt

from derivations.calculus.step import FORWARD
from derivations.notation.densities import AnyDensity
from derivations.notation.fokker_planck import DensityRate
from derivations.notation.laws import Divergence, LawName, LogDensityAt, MeansApart
from derivations.notation.named import unnamed
from derivations.notation.printing import latex, text
from derivations.notation.quantities import Quantity
from derivations.notation.samplers import Along, SquaredNorm, Update
from derivations.notation.scores import TiltedScore
from derivations.notation.steps import Drawn
from derivations.notation.values import At
from derivations.notation.wheres import wheres
from derivations.symbols import (
    alpha_s,
    alpha_t,
    alpha_ts,
    dalpha,
    dsigma,
    eps_hat,
    grad,
    mu_1,
    mu_2,
    n_1,
    n_2,
    q_x,
    scale,
    score_u,
    sigma_s,
    sigma_t,
    sigma_ts,
    t,
    u,
    var,
    x,
    y,
    z_s,
    z_t,
)

DENSITY, LIKELIHOOD = AnyDensity("q", z_t), AnyDensity("q", y, z_t)


def test_an_update_is_its_rule() -> None:
    step = Update(z_s, "DDIM", alpha_s * x + sigma_s * eps_hat, x)
    assert text(step) == "z_s^DDIM(x)" and latex(step) == "z^{\\mathrm{DDIM}}_{s}(x)"
    assert unnamed(step) == alpha_s * x + sigma_s * eps_hat
    assert [text(w.right) for w in wheres(step) if w.right is not None] == ["alpha_s x + sigma_s eps_hat"]


def test_an_object_at_values_is_the_object_there() -> None:
    there = At(FORWARD.Var(z_t), (sigma_s, sigma_t), (sigma_ts, Integer(0)))
    assert (
        text(there) == "Var(z_t | x)|_{sigma_s = sigma_t, sigma_ts = 0}" and unnamed(there) == alpha_ts**2 * sigma_t**2
    )
    swapped = At(Quantity("f", (), alpha_s - alpha_t), (alpha_s, alpha_t), (alpha_t, alpha_s))
    assert unnamed(swapped) == alpha_t - alpha_s, "all at once"
    given = At(FORWARD.E(z_t), (x, Integer(1)))
    assert text(given) == "E[z_t | x = 1]" and latex(given) == "\\mathbb{E}[z_{t} \\mid x = 1]"
    assert unnamed(given) == alpha_s * alpha_ts
    assert text(At(FORWARD.E(z_t), (x, x))) == "E[z_t | x]"


@pytest.mark.parametrize("e", [x, x * FORWARD.Var(z_s), Integer(1) + x])
def test_an_expression_without_a_name_has_no_value_at_a_place(e: object) -> None:
    with pytest.raises(ValueError, match="expected an object of the field"):
        At(e, (x, Integer(1)))  # type: ignore[arg-type]


def test_a_slope_along_a_flow_follows_the_chain_rule() -> None:
    rates = ((alpha_t, dalpha), (sigma_t, dsigma), (z_t, y))
    assert unnamed(Along(z_t, t, *rates)) == y and text(Along(z_t, t, *rates)) == "dz_t/dt"
    lam = Quantity("lambda", (), log(alpha_t / sigma_t))
    slope = unnamed(Along(z_t / sigma_t, lam, *rates))
    by_hand = (y / sigma_t - z_t * dsigma / sigma_t**2) / (dalpha / alpha_t - dsigma / sigma_t)
    assert simplify(slope - by_hand) == 0


def test_a_drawn_variable_is_made_of_noise() -> None:
    made = alpha_ts * (alpha_s * x + sigma_s * n_1) + sigma_ts * n_2
    assert simplify(unnamed(Drawn(FORWARD, z_t)) - made) == 0 and text(Drawn(FORWARD, z_t)) == "z_t"


def test_a_squared_norm_is_a_sum_of_squares() -> None:
    assert simplify(unnamed(SquaredNorm(var, "n", n_1, n_2)) - var**2 * (n_1**2 + n_2**2)) == 0


def test_a_tilted_score_takes_any_densities() -> None:
    tilted = TiltedScore(DENSITY * LIKELIHOOD**scale, z_t, (DENSITY, q_x, score_u), (LIKELIHOOD, u, grad))
    assert simplify(unnamed(tilted) - score_u - scale * grad) == 0
    assert text(tilted) == "grad_z_t log(q(y | z_t)^scale q(z_t))"


def test_the_rate_of_a_density_is_fokker_plancks() -> None:
    p = Function("q", positive=True)(z_t)
    rate = DensityRate(DENSITY, z_t, score_u, Integer(2), p, ((score_u, diff(p, z_t) / p, DENSITY),), ())
    assert simplify(unnamed(rate)) == 0, "Langevin's process keeps p"
    normal = DensityRate(DENSITY, z_t, -z_t, Integer(2), exp(-(z_t**2) / 2) / sqrt(2 * pi), (), ())
    assert simplify(unnamed(normal)) == 0


def test_a_divergence_of_equal_variances_is_the_divergence() -> None:
    q, p = LawName(mu_1, var), LawName(mu_2, var)
    assert simplify(unnamed(MeansApart(q, p)) - Divergence(q, p, n_1).opened()) == 0
    assert text(MeansApart(q, p)) == text(Divergence(q, p, n_1))
    with pytest.raises(ValueError, match="of one variance"):
        MeansApart(q, LawName(mu_2, 2 * var))


def test_a_log_density_is_that_of_its_law() -> None:
    law = LawName(mu_1, var, "q", z_t, y)
    assert (
        unnamed(LogDensityAt(law, z_t)) == law.normal.log_density(z_t)
        and text(LogDensityAt(law, z_t)) == "log q(z_t | y)"
    )
    assert unnamed(sqrt(FORWARD.Var(z_s))) == sigma_s
