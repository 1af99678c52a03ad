"""Procedures that make a random variable of a normal law, with the statements about its moments or density.

The name of this module begins with that of `law`, so that computations here are watched like those there.
"""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from sympy import Expr, Poly, Symbol, diff
from sympy.polys.polyerrors import BasePolynomialError

from derivations.form.base import Need, Part, Words, plainly_real
from derivations.form.statement import Equal
from derivations.probability.gaussian import Normal, given, law


class Generating(NamedTuple):
    """A law given by E exp(kappa v) for every kappa, or for every one but 0, where it is 1 whatever the law."""

    kappa: Symbol
    value: Expr


class Procedure(Protocol):
    """A way to make a random variable."""

    def parts(self, of: Symbol, law: "Normal | Generating") -> Iterator[Part]: ...
    def reads(self, of: Symbol) -> Iterator[Words]: ...
    def needs(self) -> Iterator[Need]: ...
    def binds(self) -> tuple[Symbol, ...]: ...
    def made_of(self) -> tuple[Expr, ...]: ...
    def faults(self, of: Symbol) -> Iterator[str]: ...


def moments(of: Symbol, made: Normal, stated: Normal) -> Iterator[Part]:
    """State the mean and the variance, which determine a normal law."""
    yield Part(f"the mean of {of}", Equal(made.mean, stated.mean))
    yield Part(f"the variance of {of}", Equal(made.var, stated.var))


class Made(NamedTuple):
    """The variable `expr`, linear in the independent standard normals `noise`."""

    expr: Expr
    noise: tuple[Symbol, ...]

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        return moments(of, law(self.expr, self.noise), law_)

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield Words(f"where {of} = ", self.expr)
        yield Words(normals(self.noise))

    def needs(self) -> Iterator[Need]:
        return iter(())  # a variance of something made is not negative

    def binds(self) -> tuple[Symbol, ...]:
        return self.noise

    def made_of(self) -> tuple[Expr, ...]:
        return (self.expr,)

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from linear(self.expr, self.noise)
        yield from random(of, self.noise, self.expr)


class Given(NamedTuple):
    """The variable `expr`, given that each of `on` has the value beside it; all are linear in the noise."""

    expr: Expr
    on: tuple[tuple[Expr, Expr], ...]
    noise: tuple[Symbol, ...]

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        return moments(of, given(self.expr, self.on, self.noise), law_)

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield Words(f"where {of} = ", self.expr)
        for made, value in self.on:
            yield Words(f"given that {value} = ", made)
        yield Words(normals(self.noise))

    def needs(self) -> Iterator[Need]:
        return iter(())  # a variance of something made is not negative

    def binds(self) -> tuple[Symbol, ...]:
        return self.noise

    def made_of(self) -> tuple[Expr, ...]:
        return (self.expr, *(e for pair in self.on for e in pair))

    def faults(self, of: Symbol) -> Iterator[str]:
        for e in (self.expr, *(made for made, _ in self.on)):
            yield from linear(e, self.noise)
            yield from random(of, self.noise, e)
        if any(value.has(*self.noise) for _, value in self.on):
            yield f"expected values free of the noise, got {[value for _, value in self.on]}"


class Through(NamedTuple):
    """A normal step from the variable `over`, which has the law `start`."""

    start: Normal
    over: Symbol
    step: Normal

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        slope = diff(self.step.mean, self.over)
        mean = self.step.mean.subs(self.over, 0) + slope * self.start.mean
        return moments(of, Normal(mean, self.step.var + slope**2 * self.start.var), law_)

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield from in_words(f"where {self.over} is normal", self.start)
        yield from in_words(f"and {of} given {self.over} is normal", self.step)

    def needs(self) -> Iterator[Need]:
        yield Need(self.start.var, ">= 0", f"the variance of {self.over}")
        yield Need(self.step.var, ">= 0", "the variance of a step")

    def binds(self) -> tuple[Symbol, ...]:
        return (self.over,)

    def made_of(self) -> tuple[Expr, ...]:
        return (*self.start, *self.step)

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from linear(self.step.mean, (self.over,))
        yield from random(of, (self.over,), self.step.mean)
        if self.step.var.has(self.over) or any(e.has(self.over) for e in self.start):
            yield f"expected a start and a variance free of {self.over}, got {self.start}, {self.step.var}"


class Weighed(NamedTuple):
    """The law with the density prior times exp(weight), over exp(norm); without `norm` its score is stated instead.

    In print it has the first of the names, given the values of `on`, and the prior has the second.
    """

    prior: Normal
    weight: Expr
    norm: Expr | None = None
    on: tuple[Symbol, ...] = ()
    names: tuple[str, str] = ("q", "q")

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        left, right = self.prior.log_density(of) + self.weight, law_.log_density(of)
        if self.norm is None:
            yield Part(f"the slope of the log density in {of}", Equal(diff(left, of), diff(right, of)))
        else:
            yield Part(f"the log density of {of}", Equal(left - self.norm, right))

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield from in_words("its density is that of the normal law", self.prior)
        yield Words("times exp of ", self.weight)
        yield Words("normalised") if self.norm is None else Words("over exp of ", self.norm)

    def needs(self) -> Iterator[Need]:
        yield Need(self.prior.var, "> 0", "the variance of a normal density")

    def binds(self) -> tuple[Symbol, ...]:
        return ()

    def made_of(self) -> tuple[Expr, ...]:
        return (*self.prior, self.weight, *(() if self.norm is None else (self.norm,)))

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from random(of, (of,), self.weight)
        if any(e.has(of) for e in self.prior) or (self.norm is not None and self.norm.has(of)):
            yield f"expected a prior and a normaliser free of {of}, got {self.prior}, {self.norm}"


def normals(noise: tuple[Symbol, ...]) -> str:
    return f"with independent standard normals {', '.join(map(str, noise))}"


def in_words(lead: str, q: Normal) -> Iterator[Words]:
    yield Words(f"{lead} with mean ", q.mean)
    yield Words("and variance ", q.var)


def linear(e: Expr, names: tuple[Symbol, ...]) -> Iterator[str]:
    if hiding := [str(v) for v in names if not plainly_real(v)]:
        yield f"expected noise that may be any real number, got {', '.join(hiding)}"
    try:
        if Poly(e, *names).total_degree() <= 1:
            return
    except BasePolynomialError:
        pass
    yield f"expected an expression linear in {', '.join(map(str, names))}, got {e}"


def random(of: Symbol, names: tuple[Symbol, ...], e: Expr) -> Iterator[str]:
    if not isinstance(of, Symbol) or (of in names and not plainly_real(of)):  # of a density, any real number
        yield f"expected a random variable by name, any real number, got {of}"
    if of not in names and e.has(of):
        yield f"expected {of} to be made of others, got {e}"
    if len(set(names)) < len(names):
        yield f"expected distinct random variables, got {names}"
    if not names or not e.has(*names):
        yield f"expected something random, got {e}, without {', '.join(map(str, names)) or 'noise'}"
