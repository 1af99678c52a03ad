"""The likelihood of data under a model: the variational bound, and the probability flow's own."""

from udm.likelihood.bound import evaluate
from udm.likelihood.estimate import evaluate_flow
from udm.likelihood.record import Evaluation, Term

__all__ = ["Evaluation", "Term", "evaluate", "evaluate_flow"]
