"""The engine `simulate` runs the primitive process and tests whether the answer predicts it.

Every test statistic has an exact law under the answer (normal, chi-squared, binomial) or a bound that holds for every
sample size (`rates`); a standard deviation is proved (`moments`), never taken on trust. An experiment spends a
false-alarm rate of ALPHA, split over its statistics; the suite's total is the sum. The evidence is `consistent` only if
the experiment would have rejected a change of each field of the answer that it looks at (`power`). The seed is a hash
of the claim's digest, so that evidence is reproducible; `udm verify --fresh` draws others.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import numpy as np
from sympy import Expr, Rational

from derivations.engines.copies import copied
from derivations.engines.elsewhere import elsewhere, idle, smaller, unused
from derivations.engines.noise import At
from derivations.engines.power import detections, require
from derivations.engines.predicted import typed_in
from derivations.engines.rates import count_p, dot, events_p, mean_p, normal_p, spread_p
from derivations.engines.sample import Refused, Sample, numbers, sample_of
from derivations.form.claim import Answer, Claim, leaves
from derivations.form.experiment import Chance, Check, Experiment, Mean, Residual
from derivations.form.verdict import Evidence, not_evaluated

ALPHA = 1e-9  # false-alarm rate of one experiment
FIRST = 0.9  # the part of it that is spent at the first place; the rest is for the second
FAULTS = (
    ArithmeticError,
    AttributeError,
    TypeError,
    ValueError,
    NameError,
    KeyError,
)  # an experiment that can't be run


def seed_of(digest: str, salt: str = "") -> int:
    return int.from_bytes(sha256(f"{digest}{salt}".encode()).digest()[:8], "big")


def statistics(experiment: Experiment) -> int:
    """Return how many statistics share ALPHA."""
    return sum(2 + len(c.given) if isinstance(c, Residual) else 1 for c in experiment.checks)


def p_values(check: Check, answer: Answer, sample: Sample, level: float) -> Iterator[float]:
    """Yield the two-sided p-values of one check, each exact or bounded from above."""
    if isinstance(check, Residual):
        yield from _residual(check, answer, sample)
    elif isinstance(check, Mean):
        yield _mean(check, answer, sample, level)
    else:
        yield _chance(check, answer, sample, level)


def _mean(check: Mean, answer: Answer, sample: Sample, level: float) -> float:
    value = check.value(answer)
    off = numbers(sample.rows(check.of - value))
    if np.ptp(off) == 0:
        raise Refused(f"expected a statistic that varies, got {check.of}, which does not vary")
    return mean_p(off, sample.variance(check, value), level)


def _chance(check: Chance, answer: Answer, sample: Sample, level: float) -> float:
    given, value = sample.given(check), check.value(answer)
    hits = numbers(given.of) > 0
    if not check.given:
        return count_p(int(hits.sum()), hits.size, sample.chance(value))
    return events_p(hits, numbers(given.each(value)), numbers(given.each(check.weigh)), level)


def _residual(check: Residual, answer: Answer, sample: Sample) -> Iterator[float]:
    given, law = sample.given(check), check.law(answer)
    mean, var = numbers(given.law(law.mean)), numbers(given.law(law.var))
    if (var <= 0).any():
        yield 0.0  # a law without variance
        return
    r = numbers((given.of - mean) / np.sqrt(var))
    yield spread_p(dot(r, r), r.size)
    yield from (normal_p(dot(r, w) / length) for w, length in zip(given.weights, given.lengths, strict=True))


def simulate(claim: Claim, answer: Answer = None, digest: str = "", salt: str = "") -> Evidence:
    """Return evidence on one answer; `refuted` if a p-value falls below ALPHA split over the statistics."""
    if claim.experiment is None:
        return not_evaluated("simulate", "the claim has no experiment")
    try:
        with np.errstate(all="ignore"):
            return _judged(claim.experiment, claim, claim.answer if answer is None else answer, seed_of(digest, salt))
    except Refused as fault:
        return not_evaluated("simulate", str(fault))
    except FAULTS as fault:
        return not_evaluated("simulate", f"{type(fault).__name__}: {fault}")


def _judged(experiment: Experiment, claim: Claim, answer: Answer, seed: int) -> Evidence:
    fields = [name for name, _ in leaves(answer)]
    for fault in experiment.faults(fields):
        raise Refused(fault)
    level, at = FIRST * ALPHA / statistics(experiment), _parameters(experiment, claim)
    sample = sample_of(experiment, at, seed)
    for fault in typed_in(experiment, claim.answer):
        raise Refused(fault)
    _stated(experiment, claim.answer, sample)
    least = min(p for check in experiment.checks for p in p_values(check, answer, sample, level))
    detail: dict[str, Any] = {"smallest_p": f"{max(least, 1e-300):.1g}", "statistics": statistics(experiment)}
    if least < level:
        return Evidence("simulate", "refuted", "rejected", points=experiment.size, error=ALPHA, detail=detail)
    powers = detections(experiment, answer, sample, level)
    require(powers, [name for name, leaf in leaves(answer) if _copied(experiment, leaf)])
    if untouched := [*idle(experiment, answer)]:
        raise Refused(f"expected a process that uses a symbol of {', '.join(untouched)}, which is tested as a number")
    detail["detects"] = {name: str(detection) for name, detection in powers.items()}
    detail["blind to"] = [name for name in fields if name not in powers]
    fixed = {v for name, leaf in leaves(answer) if name in powers for v in unused(experiment, answer, name, leaf)}
    other = elsewhere(claim, at, fixed)
    detail["at one value of"] = sorted(map(str, fixed if fixed or other else {v for v, _ in at}))
    if other is not None and _rejects(experiment, answer, other, seed):
        place = ", ".join(f"{v} = {q}" for v, q in other)
        return Evidence("simulate", "refuted", f"rejected at {place}", experiment.size, error=ALPHA, detail=detail)
    return Evidence("simulate", "consistent", points=experiment.size, error=ALPHA, detail=detail)


def _rejects(experiment: Experiment, answer: Answer, at: At, seed: int) -> bool:
    """Return whether some check rejects the answer at another place, in fewer samples."""
    level = (1 - FIRST) * ALPHA / statistics(experiment)
    sample = sample_of(smaller(experiment), at, seed + 1)
    return any(p < level for check in experiment.checks for p in p_values(check, answer, sample, level))


def _copied(experiment: Experiment, leaf: Expr) -> bool:
    return all(copied(experiment, leaf, check) for check in experiment.checks)


def _stated(experiment: Experiment, answer: Answer, sample: Sample) -> None:
    """Refuse a standard deviation that a check states and nothing proves."""
    for check in experiment.checks:
        if isinstance(check, Mean):
            sample.stated(check, check.value(answer))


def _parameters(experiment: Experiment, claim: Claim) -> At:
    """Return the values, at the experiment's place, of what the process does not make."""
    made = {*experiment.noise, *(v for v, _ in experiment.process)}
    return tuple((v, Rational(q)) for v, q in (experiment.at or claim.example).items() if v not in made)
