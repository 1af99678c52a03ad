"""What a wrong number is: the claim's own wrong forms, another entry's value, or a slip that a machine makes."""

import math

from derivations.arithmetic.ball import precision
from udm.conformance import exact as reference
from udm.conformance.adapter import Adapter
from udm.conformance.classify import agrees, off_in_float64
from udm.conformance.distance import FORMATS
from udm.conformance.formulas import Formula
from udm.conformance.measure import Trial, form_values, other_forms
from udm.conformance.walk import Walk

NEAR = 2.0**-20  # of a number: how near a form's value is, in float64
MOST = 24  # cases that are compared


def form_of(formula: Formula, adapter: Adapter, trial: Trial, native: Adapter, first: Trial) -> str:
    """Return the name of the wrong form whose values a target has where it is off, or ""."""
    if trial.fault or trial.absent:
        adapter, trial = native, first
    off = list(off_in_float64(first, None if trial is first else trial).values())
    cases = off[:: max(1, len(off) // MOST)]
    near = max(NEAR, 2.0 ** (6 - FORMATS[trial.dtype][0]), 2.0 ** (6 - FORMATS[adapter.table_dtype][0]))
    for name, part, moved in other_forms(formula):
        values = list(form_values(formula, adapter, part, moved, (case.place for case in cases)))
        if agrees(cases, values, near):
            return name
    return ""


def landing_of(adapter: Adapter, walks: list[Walk], label: str) -> str:
    """Return which entry's noise level a step landed on, instead of the next of its timesteps; or ""."""
    found = next(((one, w) for w in walks for one in w.seen if label.startswith(_label(w, one.i))), None)
    if found is None or adapter.levels is None:
        return ""
    one, own = found
    assert own.sampler is not None
    x0, _, spread = one.after
    for t in range(-1, len(adapter.levels)):
        with precision(reference.BITS):
            bar = adapter.levels.alpha_bar(t)
            alpha, sigma = float(bar.sqrt()), float((1 - bar).sqrt())
        if own.sampler.space == "ve":
            alpha, sigma = 1.0, sigma / alpha if alpha else math.inf
        if abs(x0 - alpha) < 1e-5 and abs(spread - sigma) < 1e-5 * max(1.0, sigma):
            return f"the step lands on the noise level of {'the data' if t < 0 else f't = {t}'}"
    return ""


def noise_of(walks: list[Walk], label: str) -> str:
    """Return which known wrong deviation the fresh noise of a step has, or ""."""
    found = next(((one, w) for w in walks for one in w.seen if label.startswith(_label(w, one.i))), None)
    if found is None or found[1].sampler is None:
        return ""
    one, sampler = found[0], found[1].sampler
    at = reference.symbols(sampler.levels[one.i], sampler.levels[one.i + 1])
    for name, form, _ in reference.wrong("vdm.posterior.variance"):
        try:
            value = float(reference.value(form, at).sqrt())
        except reference.NOWHERE:
            continue
        if abs(one.fresh - value) < 1e-5 * value:
            return f"the fresh noise has the variance of a known wrong form: {name}"
    return ""


def _label(walk: Walk, i: int) -> str:
    from udm.conformance.walk import where

    return where(walk, i)
