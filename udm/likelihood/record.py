r"""The result of an evaluation: the mean of each term over n data, and its standard error.

Batch b holds n_b of the data, a share :math:`w_b = n_b / n`. Its term is evaluated R times, each time with fresh noise
and fresh times, and :math:`m_{b,r}` is the mean over its examples in evaluation r. Examples of a batch depend on each
other, because systematic times are not independent, but batches do not, and repeats do not. With
:math:`\bar m_b = \frac1R \sum_r m_{b,r}` and :math:`M = \sum_b w_b \bar m_b`, the variance of M is estimated by

.. math::
    \hat V_{\text{data}} = \sum_b \frac{w_b^2}{R (R - 1)} \sum_r (m_{b,r} - \bar m_b)^2, \qquad
    \hat V_{\text{law}} = \frac{\sum_b w_b^2 (\bar m_b - M)^2}{1 - \sum_b w_b^2}.

The first covers the noise alone: M is then an estimate of the mean over these very data. It is unbiased, because
batches are independent given the data. The second also covers the draw of the data from their law. It is unbiased for
batches of one size, whatever the dependence within them, and for other batches if the variance of a batch falls as
1/n_b: the expected square of :math:`\bar m_b - M` is :math:`v_b (1 - 2 w_b) + \sum_c w_c^2 v_c`, and with
:math:`v_b = v / n_b` the weighted sum is :math:`\frac vn (1 - \sum_b w_b^2)`. A standard error is the square root.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias, get_args

import torch
from torch import Tensor

from udm.arguments import integers, several
from udm.likelihood.tails import ENOUGH, Carried
from udm.loss import nats_per_bit
from udm.shapes import instance
from udm.stable import to_float64

Error: TypeAlias = Literal["data", "law"]
Unit: TypeAlias = Literal["bits/dim", "nats"]
Scale: TypeAlias = Literal["(bits/dim)^2", "of 255", "of the data"]
_COVERS = {
    "data": "standard errors of noise and times alone, over these very examples",
    "law": "standard errors over the law that the examples were drawn from",
}


class Term(NamedTuple):
    """A mean over the data with its standard error.

    Attributes:
        value: the mean.
        standard_error: of the mean.
        unit: bits per dimension or nats per example, and for a variance the square, (bits per dimension)^2; for a
            distortion "of 255", from the first level to the last, or "of the data".
    """

    value: float
    standard_error: float
    unit: Unit | Scale


@dataclass(frozen=True)
class Evaluation:
    """Terms by name, and their meaning.

    Attributes:
        terms: each with its standard error, "total" among them.
        meaning: the meaning of the terms in words.
        examples: how many examples were evaluated.
        repeats: how often.
    """

    terms: Mapping[str, Term]
    meaning: str
    examples: int
    repeats: int

    def __getitem__(self, name: str) -> Term:
        return self.terms[name]

    @property
    def total(self) -> Term:
        """The estimate of -log p(x), or of the bound on it that ``meaning`` describes."""
        return self.terms["total"]

    def record(self) -> dict[str, object]:
        """Return numbers and words for JSON.

        Returns:
            Each term by name with its value, standard_error and unit, and also meaning, examples and repeats.
        """
        terms: dict[str, object] = {name: term._asdict() for name, term in self.terms.items()}
        return terms | {"meaning": self.meaning, "examples": self.examples, "repeats": self.repeats}


class Tally:
    """The means of batches so far, (repeats,) for each term; ``where`` is the public function that evaluates.

    Raises:
        ValueError: if repeats < 1, ``error`` or ``unit`` is unknown, or the error over the data is asked of one repeat.
    """

    def __init__(self, where: str, repeats: int, error: Error, unit: Unit) -> None:
        integers(where, repeats=repeats)
        if repeats < 1 or error not in _COVERS:
            raise ValueError(f'{where}: expected repeats >= 1 and error "data" or "law", got {repeats}, {error!r}')
        if unit not in get_args(Unit):
            raise ValueError(f'{where}: expected unit "bits/dim" or "nats", got {unit!r}')
        if error == "data" and repeats == 1:
            raise ValueError(
                f"{where}: expected repeats >= 2, whose spread gives the standard errors of noise and times, got 1"
            )
        self.where, self.repeats, self.error = where, repeats, error
        self.unit: Unit = unit
        self.event: torch.Size | None = None
        self.sizes: list[int] = []
        self.means: dict[str, list[Tensor]] = {}
        self.carried = Carried()

    def shaped(self, batch: Tensor | Sequence[Tensor]) -> Tensor:
        """Return the events of a batch, which a loader may give together with classes, of the shape of those before.

        Raises:
            ValueError: if they have another shape, or there are none.
        """
        if isinstance(batch, tuple | list) and batch and isinstance(batch[0], Tensor):  # pyright: ignore[reportUnnecessaryIsInstance]
            batch = batch[0]
        if not isinstance(batch, Tensor) or batch.ndim == 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            got = tuple(batch.shape) if isinstance(batch, Tensor) else type(batch).__name__  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ValueError(f"{self.where}: expected batches that are tensors (batch, *event), got {got}")
        if len(batch) == 0:
            raise ValueError(f"{self.where}: expected batches of at least one event, got one of none")
        if self.event not in (None, batch.shape[1:]):
            raise ValueError(f"{self.where}: expected events of one shape, got {self.event} and {batch.shape[1:]}")
        self.event = batch.shape[1:]
        return batch

    def add(self, shape: torch.Size, **terms: Tensor) -> None:
        """Add the terms of a batch of this shape, each (repeats, batch), nats.

        Raises:
            ValueError: if its events have another shape than those before.
        """
        if self.event not in (None, shape[1:]):  # of another rank
            raise ValueError(f"{self.where}: expected events of one shape, got {self.event} and {shape[1:]}")
        self.event = shape[1:]
        self.sizes.append(shape[0])
        wide = {name: to_float64(values).cpu() for name, values in terms.items()}
        for name, values in wide.items():
            self.means.setdefault(name, []).append(values.mean(dim=1))
        total = sum(wide.values(), torch.zeros(()))
        self.carried.add(total - (total.mean(dim=0) if self.error == "data" else total.mean()))

    def evaluation(self, meaning: str) -> Evaluation:
        """Return the mean of each term and of their sum, with standard errors.

        Raises:
            ValueError: if there was no batch, or only one and the error is that over the law.
        """
        rows = self.terms()
        total = sum((torch.stack(rows) for rows in self.means.values()), torch.zeros(()))
        rows["total"] = self._term(total * self._scale(), self._shares())
        return Evaluation(rows, self.meaning(meaning), sum(self.sizes), self.repeats)

    def terms(self) -> dict[str, Term]:
        """Return the mean of each term, with its standard error.

        Raises:
            ValueError: if there was no batch, or only one and the error is that over the law.
        """
        shares, scale = self._shares(), self._scale()
        return {name: self._term(torch.stack(rows) * scale, shares) for name, rows in self.means.items()}

    def meaning(self, meaning: str) -> str:
        """Add to what the terms mean what their standard errors do."""
        return f"{meaning}{self._tails()}; {_COVERS[self.error]}"

    def _shares(self) -> Tensor:
        least = 2 if self.error == "law" else 1
        if self.event is None or len(self.sizes) < least:
            few = "at least two batches" if least == 2 else "at least one batch"
            raise ValueError(f"{self.where}: expected {few}, got {len(self.sizes)}")
        return torch.tensor(self.sizes, dtype=torch.float64) / sum(self.sizes)

    def _scale(self) -> float:
        assert self.event is not None
        return 1 / nats_per_bit(self.event.numel()) if self.unit == "bits/dim" else 1.0

    def _tails(self) -> str:
        if self.carried.by >= ENOUGH:
            return ""
        return f"; the error of the total is carried by {self.carried}, too few to be trusted"

    def _term(self, means: Tensor, w: Tensor) -> Term:
        """Return the mean and its standard error, of means (batches, repeats) with the shares w (batches,)."""
        of_batch = means.mean(dim=1)
        value = (w * of_batch).sum()
        if self.error == "data":
            variance = (torch.square(w) * means.var(dim=1)).sum() / self.repeats
        else:
            variance = (torch.square(w * (of_batch - value))).sum() / (1 - torch.square(w).sum())
        return Term(float(value), math.sqrt(float(variance)), self.unit)


def of_batches(where: str, batches: object) -> None:
    """Require batches to go through, and not one tensor, whose events would each be taken for a batch.

    Raises:
        ValueError: if they are one tensor, or cannot be gone through.
    """
    if isinstance(batches, Tensor):
        raise ValueError(
            f"{where}: expected batches, as a list of tensors (batch, *event), got one tensor {tuple(batches.shape)}: "
            "give it in a list"
        )
    several(where, batches=batches)


def of_levels(where: str, batch: Tensor, levels: Tensor) -> None:
    """Require integers in [0, K); this looks at the values.

    Raises:
        ValueError: if the batch is not integer, or a level is outside [0, K).
    """
    instance(where, Tensor, batch=batch)
    if batch.is_floating_point() or batch.dtype == torch.bool:
        raise ValueError(
            f"{where}: expected batches of integer levels, got {batch.dtype}; without levels, the data are real"
        )
    low, high = (int(a) for a in torch.aminmax(batch)) if batch.numel() else (0, 0)
    if low < 0 or high >= len(levels):
        raise ValueError(f"{where}: expected levels from 0 to {len(levels) - 1}, got {low} to {high}")
