"""What a check predicts: it must come from the answer that it is given, and be more than the process without its noise.

A prediction that holds a field of the answer whatever answer it is given has it typed in, and tests nothing of it. A
process whose noise is far below the change that must be detected computes the answer, and simulates nothing.
"""

from collections.abc import Iterator

import numpy as np
from sympy import Expr, Rational, Symbol

from derivations.engines.copies import contains, same
from derivations.engines.sample import CHANGE, Sample
from derivations.form.claim import Answer, leaves, with_leaf
from derivations.form.experiment import Check, Experiment, Mean, Residual, Size

ENOUGH = 10  # deviations of normal noise: one draw alone rejects at 1e-9 with power 0.999, which takes 6.1 + 3.1
FAULTS = (ArithmeticError, AttributeError, IndexError, TypeError, ValueError)  # of a prediction of open fields


def parts(check: Check, answer: Answer) -> tuple[Expr, ...]:
    """Return what a check predicts from an answer: a mean and a variance, or one value."""
    if isinstance(check, Residual):
        law = check.law(answer)
        return law.mean, law.var
    return (check.value(answer),)


def typed_in(experiment: Experiment, answer: Answer) -> Iterator[str]:
    """Yield the fields of the answer that a check predicts whatever answer it is given, each in a sentence."""
    made = experiment.derived()
    for number, check in enumerate(experiment.checks, start=1):
        predicted = _of_open_fields(check, answer)
        for name, leaf in leaves(answer):
            forms = dict.fromkeys((leaf, leaf.xreplace(made)))
            if any(_holds(e, form) for part in predicted for e in (part, part.xreplace(made)) for form in forms):
                yield f"expected check {number} to predict from the answer it is given, got a copy of {name} in it"


def _of_open_fields(check: Check, answer: Answer) -> tuple[Expr, ...]:
    """Return the prediction with a symbol of its own for each field, or with each field changed if it takes parts."""
    for opening in (lambda leaf, v: v, lambda leaf, v: leaf + v):
        filled = answer
        for k, (name, leaf) in enumerate(leaves(answer)):
            filled = with_leaf(filled, name, opening(leaf, Symbol(f"field {k}", positive=True)))
        try:
            return parts(check, filled)
        except FAULTS:
            continue
    return ()


def _holds(predicted: Expr, leaf: Expr) -> bool:
    return bool(leaf.free_symbols) and (same(leaf, predicted) or contains(leaf, predicted))


def still(check: Check, answer: Answer, changed: Answer, asked: Size, sample: Sample) -> bool:
    """Return whether one draw tells the change: the check would see as much with its noise set to 0.

    Where a law's variance is the answer's as well, the noise itself is tested.
    """
    by = Rational(asked.by)
    if isinstance(check, Residual):
        if any(CHANGE in check.law(other).var.free_symbols for other in _changes(answer)):
            return False
        given, law, other = sample.given(check), check.law(answer), check.law(changed)
        moved, noise = given.law(other.mean, by) - given.law(law.mean), float(np.mean(given.law(law.var)))
    elif isinstance(check, Mean):
        value = check.value(answer)
        moved, noise = sample.rows(value - check.value(changed), by), _square(sample.rows(check.of - value))
    else:
        return False
    return _square(moved) > ENOUGH**2 * noise


def _changes(answer: Answer) -> Iterator[Answer]:
    return (with_leaf(answer, name, leaf + CHANGE) for name, leaf in leaves(answer))


def _square(values: np.ndarray) -> float:
    return float(np.mean(np.square(values)))
