"""A function of the noise of an experiment, and the integrals of its parts over cells of the uniform numbers.

The cube of the uniform numbers is cut where the function turns (`turns`). In each cell it is a polynomial in the
normals with a bounded rest (`noise`, `majorant`), and the moments of normals are known. A cell without a rest is
integrated over its uniform number by Arb's rigorous quadrature, any other cell box by box.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from flint import acb, arb
from sympy import Expr, Piecewise, Symbol

from derivations.arithmetic.ball import Imprecise
from derivations.engines.majorant import Model, Poly, main_mean, mean_square, rest_square, span
from derivations.engines.noise import At, Place
from derivations.engines.turns import Box, Cut, Unbounded, rational
from derivations.form.experiment import Experiment

BITS, DIGITS = 64, 12  # bits of balls, and bits to which a quadrature is carried
EVALUATIONS = 2000  # of a polynomial's coefficients, for one cell
HALVINGS = 12  # of a box in which a ball is too wide for a quotient

Ends = tuple[arb, arb] | None
Steps = Mapping[Symbol, int]


class Sums(NamedTuple):
    """E main, E main^2 and a bound of E rest^2 over a part or all of the noise, and the ends of f, if it has any."""

    first: arb
    second: arb
    rest: arb
    ends: Ends = None

    @property
    def width(self) -> float:
        return float(self.second.upper() - self.second.lower())

    @property
    def spread(self) -> float:
        """Roughly the variance of main, plus E rest^2."""
        return max(float(self.second) - float(self.first) ** 2, 0.0) + float(self.rest)


Piece = tuple[Box, Steps, Sums]


@dataclass(frozen=True)
class Integrand:
    """A function f, and the noise that it depends on."""

    experiment: Experiment
    at: At
    f: Expr
    moving: frozenset[Symbol] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moving", _moving(self.experiment, self.f))

    def model(self, box: Box, steps: Steps, point: Mapping[Symbol, Any]) -> Model:
        return Place(self.experiment, self.at, box, steps, point).model(self.f)

    def weight(self, box: Box) -> arb:
        sides = prod((high - low for low, high in box.values()), start=Fraction(1))
        return rational(sides / prod(self.experiment.steps.values()))

    def cells(self, box: Box, steps: Steps) -> Iterator[Piece]:
        """Yield the parts of a box in which nothing turns, each with its sums."""
        middle = {u: rational((low + high) / 2) for u, (low, high) in box.items()}
        try:
            smooth = not self.model(box, steps, middle).rest and len(self.moving) == 1
        except Cut as cut:
            for part in cut.boxes(box):
                yield from self.cells(part, steps)
            return
        except ArithmeticError:  # no number in the middle
            smooth = False
        sums = self.quadrature(box, steps) if smooth else None
        if sums is not None:
            yield box, steps, sums
        else:
            yield from self.boxed(box, steps, HALVINGS)

    def quadrature(self, box: Box, steps: Steps) -> Sums | None:
        """Integrate over the one uniform number that moves, by Arb; both integrals need much the same points."""
        (u,) = self.moving
        low, high = (acb(rational(end)) for end in box[u])
        inside = self.weight(box | {u: (Fraction(0), Fraction(1))})
        polynomials: dict[str, Poly | None] = {}

        def polynomial(z: acb) -> Poly | None:
            try:
                main, rest = self.model(box, steps, {u: z})
                return None if rest else main
            except (ArithmeticError, TypeError, ValueError):  # Arb's loop can't pass an exception on
                return None

        def integral(moment: Callable[[Poly], acb]) -> arb:
            def integrand(z: acb, _: bool) -> acb:
                name = repr(z)  # exact
                if name not in polynomials:
                    polynomials[name] = polynomial(z)
                main = polynomials[name]
                return acb("nan") if main is None else acb(moment(main))

            relative, absolute = arb(2) ** -DIGITS, arb(2) ** -BITS
            return acb.integral(integrand, low, high, rel_tol=relative, abs_tol=absolute, eval_limit=EVALUATIONS).real

        first, second = integral(main_mean), integral(mean_square)
        return Sums(inside * first, inside * second, arb(0)) if second.is_finite() and first.is_finite() else None

    def boxed(self, box: Box, steps: Steps, more: int) -> Iterator[Piece]:
        """Yield sums that hold on a whole box; halve it where a ball is too wide for a quotient or a logarithm."""
        try:
            model = self.model(box, steps, {})
            square = mean_square(model.main)
            if not square.is_finite():
                raise Imprecise("no finite ball")
        except ArithmeticError as fault:
            if not self.moving or not more:
                raise Unbounded(f"no bound of {self.f}: {fault}") from fault
            for half in self.halves(box):
                yield from self.boxed(half, steps, more - 1)
        else:
            weight = self.weight(box)
            first, rest = main_mean(model.main), rest_square(model.rest)
            yield box, steps, Sums(weight * first, weight * square, weight * rest, span(model))

    def halves(self, box: Box) -> Iterator[Box]:
        """Yield both halves of the box, cut along the longest of the sides that matter."""
        u = max(sorted(self.moving, key=str), key=lambda u: box[u][1] - box[u][0])
        low, high = box[u]
        middle = (low + high) / 2
        yield box | {u: (low, middle)}
        yield box | {u: (middle, high)}


def _moving(experiment: Experiment, f: Expr) -> frozenset[Symbol]:
    """Return the uniform numbers on which f depends other than through the threshold of a `Piecewise`."""
    made = dict(experiment.process)
    ahead, seen = [f], set[Symbol]()
    while ahead:
        e = ahead.pop()
        if isinstance(e, Piecewise):
            ahead += [branch for branch, _ in e.args]  # type: ignore[misc]
        elif e.args:
            ahead += e.args  # type: ignore[arg-type]
        elif isinstance(e, Symbol) and e not in seen:
            seen.add(e)
            ahead += [made[e]] if e in made else []
    return frozenset(seen & set(experiment.uniforms))
