"""Derivatives in time where sigma = 0 or alpha = 0: right where they are finite or infinite, never a wrong number."""

import math
from collections.abc import Callable

import pytest
import torch
from mpmath import cos, exp, mpf, pi, sin, sqrt, workdps
from torch import Tensor

from udm import Marginal, Step
from udm.denoiser import Parameterization, posterior_coefficients
from udm.sample.step import ddim_coefficients
from udm.schedule import BetaLinear, Cosine, CosineOffset, RectifiedFlow, Schedule, Sigmoid, SubVP
from udm.schedule.edges import Edges
from udm.weight import min_snr, simple

SCHEDULES: dict[str, Schedule] = {
    type(s).__name__: s for s in (Cosine(), CosineOffset(), Sigmoid(), RectifiedFlow(), BetaLinear(), SubVP())
}


def f64(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def slope(of: object, t: float) -> float:
    """Return the derivative at t, beside a time inside, to which an edge may not do anything."""
    at = f64(t, 0.5).requires_grad_()
    (found,) = torch.autograd.grad(of(at).sum(), at)  # type: ignore[operator]
    assert math.isfinite(float(found[1]))
    return float(found[0])


@pytest.mark.parametrize("name", SCHEDULES)
def test_slopes_at_the_data_are_those_near_it(name: str) -> None:
    """A finite slope is that of a secant to 1e-7; an infinite one is a secant that grows as the root of 1/t."""
    schedule = SCHEDULES[name]
    assert slope(schedule.gamma, 0.0) == math.inf
    near = [float(schedule.sigma(t)) / t for t in (1e-8, 1e-12)]
    got = slope(schedule.sigma, 0.0)
    if abs(near[1] / near[0] - 1) < 1e-3:
        assert got == pytest.approx(near[1], rel=1e-5)
    else:
        assert near[1] / near[0] == pytest.approx(100, rel=0.1) and got == math.inf
    assert math.isfinite(slope(schedule.alpha, 0.0))


@pytest.mark.parametrize("name", ["Cosine", "CosineOffset", "Sigmoid", "RectifiedFlow"])
def test_slopes_at_the_noise_are_those_near_it(name: str) -> None:
    schedule = SCHEDULES[name]
    assert slope(schedule.gamma, 1.0) == math.inf
    near = -float(schedule.alpha(1 - 2**-30)) * 2**30
    assert slope(schedule.alpha, 1.0) == (-math.inf if name == "Sigmoid" else pytest.approx(near, rel=2.0**-28))


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_last_step_to_the_data_has_gradients_in_its_beginning(name: str) -> None:
    """c and the share of x-hat do not change with t there: an optimiser of a grid may take its last step too."""
    schedule, s = SCHEDULES[name], f64(0.0, 0.25)

    def c(t: Tensor) -> Tensor:
        return schedule.between(s, t).c

    def x(t: Tensor) -> Tensor:
        return ddim_coefficients(schedule.between(s, t)).x

    t = f64(0.3, 0.6).requires_grad_()
    for of in (c, x):
        first, second = torch.autograd.grad(of(t).sum(), t)[0].tolist()
        assert first == 0 and second > 0
    grid = f64(0.9, 0.5, 0.2).requires_grad_()
    times = torch.cat([grid, f64(0.0)])
    (found,) = torch.autograd.grad(ddim_coefficients(schedule.between(times[1:], times[:-1])).x.sum(), grid)
    assert found.isfinite().all() and (found[1:] != 0).any()


PATHS: dict[str, Callable[[mpf, mpf], tuple[mpf, mpf]]] = {  # (alpha, sigma) of t and 1 - t
    "Cosine": lambda t, r: (sin(pi * r / 2), sin(pi * t / 2)),
    "CosineOffset": lambda t, r: of_alpha_bar(
        (sin(pi * r / 2 / (1 + OFFSET)) / cos(pi / 2 * OFFSET / (1 + OFFSET))) ** 2
    ),
    "Sigmoid": lambda t, r: of_alpha_bar((logistic(3) - logistic(6 * t - 3)) / (logistic(3) - logistic(-3))),
    "RectifiedFlow": lambda t, r: (r, t),
    "BetaLinear": lambda t, r: of_alpha_bar(exp(-B(t))),
    "SubVP": lambda t, r: (exp(-B(t) / 2), 1 - exp(-B(t))),
}
OFFSET, LOW, HIGH = mpf(0.008), mpf(0.1), mpf(20.0)  # the float64 numbers


def B(t: mpf) -> mpf:
    return LOW * t + (HIGH - LOW) * t**2 / 2


def logistic(u: mpf) -> mpf:
    return 1 / (1 + exp(-u))


def of_alpha_bar(a: mpf) -> tuple[mpf, mpf]:
    return sqrt(abs(a)), sqrt(1 - a)


def exact(name: str, s: mpf, t: mpf) -> dict[str, mpf]:
    """Return the coefficients of a step from their definitions."""
    (alpha_s, sigma_s), (alpha_t, sigma_t) = (PATHS[name](u, 1 - u) for u in (s, t))
    e = (alpha_t * sigma_s / (alpha_s * sigma_t)) ** 2
    found = {"c": 1 - e, "alpha_ts": alpha_t / alpha_s, "var_ts": sigma_t**2 * (1 - e), "weight_x": alpha_s * (1 - e)}
    found |= {"weight_z": alpha_t * sigma_s**2 / (alpha_s * sigma_t**2), "posterior_var": sigma_s**2 * (1 - e)}
    for eta in (0.0, 0.5, 1.0):
        noise = eta * sigma_s * sqrt(1 - e)
        a = sqrt(sigma_s**2 - noise**2) / sigma_t
        found |= {f"ddim.z {eta}": a, f"ddim.x {eta}": alpha_s - a * alpha_t, f"ddim.noise {eta}": noise}
    d = alpha_t**2 + sigma_t**2
    found |= {"kept": e, "root_kept": sqrt(e), "norm_t": d}
    growth, snr_s = (1 / e - 1 if e else mpf("inf")), (alpha_s / sigma_s) ** 2 if sigma_s else mpf("inf")
    found |= {"snr_growth": growth, "snr_drop": snr_s * (1 - e), "scaled_growth": sigma_t**2 * snr_s * (1 - e)}
    return found | {"v.z": found["weight_z"] + found["weight_x"] * alpha_t / d, "v.v": -found["weight_x"] * sigma_t / d}


def computed(step: Step) -> dict[str, Tensor]:
    fields = "c", "alpha_ts", "var_ts", "weight_x", "weight_z", "posterior_var", "kept", "root_kept", "norm_t"
    found = {f: getattr(step, f) for f in (*fields, "snr_growth", "snr_drop", "scaled_growth")}
    for eta in (0.0, 0.5, 1.0):
        found |= {f"ddim.{k} {eta}": a for k, a in ddim_coefficients(step, eta)._asdict().items()}
    a, b = posterior_coefficients(step, "v")
    return found | {"v.z": a, "v.v": b}


ENDS = [(name, s, t) for name in SCHEDULES for s, t in ((0.0, 0.3), (0.3, 1.0), (0.0, 1.0), (0.3, 0.6))]
EPS = 2.0**-52


@pytest.mark.parametrize(("name", "s", "t"), ENDS)
def test_every_coefficient_of_a_step_has_its_slopes_at_the_edges(name: str, s: float, t: float) -> None:
    """By secants of the definitions at 1e-30, in 100 digits: a finite slope is one to 1e-30, a root's is above 1e10.

    Each coefficient is a product of some ten factors, whose logarithmic slopes are at most 100 here and good to two
    ulps each: 64 ulps of slopes of that size, and as much of the slope itself.
    """
    h = mpf(10) ** -30
    with workdps(100):
        at = exact(name, mpf(s), mpf(t))
        inward = h if s == 0 else -h, -h if t == 1 else h
        moved = exact(name, s + inward[0], mpf(t)), exact(name, mpf(s), t + inward[1])
        want = {k: [secant(part[k], at[k], by) for part, by in zip(moved, inward, strict=True)] for k in at}
    for k in want:
        times = [f64(u, 0.45 if u == s else 0.55).requires_grad_() for u in (s, t)]
        value = computed(SCHEDULES[name].between(*times))[k].sum() + 0 * sum(u.sum() for u in times)  # noise may be 0
        for slopes, expected in zip(torch.autograd.grad(value, times), want[k], strict=True):
            found = float(slopes[0])
            assert expected is None or close(found, expected), (k, found, float(expected))


def secant(moved: mpf, value: mpf, by: mpf) -> mpf | None:
    """Return the slope, infinite beside a value that is so; None where the value stays infinite."""
    if value == mpf("inf"):
        return None if moved == value else -value * by
    return (moved - value) / by


def close(found: float, expected: mpf, unit: float = 0.0) -> bool:
    """Return whether it is the slope, which has been rounded to ``unit`` besides."""
    if abs(expected) > 1e10:
        return found == math.copysign(math.inf, expected)
    return abs(found - expected) <= 64 * EPS * (100 + abs(expected)) + unit * abs(expected)


KINDS: tuple[Parameterization, ...] = "x", "eps", "v", "score"


def exact_at(name: str, t: mpf) -> dict[str, mpf]:
    """Return what a marginal has, and the weights of it, from their definitions."""
    alpha, sigma = PATHS[name](t, 1 - t)
    snr, d, cap = (alpha / sigma) ** 2 if sigma else mpf("inf"), alpha**2 + sigma**2, 5
    found = {
        "snr": snr,
        "alpha_squared": alpha**2,
        "sigma_squared": sigma**2,
        "norm": d,
        "signal_share": (alpha / d) ** 2,
    }
    eps = {"x": snr, "eps": mpf(1), "v": (alpha / d) ** 2, "score": sigma**2}
    found |= {f"simple {kind}": eps[kind] for kind in KINDS}
    few = min(1, cap / snr) if snr else mpf(1)
    return found | {f"min-snr {kind}": min(snr, cap) if kind == "x" else few * eps[kind] for kind in KINDS}


def computed_at(at: Marginal) -> dict[str, Tensor]:
    found = {f: getattr(at, f) for f in ("snr", "alpha_squared", "sigma_squared", "norm", "signal_share")}
    found |= {f"simple {kind}": simple(at, kind) for kind in KINDS}
    return found | {f"min-snr {kind}": min_snr(at, kind) for kind in KINDS}


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
@pytest.mark.parametrize(("name", "end"), [(name, end) for name in SCHEDULES for end in (0.0, 1.0)])
def test_every_quantity_of_a_marginal_has_its_slope_at_the_edges(name: str, end: float, dtype: torch.dtype) -> None:
    """As of steps; a derivative in float32 is rounded once more."""
    h = mpf(10) ** -30 * (1 - 2 * mpf(end))
    with workdps(100):
        at, moved = exact_at(name, mpf(end)), exact_at(name, end + h)
        want = {k: secant(moved[k], at[k], h) for k in at}
    for k, expected in want.items():
        t = f64(end, 0.5).to(dtype).requires_grad_()
        value = computed_at(SCHEDULES[name].at(t))[k].sum() + 0 * t.sum()  # a weight may be constant
        found = torch.autograd.grad(value, t)[0]
        assert expected is not None and math.isfinite(float(found[1])), k
        assert close(float(found[0]), expected, 2.0**-24 if dtype == torch.float32 else 0.0), k


def test_a_step_made_anew_has_no_wrong_slope() -> None:
    """Five fields cannot tell the slope of c at a root's edge: NaN there, never a number."""
    s, t = f64(0.0, 0.25).requires_grad_(), f64(0.5, 0.6)
    (found,) = torch.autograd.grad(Step(*BetaLinear().between(s, t)).c.sum(), s)
    assert found[0].isnan() and found[1].isfinite()


def test_slopes_are_the_same_forward_and_backward() -> None:
    t = f64(0.5)
    for schedule in SCHEDULES.values():
        of = lambda s, on=schedule: on.between(s, t).c  # noqa: E731
        assert torch.equal(torch.func.jvp(of, (f64(0.0),), (f64(1.0),))[1], torch.func.jacrev(of)(f64(0.0))[0])


def test_a_schedule_that_says_no_edges_gets_no_slope_of_c_there() -> None:
    """A class of one's own, a root at t = 0: right where it says so, and else NaN."""

    class Root(Schedule):
        def _marginal(self, t: Tensor) -> Marginal:
            return Marginal(torch.sqrt(1 - t / 2), torch.sqrt(t / 2), torch.log(t / (2 - t)))

        def _dgamma(self, t: Tensor) -> Tensor:
            return 2 / (t * (2 - t))

        def _gap(self, s: Tensor, t: Tensor) -> Tensor:
            return torch.log1p(2 * (t - s) / (s * (2 - t)))

    class Said(Root):
        _ends = Edges(sigma=0.5, alpha=None)

    for schedule, expected in ((Root(), math.nan), (Said(), -1.5)):  # SNR(1/2) = 3, times 1/2
        found = slope(lambda s, on=schedule: on.between(s, f64(0.5, 0.6)).c, 0.0)
        assert found == pytest.approx(expected, rel=8 * EPS, nan_ok=True)
