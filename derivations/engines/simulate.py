"""The engine `simulate`: run the primitive process, and ask whether the answer predicts it.

Every test statistic has an exact law under the answer (normal, chi-squared, binomial) or a bound
that holds for every sample size (Chebyshev on blocks, a median of them). A check spends a false-alarm
rate of ALPHA, split over its statistics; the suite's total is the sum. The seed is a hash of
the claim's digest, so that evidence is reproducible; `udm verify --fresh` draws others.
"""

from hashlib import sha256
from math import comb, log10, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from sympy import Expr, Symbol, lambdify

from derivations.claim import Answer, Claim
from derivations.experiment import Check, Experiment, Mean, Residual
from derivations.verdict import Evidence, not_evaluated

ALPHA = 1e-9  # false-alarm rate of one check
POWER = 0.999  # the detectable error is the smallest shift found this often
BLOCKS = 151

Sample = dict[Symbol, Any]


def seed_of(digest: str, salt: str = "") -> int:
    return int.from_bytes(sha256(f"{digest}{salt}".encode()).digest()[:8], "big")


def evaluate(expr: Expr, sample: Sample) -> Any:
    names = sorted(expr.free_symbols, key=str)
    return lambdify(names, expr, "numpy")(*(sample[v] for v in names))  # type: ignore[index]


def run(experiment: Experiment, at: dict[Symbol, float], rng: np.random.Generator) -> Sample:
    """Draw the noise, then each variable of the process in turn."""
    sample: Sample = dict(at)
    for n in experiment.normals:
        sample[n] = rng.standard_normal(experiment.size)
    for u in experiment.uniforms:
        sample[u] = rng.random(experiment.size)
    for i, steps in experiment.steps.items():
        sample[i] = rng.integers(1, steps, endpoint=True, size=experiment.size).astype(float)
    for variable, made in experiment.process:
        sample[variable] = evaluate(made, sample) * np.ones(experiment.size)
    return sample


def p_values(check: Check, answer: Answer, sample: Sample) -> list[float]:
    """Two-sided p-values, each exact or bounded from above, of one check."""
    if isinstance(check, Residual):
        return _residual(check, answer, sample)
    if isinstance(check, Mean):
        return [_median_of_means(evaluate(check.of, sample) - _number(check.value(answer), sample), check.sd)]
    return [_binomial(evaluate(check.of, sample) > 0, _number(check.value(answer), sample))]


def _number(value: Expr, sample: Sample) -> Any:
    return evaluate(value, sample)


def _residual(check: Residual, answer: Answer, sample: Sample) -> list[float]:
    from scipy.stats import chi2

    law = check.law(answer)
    r = (evaluate(check.of, sample) - evaluate(law.mean, sample)) / np.sqrt(evaluate(law.var, sample))
    squares = float(np.sum(r**2))
    spread = 2 * min(chi2.cdf(squares, r.size), chi2.sf(squares, r.size))
    slopes = [_normal(float(r @ w / sqrt(w @ w))) for w in (evaluate(g, sample) for g in check.given)]
    return [float(spread), _normal(float(r.sum() / sqrt(r.size))), *slopes]


def _normal(z: float) -> float:
    return 2 * NormalDist().cdf(-abs(z))


def _median_of_means(deviation: np.ndarray, sd: float) -> float:
    """A block's mean is off by 2 sd/sqrt(m) with chance at most 1/4 (Chebyshev); a median needs half of them."""
    m = deviation.size // BLOCKS
    means = deviation[: m * BLOCKS].reshape(BLOCKS, m).mean(axis=1)
    near = np.abs(np.median(means)) <= 2 * sd / sqrt(m)  # False for NaN, which is never in favour
    return 1.0 if near else block_rate()


def block_rate() -> float:
    """The chance that half of BLOCKS blocks are off, each with chance 1/4."""
    half = (BLOCKS + 1) // 2
    return sum(comb(BLOCKS, k) * 0.25**k * 0.75 ** (BLOCKS - k) for k in range(half, BLOCKS + 1))


def _binomial(hits: np.ndarray, chance: float) -> float:
    from scipy.stats import binomtest

    if not 0 <= chance <= 1:
        return 0.0
    return float(binomtest(int(hits.sum()), hits.size, float(chance)).pvalue)


def smallest_p(claim: Claim, answer: Answer, digest: str, salt: str = "") -> tuple[float, int]:
    """The smallest p-value of the claim's experiment, and how many were looked at."""
    experiment = claim.experiment
    assert experiment is not None
    at = {v: float(q) for v, q in (experiment.at or claim.example).items()}
    with np.errstate(invalid="ignore", divide="ignore"):
        sample = run(experiment, at, np.random.default_rng(seed_of(digest, salt)))
        found = [p for check in experiment.checks for p in p_values(check, answer, sample)]
    return min(0.0 if np.isnan(p) else p for p in found), len(found)


def simulate(claim: Claim, answer: Answer = None, digest: str = "", salt: str = "") -> Evidence:
    """Evidence on one answer; `refuted` when a p-value falls below ALPHA split over the statistics."""
    if claim.experiment is None:
        return not_evaluated("simulate", "the claim has no experiment")
    try:
        p, count = smallest_p(claim, claim.answer if answer is None else answer, digest, salt)
    except (ArithmeticError, TypeError, ValueError, NameError, KeyError) as fault:
        return not_evaluated("simulate", f"{type(fault).__name__}: {fault}")
    n = claim.experiment.size
    detail = {"smallest_p": f"1e{log10(max(p, 1e-300)):.1f}", "statistics": count, "detectable": detectable(claim)}
    if p < ALPHA / count:
        return Evidence("simulate", "refuted", "rejected", points=n, error=ALPHA, detail=detail)
    return Evidence("simulate", "consistent", points=n, error=ALPHA, detail=detail)


def detectable(claim: Claim) -> str:
    """The smallest shift, in standard deviations, that the checks find with chance POWER."""
    experiment = claim.experiment
    assert experiment is not None
    if any(isinstance(c, Mean) for c in experiment.checks):
        return f"{4 / sqrt(experiment.size // BLOCKS):.1e} sd"
    count = sum(2 + len(c.given) if isinstance(c, Residual) else 1 for c in experiment.checks)
    normal = NormalDist()
    z = normal.inv_cdf(1 - ALPHA / (2 * count)) + normal.inv_cdf(POWER)
    return f"{z / sqrt(experiment.size):.1e} sd"
