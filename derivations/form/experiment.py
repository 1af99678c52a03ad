"""Experiments: a primitive process to run, and what a claim's answer predicts about it.

The process is written step by step, as in a paper, from standard normals `n_i`, uniforms
`u_i` and equally likely steps 1..T; it never contains the closed form that it tests. A check
names a statistic whose law under the answer is exact, or bounded without asymptotics.

An experiment is worth what it would reject. If a field of the answer on which a check depends is changed by SEEN either
way, some check must reject it with the required power. A larger size is stated in `detects`, with the reason.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import Expr, Integer, Rational, Symbol

SEEN = Rational(1, 10)  # a field changed by this share must be rejected
LARGEST = Rational(1, 2)  # the largest share that may be stated instead: none is blind to a factor of 2


class Residual(NamedTuple):
    """Given the variables `given`, the only ones that its law may contain, `of` has the answer's normal law.

    The tests are the mean of (of - mean)/sd and its product with each given variable (both exactly normal), and its sum
    of squares (exactly chi-squared). With `where`, they use only the samples at which that is positive.
    """

    of: Expr
    law: Callable[[Any], Any]  # answer -> Normal
    given: tuple[Expr, ...] = ()
    where: Expr | None = None


class Mean(NamedTuple):
    """The answer's value is the mean of `of`.

    The test is Catoni's sum, which needs only a bound of E (of - value)^2. The engine proves one; a stated standard
    deviation `sd` replaces it if it is larger, and is refused if it is smaller.
    """

    of: Expr
    value: Callable[[Any], Expr]
    sd: float | None = None


class Chance(NamedTuple):
    """The answer's value is the probability that `of` is positive, given the variables `given`.

    If the value contains no noise, the count is exactly binomial. Otherwise it is a sum of independent events of known
    chances, each weighed by `weigh`, a function of what is given, with Chernoff's bound for exactly these.
    """

    of: Expr
    value: Callable[[Any], Expr]
    given: tuple[Expr, ...] = ()
    weigh: Expr = Integer(1)


Check = Residual | Mean | Chance


class Size(NamedTuple):
    """The share by which a field must be off to be detected, where SEEN would be too little, and the reason.

    With `added`, for a field without a scale such as an answer of 0, the size is added and not a share.
    """

    by: Any  # a rational
    why: str
    added: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)  # equal to itself only, so that its sample can be kept
class Experiment:
    process: tuple[tuple[Symbol, Expr], ...]  # in order; each from noise, parameters and earlier ones
    checks: tuple[Check, ...]
    at: Mapping[Symbol, Any] = field(default_factory=dict)  # parameters; the claim's example if empty
    normals: tuple[Symbol, ...] = ()
    uniforms: tuple[Symbol, ...] = ()
    steps: Mapping[Symbol, int] = field(default_factory=dict)  # equally likely integers 1..T
    twins: tuple[str, ...] = ()  # wrong answers it must reject; all if empty
    size: int = 100_000
    detects: Mapping[str, Size] = field(default_factory=dict)  # by field of the answer

    def derived(self) -> dict[Symbol, Expr]:
        """Return what the process makes of parameters alone, written out: abar = (1 - b_1) (1 - b_2)."""
        random, found = set(self.noise), dict[Symbol, Expr]()
        for v, made in self.process:
            if made.free_symbols & random:
                random.add(v)
            else:
                found[v] = made.xreplace(found)  # type: ignore[assignment]
        return found

    @property
    def noise(self) -> tuple[Symbol, ...]:
        return (*self.normals, *self.uniforms, *self.steps)

    def faults(self, fields: Sequence[str]) -> Iterator[str]:
        """Yield what keeps the experiment from being run, one sentence each."""
        names = [*self.noise, *(v for v, _ in self.process)]
        if twice := {str(v) for v in names if names.count(v) > 1}:
            yield f"expected an experiment that makes each variable once, got {', '.join(sorted(twice))} twice"
        if not self.checks:
            yield "expected an experiment with a check, got none"
        if self.size < 2:
            yield f"expected a sample of at least 2, got {self.size}"
        for name, size in self.detects.items():
            if name not in fields:
                yield f"expected a size for a field of the answer, got one for {name}"
            if not size.why.strip():
                yield f"expected a reason for the size at which {name} is detected, got none"
            if not size.by > 0 or (size.by > LARGEST and not size.added):
                yield f"expected a size of {name} above 0 and at most {LARGEST}, got {size.by}"
