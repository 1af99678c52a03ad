"""The likelihood of data under a model: by the variational bound, or by the probability flow."""

from udm.likelihood.best import best_variance
from udm.likelihood.bound import evaluate
from udm.likelihood.estimate import evaluate_flow
from udm.likelihood.record import Evaluation, Term

__all__ = ["Evaluation", "Term", "best_variance", "evaluate", "evaluate_flow"]
