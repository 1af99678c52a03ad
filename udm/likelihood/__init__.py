"""The likelihood of data under a model: by the variational bound, or by the probability flow."""

from udm.likelihood.best import best_variance
from udm.likelihood.bound import evaluate
from udm.likelihood.coding import Coding, Place, progressive
from udm.likelihood.estimate import evaluate_flow
from udm.likelihood.posterior import ClassPosterior, class_posterior
from udm.likelihood.record import Evaluation, Term

__all__ = [
    "ClassPosterior",
    "Coding",
    "Evaluation",
    "Place",
    "Term",
    "best_variance",
    "class_posterior",
    "evaluate",
    "evaluate_flow",
    "progressive",
]
