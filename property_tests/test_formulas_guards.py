"""Guards: each test of a formula fails when udm's formula is corrupted."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch

import udm.bound
import udm.loss
import udm.process
from property_tests import test_formulas as formulas
from property_tests import test_formulas_bound as bound
from property_tests import test_formulas_sample as steps
from property_tests import test_tables as tables
from property_tests.strategies import _gammas, _times
from udm import discrete_weight, posterior
from udm.laws import Grid
from udm.sample import dpmpp_2m, langevin
from udm.schedule import Betas, Learned
from udm.time import systematic_times
from udm.weight import weighted


class Fault(NamedTuple):
    test: Callable[..., None]
    given: dict[str, Any]
    owner: Any
    name: str
    wrong: Any


DRAWN, TIMES, COSINE = {"drawn": _gammas(0)}, {"drawn": _times(0)}, {"drawn": _times(0), "path": "cosine"}
LINEAR, ELBO = {"kind": "linear", "claim": "ddpm.schedule.linear"}, {"kind": "x", **COSINE}
FAULTS = {
    "the squares for their roots": Fault(
        formulas.test_the_variance_preserving_process_is_exact, DRAWN, udm.process, "sqrt_sigmoid",
        lambda hi, lo=None: torch.sigmoid(hi)
    ),
    "z and x exchanged": Fault(
        formulas.test_the_posterior_under_ddpms_map_is_ddpms, DRAWN, formulas, "posterior",
        lambda z, x, q: posterior(x, z, q)
    ),
    "sigma for its square": Fault(
        formulas.test_half_of_g_squared_is_exact, COSINE, udm.loss, "_eps_squared",
        lambda sigma_squared, kind: sigma_squared.sqrt()
    ),
    "gamma for log SNR": Fault(
        formulas.test_a_weight_of_log_snr_is_exact, COSINE, formulas, "weighted",
        lambda w, slope, at, kind: weighted(lambda lam: w(-lam), slope, at, kind),
    ),
    "no weight on x": Fault(
        formulas.test_the_unweighted_loss_has_the_weight_of_its_claim, ELBO, formulas, "simple",
        lambda at, kind: torch.ones_like(at.alpha)
    ),
    "independent times": Fault(
        formulas.test_the_variance_of_systematic_times_is_that_of_its_claim, {"k": 5, "b": 2, "K": 1.0},
        formulas, "systematic_times",
        lambda k, u_0: systematic_times(1, u_0).expand(k),
    ),
    "betas over T, not T - 1": Fault(
        tables.test_every_beta_of_a_table_is_exact, LINEAR, tables, "MAKE",
        {"linear": lambda: Betas([1e-4 + (0.02 - 1e-4) * i / 1000 for i in range(1000)])},
    ),
    "a share of what is passed": Fault(
        tables.test_gradients_of_the_learned_gamma_are_exact, TIMES, Learned, "_sloping",
        lambda self, t: (
            Learned._difference(self, torch.zeros_like(t), t)
            / Learned._difference(self, torch.zeros_like(t[:1]), torch.ones_like(t[:1])).detach()
        ),
    ),
    "a gap half as wide": Fault(
        tables.test_the_learned_gamma_rises_at_least_as_its_linear_layer, TIMES, Learned, "_width",
        lambda self: (self.ends[1] - self.ends[0]) / 2,
    ),
    "lambda the log SNR": Fault(
        steps.test_a_constant_belief_is_followed_exactly, DRAWN, steps, "dpmpp_2m",
        lambda z, x, before, q, gap: dpmpp_2m(z, x, before, q._replace(gap=2 * q.gap), gap),
    ),
    "a root of two": Fault(
        steps.test_a_langevin_step_is_exact, {"seed": 0, "h": 0.5}, steps, "langevin",
        lambda z, score, h, n: langevin(z, score, h, n / 2**0.5),
    ),
    "the nearest point": Fault(
        bound.test_points_added_one_by_one_have_the_posterior_mean, DRAWN | {"seed": 0}, Grid, "_posterior_mean",
        lambda self, z, alpha, sigma: self.levels[((z / alpha)[..., None] - self.levels).abs().argmin(dim=-1)],
    ),
    "T forgotten": Fault(
        bound.test_one_random_step_estimates_the_sum_over_all_steps, {"u": 0.5}, udm.bound, "discrete_weight",
        lambda step, kind: discrete_weight(step, kind) / bound.STEPS,
    ),
}  # fmt: skip


def within(names: str, function: str, dtype: torch.dtype, error: float, limit: float, points: int) -> None:
    assert error <= limit


@pytest.mark.parametrize("name", FAULTS)
def test_a_corrupt_formula_is_detected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    test, given, owner, attribute, wrong = FAULTS[name]
    inner = test.hypothesis.inner_test if hasattr(test, "hypothesis") else test  # type: ignore[attr-defined]
    measured = {"measure": within} if "measure" in inner.__code__.co_varnames else {}
    inner(**given, **measured)
    monkeypatch.setattr(owner, attribute, wrong)
    with pytest.raises(AssertionError):
        inner(**given, **measured)
