"""An experiment: a primitive process to run, and what a claim's answer predicts of it.

The process is written step by step, as in a paper, from standard normals `n_i`, uniforms
`u_i` and equally likely steps 1..T; it never contains the closed form that it tests. A check
names a statistic whose law under the answer is exact, or bounded without asymptotics.

An experiment is worth what it would reject. Each field of the answer on which a check depends must be seen: changed by
SEEN either way, some check rejects it with a stated power. A larger size stands in `detects`, with the reason.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sympy import Expr, Integer, Rational, Symbol

SEEN = Rational(1, 10)  # a field changed by this share must be rejected
LARGEST = Rational(1, 2)  # ... or by a stated share: no experiment is blind to a factor of 2


class Residual(NamedTuple):
    """Given the `given` variables, of which alone its law may speak, `of` has the answer's normal law.

    Tested by the mean of (of - mean)/sd and by its product with each given variable (both exactly normal) and by
    its sum of squares (exactly chi-squared). With `where`, only of the samples at which that is positive.
    """

    of: Expr
    law: Callable[[Any], Any]  # answer -> Normal
    given: tuple[Expr, ...] = ()
    where: Expr | None = None


class Mean(NamedTuple):
    """The answer's value is the mean of `of`.

    Tested by Catoni's sum, which needs a bound of E (of - value)^2 and no more. The engine proves one; a standard
    deviation `sd` that is stated replaces it where it is larger, and is refused where it is smaller.
    """

    of: Expr
    value: Callable[[Any], Expr]
    sd: float | None = None


class Chance(NamedTuple):
    """The answer's value is the probability that `of` is positive, given the `given` variables: counted, exactly.

    Without noise in the value the count is binomial. Else it is a sum of independent events of known chances, each
    weighed with `weigh`, a function of what is given; Chernoff's bound is of its own generating function.
    """

    of: Expr
    value: Callable[[Any], Expr]
    given: tuple[Expr, ...] = ()
    weigh: Expr = Integer(1)


Check = Residual | Mean | Chance


class Size(NamedTuple):
    """The share by which a field must be off to be seen, where SEEN is too little to ask, and why it is.

    `added` is for a field without a scale, such as an answer of 0: the size is then added and not a share.
    """

    by: Any  # a rational
    why: str
    added: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)  # one experiment is equal to itself only, so its sample can be kept
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

    @property
    def noise(self) -> tuple[Symbol, ...]:
        return (*self.normals, *self.uniforms, *self.steps)

    def faults(self, fields: Sequence[str]) -> Iterator[str]:
        """What keeps it from being run, each in a sentence."""
        names = [*self.noise, *(v for v, _ in self.process)]
        if twice := {str(v) for v in names if names.count(v) > 1}:
            yield f"the experiment makes {', '.join(sorted(twice))} twice"
        if not self.checks:
            yield "the experiment checks nothing"
        if self.size < 2:
            yield f"expected a sample of at least 2, got {self.size}"
        for name, size in self.detects.items():
            if name not in fields:
                yield f"a size is stated for {name}, which is no field of the answer"
            if not size.why.strip():
                yield f"the size at which {name} is seen is stated without a reason"
            if not size.by > 0 or (size.by > LARGEST and not size.added):
                yield f"expected a size of {name} above 0 and at most {LARGEST}, got {size.by}"
