"""DDPM's table of betas and VDM's learned schedule, both of many parameters, equal their claims.

Betas: between any two rows, with B = -sum log(1 - beta) summed in 512 bits over the float64 betas. Learned: the claim's
network has one hidden unit, and a network is linear in its units, so the exact rise of each unit is summed.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from derivations import symbols as y
from derivations.arithmetic.ball import precision
from derivations.catalogue import claims
from property_tests.conftest import Record
from property_tests.exact import BITS, ulps, value, worst
from property_tests.schedules import _angle
from property_tests.steps import fill
from property_tests.strategies import BATCH, Times, times
from udm.schedule import Betas, Learned

T = 1000
U = 2.0**-53
MAKE = {"linear": Betas.linear, "cosine": Betas.cosine}


@cache
def sums(kind: str) -> list[arb]:
    """Return B_i = -log alpha-bar_i from the float64 betas, by the definition."""
    if kind == "linear":
        betas = [arb(1e-4 + (0.02 - 1e-4) * i / (T - 1)) for i in range(T)]
    else:
        betas = [arb(b) for b in cosine_betas()]
    total = [arb(0)]
    with precision(BITS):
        for b in betas:
            total.append(total[-1] - (1 - b).log())
    return total


def cosine_betas() -> list[float]:
    """Return min(1 - f(i/T)/f((i-1)/T), 0.999), each the nearest float64."""
    with precision(BITS):
        offset = arb(0.008)
        f = [((arb(i) / T + offset) / (1 + offset) * arb.pi() / 2).cos() ** 2 for i in range(T + 1)]
        return [min(float((1 - b / a).mid()), 0.999) for a, b in pairwise(f)]


@pytest.mark.parametrize("field", ["gamma", "gap", "alpha", "sigma"])
@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.claim("schedule.ddpm")
@given(rows=st.lists(st.tuples(st.integers(1, T - 1), st.integers(1, T)), min_size=BATCH, max_size=BATCH))
def test_tables_of_betas_are_exact(kind: str, field: str, rows: list[tuple[int, int]], measure: Record) -> None:
    pairs = [(min(i, j), max(i, j) if i != j else min(i, j) + 1) for i, j in rows]
    pairs[:4] = [(1, 2), (T - 1, T), (1, T), (499, 500)]
    B, closed = sums(kind), getattr(claims()["schedule.ddpm"].answer, field)
    with precision(BITS):
        exact = [value(closed, {y.B_s: B[i], y.B_ts: B[j] - B[i]}) for i, j in pairs]
    s, t = (torch.tensor(column, dtype=torch.float64) / T for column in zip(*pairs, strict=True))
    schedule = MAKE[kind]()
    got = (schedule.gap(s, t) if field == "gap" else getattr(schedule, field)(t)).tolist()
    error = worst(got, exact) if field != "gamma" else max(
        ulps(g, e) if abs(e) > 1 else float(abs(arb(g) - e) * 2**52) for g, e in zip(got, exact, strict=True)
    )  # fmt: skip
    measure("schedule.ddpm", f"Betas.{kind}.{field}", torch.float64, error, 8.0, BATCH)


def unit_rise(low: float | int, high: float | int, unit: tuple[float, float, float]) -> arb:
    """Return the rise of one hidden unit: that of the claim's network, less that of its linear part."""
    w_2, b, w_3 = unit
    at = {y.s: low, y.t: high, y.w_1: 1, y.w_2: w_2, y.b_1: 0, y.b_2: b, y.w_3: w_3}
    with precision(BITS):
        return value(claims()["schedule.learned"].answer.rise, at) - (arb(high) - arb(low))


@pytest.mark.parametrize("field", ["gap", "alpha", "sigma"])
@pytest.mark.claim("schedule.learned")
@pytest.mark.parametrize("hidden", [1, 6])
@given(drawn=times)
def test_learned_schedules_are_exact(hidden: int, field: str, drawn: Times, measure: Record) -> None:
    """The gap, alpha and sigma are within 8 ulps, as for any schedule.

    There are 6 units, or one, where no error averages out. The gap is a quotient of sums of positive terms, each of
    seven factors; gamma has two words.
    """
    torch.manual_seed(hidden)
    schedule = Learned(-13.3, 5.0, hidden=hidden)
    w_1, w_2, b, w_3 = (w.detach() for w in schedule.weights())
    units = list(zip(w_2.tolist(), b.tolist(), w_3.tolist(), strict=True))

    def rise(low: float, high: float) -> arb:
        with precision(BITS):
            return sum((unit_rise(low, high, u) for u in units), arb(float(w_1)) * (arb(high) - arb(low)))

    whole, exact = rise(0, 1), []
    for s, t in zip(*map(torch.Tensor.tolist, drawn), strict=True):
        with precision(BITS):
            width = arb(5.0) - arb(-13.3)
            gamma = arb(-13.3) + width * rise(0, t) / whole
            sign = 1 if field == "alpha" else -1
            exact.append(width * rise(s, t) / whole if field == "gap" else (1 / (1 + (sign * gamma).exp())).sqrt())
    got = (schedule.gap(*drawn) if field == "gap" else getattr(schedule, field)(drawn.t)).tolist()
    measure("schedule.learned", f"Learned.{field}", torch.float64, worst(got, exact), 8.0, BATCH)


def test_a_learned_schedule_meets_its_ends_exactly() -> None:
    torch.manual_seed(0)
    schedule = Learned(-13.3, 5.0, hidden=6)
    assert schedule.gamma(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist() == [-13.3, 5.0]


@pytest.mark.parametrize(
    ("kind", "claim"),
    [
        pytest.param("linear", "ddpm.schedule.linear", marks=pytest.mark.claim("ddpm.schedule.linear")),
        pytest.param("cosine", "iddpm.cosine.beta", marks=pytest.mark.claim("iddpm.cosine.beta")),
    ],
)
def test_every_beta_of_a_table_is_exact(kind: str, claim: str, measure: Record) -> None:
    """1 - alpha-bar_i / alpha-bar_(i-1) comes from the two words.

    Linear: within four roundings; cosine: the nearest, or the clip.
    """
    table, answer, error, clipped = MAKE[kind](), claims()[claim].answer, 0.0, 0
    words = list(zip(table.b_hi.tolist(), table.b_lo.tolist(), strict=True))
    for i in range(1, T + 1):
        with precision(BITS):
            (hi, lo), (hi_before, lo_before) = words[i], words[i - 1]
            got = 1 - (arb(hi_before) + arb(lo_before) - arb(hi) - arb(lo)).exp()
            names = {
                "beta_min": arb(1e-4), "beta_max": arb(0.02), "T": arb(T), "i": arb(i), "angle": _angle(0.008),
                "s": arb(i - 1) / T, "t": arb(i) / T,
            }  # fmt: skip
        exact = fill(answer, **names)
        over = kind == "cosine" and bool(exact > arb(0.999))
        clipped += over
        error = max(error, ulps(float(got.mid()), arb(0.999) if over else exact))
    assert clipped == (kind == "cosine")
    measure(claim, f"Betas.{kind}", torch.float64, error, {"linear": 4.0, "cosine": 0.5}[kind], T)


class Network:
    """A learned schedule, and the exact values of its network."""

    def __init__(self) -> None:
        torch.manual_seed(3)
        self.made = Learned(-13.25, 5.0, hidden=3, learn_ends=True)
        w_1, *units = (w.detach() for w in self.made.weights())
        self.w_1, w_2, b, w_3 = float(w_1), *(u.tolist() for u in units)
        self.units: Sequence[tuple[float, float, float]] = list(zip(w_2, b, w_3, strict=True))

    def rise(self, low: float, high: float) -> arb:
        with precision(BITS):
            return sum((unit_rise(low, high, u) for u in self.units), arb(self.w_1) * (arb(high) - arb(low)))

    def slope(self, t: float) -> arb:
        with precision(BITS):
            a = [(arb(w), arb(w) * arb(t) + arb(b), arb(v)) for w, b, v in self.units]
            return sum((v * w / ((1 + q.exp()) * (1 + (-q).exp())) for w, q, v in a), arb(self.w_1))


@pytest.mark.claim("vdm.gamma.endpoints")
@given(drawn=times)
def test_gradients_of_the_learned_gamma_are_exact(drawn: Times, measure: Record) -> None:
    """The derivatives by gamma_0 and by the slope w_1 of the linear layer, within 64 u of the sizes of the terms."""
    net, answer, largest = Network(), claims()["vdm.gamma.endpoints"].answer, 0.0
    made, share = net.made, torch.sigmoid(net.made.raw_1.detach())  # the slope of softplus
    ends = made.gamma(torch.tensor([0.0, 1.0], dtype=torch.float64)).tolist()
    assert ends == [float(fill(e, gamma_0=-13.25, gamma_1=5.0)) for e in (answer.first, answer.last)]
    for t, gamma, slope in zip(drawn.t.tolist(), made.gamma(drawn.t), made.dgamma(drawn.t), strict=True):
        by_ends, by_raw = torch.autograd.grad(gamma, (made.ends, made.raw_1), retain_graph=True)
        (slope_by_raw,) = torch.autograd.grad(slope, made.raw_1, retain_graph=True)
        here = {"rise": net.rise(0, t), "left": net.rise(t, 1), "N'": net.slope(t), "dN'": arb(1), "dN_0": arb(0)}
        here |= {"dN_t": arb(t), "dN_1": arb(1), "gamma_0": arb(-13.25), "gamma_1": arb(5.0)}
        whole = float(net.rise(0, 1))
        for got, of, size in (
            (by_ends[0], answer.by_0, 1.0),
            (by_raw / share, answer.by_eta, 18.25 / whole),
            (slope_by_raw / share, answer.dgamma_by_eta, 18.25 / whole * (1 + float(here["N'"]) / whole)),
        ):
            largest = max(largest, float(abs(fill(of, **here) - float(got))) / (64 * U * size))
    measure("vdm.gamma.endpoints", "gradients, of their bound", torch.float64, largest, 1.0, 3 * BATCH)


@pytest.mark.claim("vdm.gamma.monotone")
@given(drawn=times)
def test_the_learned_gamma_rises_at_least_as_its_linear_layer(drawn: Times) -> None:
    """It also rises by more somewhere; both within 8 ulps."""
    net, answer, more = Network(), claims()["vdm.gamma.monotone"].answer, 0.0
    gaps, slopes = net.made.gap(*drawn).tolist(), net.made.dgamma(drawn.t).tolist()
    for s, t, gap, slope in zip(drawn.s.tolist(), drawn.t.tolist(), gaps, slopes, strict=True):
        with precision(BITS):
            unit, h = net.rise(0, 1) / arb(18.25), arb(t) - arb(s)
            for got, of in ((gap, answer.rise), (slope, answer.slope)):
                ratio = unit * got / fill(of, w_1=arb(net.w_1), h=h)
                assert ratio > 1 - 16 * U
                more = max(more, float(ratio))
    assert more > 1.1


@pytest.mark.parametrize("kind", MAKE)
@pytest.mark.claim("ddpm.schedule.rescaled")
def test_a_rescaled_table_is_exact(kind: str, measure: Record) -> None:
    """Each new beta is the float64 nearest to that of the claim, from 50 digits; the last is 1.

    The roots of alpha-bar have the error of these betas alone: 2 u in each, relative to 1 - beta, and T of them.
    """
    B, answer, new = sums(kind), claims()["ddpm.schedule.rescaled"].answer, MAKE[kind]().rescaled()
    with precision(BITS):
        abar = [(-b).exp() for b in B]
    ends = {"abar_1": abar[1], "abar_T": abar[T]}
    exact = [fill(answer.beta, abar=abar[i], abar_s=abar[i - 1], **ends) for i in range(2, T + 1)]
    measure(
        "ddpm.schedule.rescaled", f"Betas.{kind}.rescaled", torch.float64, worst(new.betas[1:].tolist(), exact), 0.5, T
    )
    assert new.betas[0] == MAKE[kind]().betas[0] and new.betas[-1] == 1
    roots = new.alpha(torch.arange(1, T + 1, dtype=torch.float64) / T).tolist()
    for i in (1, 2, 500, T - 1):
        off = float(abs(fill(answer.moved, abar=abar[i], **ends) / arb(roots[i - 1]) - 1))
        assert off < 8 * U * T
    assert roots[-1] == 0


def test_the_rescaled_table_of_another_formula_is_told_apart() -> None:
    """The guard of the test above: alpha-bar on a line in the place of its root is off by far more."""
    new = MAKE["linear"]().rescaled().alphas_cumprod
    old = MAKE["linear"]().alphas_cumprod
    other = old[0] * (old - old[-1]) / (old[0] - old[-1])
    assert float((new - other).abs().max()) > 1e-4
