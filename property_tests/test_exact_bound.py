"""`evaluate` with the best denoiser of a grid agrees with `udm exact`, term by term; with a biased one it does not.

The limit of chance is Student's t over independent batches: 1e-9 a term. The diffusion of a single draw is spread so
wide that its batches are many; a shrunken denoiser adds the integral of its squared distance from the best to the
loss.
"""

from functools import cache

import pytest
import torch
from scipy import stats

from derivations.arithmetic.number import precision
from derivations.exact import printed
from derivations.exact.reading import read
from derivations.exact.tables import table
from derivations.exact.terms import terms
from udm.laws import Grid
from udm.likelihood import evaluate
from udm.likelihood.record import Evaluation, Term
from udm.schedule import Betas, LinearGamma, Schedule

BATCHES, SIZE, K = 40, 500, 256
MIDPOINTS = (2 * torch.arange(K, dtype=torch.float64) + 1) / K - 1
ENDS = 2 * torch.arange(K, dtype=torch.float64) / (K - 1) - 1
CASES: dict[str, tuple[Schedule, torch.Tensor, str | None, str]] = {
    "vdm": (LinearGamma(-13.3, 5.0), MIDPOINTS, None, "schedule=linear_gamma gamma0=-13.3 gamma1=5 T=1000"),
    "vdm, continuous": (LinearGamma(-13.3, 5.0), MIDPOINTS, None, "gamma0=-13.3 gamma1=5 T=inf"),
    "ddpm, beta": (Betas.linear(1000), ENDS, "beta", "placement=ends schedule=ddpm_linear T=1000 variance=beta"),
    "ddpm, beta-tilde": (Betas.linear(1000), ENDS, "beta-tilde", "placement=ends schedule=ddpm_linear T=1000"),
    "iddpm": (Betas.cosine(1000), ENDS, "beta", "placement=ends schedule=ddpm_cosine T=1000 variance=beta"),
}


@cache
def exact(words: str) -> dict[str, float]:
    asked = read("grid", ["levels=256", *words.split()])
    with precision(200):
        found = terms(asked.problem, table(asked))
        return {name: printed.number(value)["value"] for name, value in found.items()}


@cache
def evaluated(name: str, shrink: float = 1.0) -> Evaluation:
    schedule, levels, variance, words = CASES[name]
    law = Grid(levels)
    index = law.draw_index(BATCHES * SIZE, torch.Generator().manual_seed(3)).split(SIZE)
    steps = None if "inf" in words else 1000
    model = law.model(schedule, "x", shrink=shrink)
    return evaluate(model, index, levels, T=steps, variance=variance, repeats=1, seed=4, error="law")  # type: ignore[arg-type]


def limit(term: Term) -> float:
    return float(stats.t.ppf(1 - 0.5e-9, BATCHES - 1)) * term.standard_error + 1e-12


@pytest.mark.parametrize("name", CASES)
def test_the_best_denoiser_has_the_exact_terms(name: str) -> None:
    found, wanted = evaluated(name), exact(CASES[name][3])
    assert found.total.unit == "bits/dim" and found.terms.keys() == wanted.keys()
    for term, value in found.terms.items():
        assert abs(value.value - wanted[term]) <= limit(value), term


@pytest.mark.parametrize("name", CASES)
def test_a_biased_denoiser_has_not(name: str) -> None:
    found, wanted = evaluated(name, 0.97), exact(CASES[name][3])
    assert found.total.value - wanted["total"] > limit(found.total)


def test_the_bounds_of_two_variances_are_told_apart() -> None:
    found = evaluated("ddpm, beta")
    other = exact(CASES["ddpm, beta-tilde"][3])
    assert abs(found["reconstruction"].value - other["reconstruction"]) > limit(found["reconstruction"])
