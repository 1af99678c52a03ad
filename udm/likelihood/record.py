r"""What an evaluation found: the mean of each term over n data and how far it may be off.

Batch b holds n_b of the data, a share :math:`w_b = n_b / n`, and its term is evaluated R times, each with fresh noise
and fresh times; :math:`m_{b,r}` are the means over its examples, which depend on each other within a batch (systematic
times do not fall independently), but not between batches nor between repeats. With
:math:`\bar m_b = \frac1R \sum_r m_{b,r}` and :math:`M = \sum_b w_b \bar m_b`, the variance of M is estimated by

.. math::
    \hat V_{\text{data}} = \sum_b \frac{w_b^2}{R (R - 1)} \sum_r (m_{b,r} - \bar m_b)^2, \qquad
    \hat V_{\text{law}} = \frac{\sum_b w_b^2 (\bar m_b - M)^2}{1 - \sum_b w_b^2}.

The first is the noise's alone: M is then an estimate of the mean over these very data. It is unbiased, batches being
independent given the data. The second is that of fresh data of the same law too. It is unbiased for batches of one
size, whatever the dependence within, and for others if the variance of a batch falls as 1/n_b: the expected square of
:math:`\bar m_b - M` is :math:`v_b (1 - 2 w_b) + \sum_c w_c^2 v_c`, and with :math:`v_b = v / n_b` the weighted sum is
:math:`\frac vn (1 - \sum_b w_b^2)`. A standard error is the root.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

import torch
from torch import Tensor

from udm.stable import to_float64

Error: TypeAlias = Literal["data", "law"]
Unit: TypeAlias = Literal["bits/dim", "nats"]
_COVERS = {
    "data": "standard errors of noise and times alone, over these very examples",
    "law": "standard errors over the law that the examples were drawn from",
}


class Term(NamedTuple):
    """A mean over the data, its standard error, and the unit of both: bits per dimension, or nats per example.

    (Of a variance, the square.)
    """

    value: float
    standard_error: float
    unit: Unit | Literal["(bits/dim)^2"]


@dataclass(frozen=True)
class Evaluation:
    """Terms by name, "total" among them; what they say; of how many data, evaluated how many times."""

    terms: Mapping[str, Term]
    meaning: str
    examples: int
    repeats: int

    def __getitem__(self, name: str) -> Term:
        return self.terms[name]

    @property
    def total(self) -> Term:
        """What is said about -log p(x)."""
        return self.terms["total"]

    def record(self) -> dict[str, object]:
        """As plain numbers and words: {"prior": {"value", "standard_error", "unit"}, ..., "meaning", ...}."""
        terms: dict[str, object] = {name: term._asdict() for name, term in self.terms.items()}
        return terms | {"meaning": self.meaning, "examples": self.examples, "repeats": self.repeats}


class Tally:
    """Collects means of batches, (repeats,) for each term, and sums them up.

    Raises:
        ValueError: an error that cannot be told: over the data with one repeat; an unknown unit.
    """

    def __init__(self, where: str, repeats: int, error: Error, unit: Unit) -> None:
        if repeats < 1 or error not in _COVERS:
            raise ValueError(f'{where}: expected repeats >= 1 and error "data" or "law", got {repeats}, {error!r}')
        if unit not in get_args(Unit):
            raise ValueError(f'{where}: expected unit "bits/dim" or "nats", got {unit!r}')
        if error == "data" and repeats == 1:
            raise ValueError(f"{where}: expected repeats >= 2 to tell the error over the data, got 1")
        self.where, self.repeats, self.error = where, repeats, error
        self.unit: Unit = unit
        self.event: torch.Size | None = None
        self.sizes: list[int] = []
        self.means: dict[str, list[Tensor]] = {}

    def shaped(self, batch: Tensor) -> None:
        """Refuse events of several shapes.

        Raises:
            ValueError: events of another shape than in the batch before.
        """
        if self.event not in (None, batch.shape[1:]):
            raise ValueError(f"{self.where}: expected events of one shape, got {self.event} and {batch.shape[1:]}")
        self.event = batch.shape[1:]

    def add(self, size: int, **terms: Tensor) -> None:
        """The terms of a batch, each (repeats, batch), nats."""
        self.sizes.append(size)
        for name, values in terms.items():
            self.means.setdefault(name, []).append(to_float64(values).mean(dim=1).cpu())

    def evaluation(self, meaning: str) -> Evaluation:
        """The mean of each term, and of their sum.

        Raises:
            ValueError: no batch, or one alone where the error is that of the law.
        """
        if self.event is None or len(self.sizes) < (2 if self.error == "law" else 1):
            raise ValueError(f"{self.where}: expected more batches to tell the error, got {len(self.sizes)}")
        terms = {name: torch.stack(rows) for name, rows in self.means.items()}
        terms["total"] = sum(terms.values(), torch.zeros(()))
        scale = 1 / (self.event.numel() * math.log(2)) if self.unit == "bits/dim" else 1.0
        shares = torch.tensor(self.sizes, dtype=torch.float64) / sum(self.sizes)
        found = {name: self._term(means * scale, shares) for name, means in terms.items()}
        return Evaluation(found, f"{meaning}; {_COVERS[self.error]}", sum(self.sizes), self.repeats)

    def _term(self, means: Tensor, w: Tensor) -> Term:
        """Of means (batches, repeats) and shares (batches,)."""
        of_batch = means.mean(dim=1)
        value = (w * of_batch).sum()
        if self.error == "data":
            variance = (torch.square(w) * means.var(dim=1)).sum() / self.repeats
        else:
            variance = (torch.square(w * (of_batch - value))).sum() / (1 - torch.square(w).sum())
        return Term(float(value), math.sqrt(float(variance)), self.unit)


def of_levels(where: str, batch: Tensor, levels: Tensor) -> None:
    """Refuse what are no levels (looks at the values).

    Raises:
        ValueError: a batch not of integers, or one outside [0, K).
    """
    if batch.is_floating_point() or batch.dtype == torch.bool:
        raise ValueError(
            f"{where}: expected batches of integer levels, got {batch.dtype}; without levels data are real"
        )
    low, high = (int(a) for a in torch.aminmax(batch)) if batch.numel() else (0, 0)
    if low < 0 or high >= len(levels):
        raise ValueError(f"{where}: expected levels from 0 to {len(levels) - 1}, got {low} to {high}")
