"""The law of a random variable, and the procedure that makes it.

A procedure is one of six: a process linear in independent standard normals; the same, given the values of others;
a step of known law from a start of known law; a normal density, weighed by a likelihood; a stochastic differential
equation; or a function of one uniform number, told piece by piece. Moments, densities and Fokker-Planck's equation
are computed from the procedure here, so a law can't be stated of a bare expression.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sympy import Add, Expr, Integral, Poly, S, Symbol, diff, exp, nan, oo, simplify, zoo
from sympy.polys.polyerrors import BasePolynomialError

from derivations.form.base import Form, Need, Part, Words, plainly_real
from derivations.form.statement import Equal
from derivations.probability.gaussian import Normal, given, law


class Generating(NamedTuple):
    """A law told by E exp(kappa v), for every kappa, or for every one but 0, where it is 1 whatever the law."""

    kappa: Symbol
    value: Expr


class Procedure(Protocol):
    """How a random variable is made."""

    def parts(self, of: Symbol, law: "Normal | Generating") -> Iterator[Part]: ...
    def reads(self, of: Symbol) -> Iterator[Words]: ...
    def needs(self) -> Iterator[Need]: ...
    def binds(self) -> tuple[Symbol, ...]: ...
    def made_of(self) -> tuple[Expr, ...]: ...
    def faults(self, of: Symbol) -> Iterator[str]: ...


def moments(of: Symbol, made: Normal, said: Normal) -> Iterator[Part]:
    """A normal law is settled by its mean and its variance."""
    yield Part(f"the mean of {of}", Equal(made.mean, said.mean))
    yield Part(f"the variance of {of}", Equal(made.var, said.var))


class Made(NamedTuple):
    """`expr`, linear in the independent standard normals `noise`."""

    expr: Expr
    noise: tuple[Symbol, ...]

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        return moments(of, law(self.expr, self.noise), law_)

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield Words(f"where {of} = ", self.expr)
        yield Words(_normals(self.noise))

    def needs(self) -> Iterator[Need]:
        return iter(())  # a variance of something made is not negative

    def binds(self) -> tuple[Symbol, ...]:
        return self.noise

    def made_of(self) -> tuple[Expr, ...]:
        return (self.expr,)

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from _linear(self.expr, self.noise)
        yield from _random(of, self.noise, self.expr)


class Given(NamedTuple):
    """`expr`, given that each of `on` has the value that stands beside it; all are linear in the noise."""

    expr: Expr
    on: tuple[tuple[Expr, Expr], ...]
    noise: tuple[Symbol, ...]

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        return moments(of, given(self.expr, self.on, self.noise), law_)

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield Words(f"where {of} = ", self.expr)
        for made, value in self.on:
            yield Words(f"given that {value} = ", made)
        yield Words(_normals(self.noise))

    def needs(self) -> Iterator[Need]:
        return iter(())  # a variance of something made is not negative

    def binds(self) -> tuple[Symbol, ...]:
        return self.noise

    def made_of(self) -> tuple[Expr, ...]:
        return (self.expr, *(e for pair in self.on for e in pair))

    def faults(self, of: Symbol) -> Iterator[str]:
        for e in (self.expr, *(made for made, _ in self.on)):
            yield from _linear(e, self.noise)
            yield from _random(of, self.noise, e)
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
        yield from _normal(f"where {self.over} is normal", self.start)
        yield from _normal(f"and {of} given {self.over} is normal", self.step)

    def needs(self) -> Iterator[Need]:
        yield Need(self.start.var, ">= 0", f"the variance of {self.over}")
        yield Need(self.step.var, ">= 0", "the variance of a step")

    def binds(self) -> tuple[Symbol, ...]:
        return (self.over,)

    def made_of(self) -> tuple[Expr, ...]:
        return (*self.start, *self.step)

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from _linear(self.step.mean, (self.over,))
        yield from _random(of, (self.over,), self.step.mean)
        if self.step.var.has(self.over) or any(e.has(self.over) for e in self.start):
            yield f"expected a start and a variance free of {self.over}, got {self.start}, {self.step.var}"


class Weighed(NamedTuple):
    """The law with a density of prior times exp(weight), over exp(norm); without a norm it is told by its score."""

    prior: Normal
    weight: Expr
    norm: Expr | None = None

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        left, right = self.prior.log_density(of) + self.weight, law_.log_density(of)
        if self.norm is None:
            yield Part(f"the slope of the log-density in {of}", Equal(diff(left, of), diff(right, of)))
        else:
            yield Part(f"the log-density of {of}", Equal(left - self.norm, right))

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield from _normal("its density is that of the normal law", self.prior)
        yield Words("times exp of ", self.weight)
        yield Words("normalised") if self.norm is None else Words("over exp of ", self.norm)

    def needs(self) -> Iterator[Need]:
        yield Need(self.prior.var, "> 0", "the variance of a normal density")

    def binds(self) -> tuple[Symbol, ...]:
        return ()

    def made_of(self) -> tuple[Expr, ...]:
        return (*self.prior, self.weight, *(() if self.norm is None else (self.norm,)))

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from _random(of, (of,), self.weight)
        if any(e.has(of) for e in self.prior) or (self.norm is not None and self.norm.has(of)):
            yield f"expected a prior and a normaliser free of {of}, got {self.prior}, {self.norm}"


class Diffused(NamedTuple):
    """d of = drift dt + g dw, with g^2 = `g2`.

    `rates` are the slopes in time of the parameters of the law, and its other parameters are `constant`.
    """

    drift: Expr
    g2: Expr
    rates: Mapping[Symbol, Expr]
    constant: tuple[Symbol, ...] = ()

    def parts(self, of: Symbol, law_: Normal) -> Iterator[Part]:
        log_p = law_.log_density(of)
        score, bend = diff(log_p, of), diff(log_p, of, 2)
        rate = Add(*(diff(log_p, v) * slope for v, slope in self.rates.items()))
        flow = -diff(self.drift, of) - self.drift * score + self.g2 / 2 * (score**2 + bend)
        yield Part("Fokker-Planck's equation, over the density", Equal(rate, flow))

    def reads(self, of: Symbol) -> Iterator[Words]:
        yield Words(f"at every t, where d{of} = f dt + g dw with f = ", self.drift)
        yield Words("and g^2 = ", self.g2)
        for v, slope in self.rates.items():
            yield Words(f"as d{v}/dt = ", slope)
        if self.constant:
            yield Words(f"for constant {', '.join(map(str, self.constant))}")

    def needs(self) -> Iterator[Need]:
        yield Need(self.g2, ">= 0", "the square of what multiplies the noise")

    def binds(self) -> tuple[Symbol, ...]:
        return ()

    def made_of(self) -> tuple[Expr, ...]:
        return (self.drift, self.g2, *self.rates.values())

    def faults(self, of: Symbol) -> Iterator[str]:
        yield from _random(of, (of,), self.drift)
        if self.g2.has(of) or any(slope == 0 for slope in self.rates.values()) or not self.rates:
            yield f"expected noise free of {of} and slopes in time, got {self.g2}, {dict(self.rates)}"
        if any(slope.has(of) for slope in self.rates.values()):
            yield f"expected slopes in time free of {of}, got {dict(self.rates)}"

    def unclear(self, law_: Normal) -> Iterator[str]:
        """Each parameter of the law moves at a rate, or is constant, and nothing else does."""
        parameters = {v for e in law_ for v in e.free_symbols}
        moved = [*self.rates, *self.constant]
        if len(set(moved)) < len(moved) or set(moved) != parameters:
            told = ", ".join(sorted(map(str, parameters)))
            yield f"expected a rate of each parameter of the law ({told}), or that it is constant, got {moved}"


class Pieces(NamedTuple):
    """A function of `uniform` on (0, 1), told from each end to the next: (expr, low, high), ..."""

    uniform: Symbol
    pieces: tuple[tuple[Expr, Expr, Expr], ...]

    def parts(self, of: Symbol, law_: Generating) -> Iterator[Part]:
        u = self.uniform
        mean = Add(*(Integral(exp(law_.kappa * e), (u, low, high)) for e, low, high in self.pieces))
        yield Part(f"E exp({law_.kappa} {of})", Equal(mean, law_.value))

    def reads(self, of: Symbol) -> Iterator[Words]:
        for e, low, high in self.pieces:
            yield Words(f"where, for {self.uniform} from {low} to {high}, {of} = ", e)
        yield Words(f"and {self.uniform} is uniform on (0, 1)")

    def needs(self) -> Iterator[Need]:
        for _, low, high in self.pieces:
            yield Need(high - low, ">= 0", f"the length of a piece of {self.uniform}")

    def binds(self) -> tuple[Symbol, ...]:
        return (self.uniform,)

    def made_of(self) -> tuple[Expr, ...]:
        return ()  # its integrals show all

    def faults(self, of: Symbol) -> Iterator[str]:
        ends = [S.Zero, *(high for _, _, high in self.pieces)]
        if ends[:-1] != [low for _, low, _ in self.pieces] or ends[-1] != 1:
            yield f"expected pieces from 0 to 1 without a gap, got {[p[1:] for p in self.pieces]}"
        for e, low, high in self.pieces:
            yield from _random(of, (self.uniform,), e)
            if low.has(self.uniform) or high.has(self.uniform):
                yield f"expected ends free of {self.uniform}, got {low}, {high}"

    def unclear(self, law_: Generating) -> Iterator[str]:
        """The argument of the generating function is a number of its own, any real one, and at 0 the value is 1."""
        kappa = law_.kappa
        if not plainly_real(kappa):
            yield f"expected an argument of E exp(kappa v) that may be any real number, got {kappa}"
            return
        if kappa == self.uniform or any(e.has(kappa) for piece in self.pieces for e in piece):
            yield f"expected pieces free of {kappa}, got {self.pieces}"
        if not law_.value.has(kappa):
            yield f"expected E exp({kappa} v) to depend on {kappa}, got {law_.value}"
        at_0 = law_.value.subs(kappa, 0)
        if not at_0.has(nan, zoo, oo) and at_0 != 1 and simplify(at_0) != 1:
            yield f"expected E exp({kappa} v) to be 1 at {kappa} = 0, got {at_0}"


@dataclass(frozen=True)
class Law(Form):
    """The random variable `of`, made as `how` says, has the law `law`."""

    of: Symbol
    how: Procedure
    law: Normal | Generating

    def parts(self) -> tuple[Part, ...]:
        return tuple(self.how.parts(self.of, self.law))

    def reads(self) -> tuple[Words, ...]:
        if isinstance(self.law, Normal):
            head = tuple(_normal(f"{self.of} is normal", self.law))
        else:
            head = (Words(f"the law of {self.of} is that with E exp({self.law.kappa} {self.of}) = ", self.law.value),)
        return (*head, *self.how.reads(self.of))

    def needs(self) -> Iterator[Need]:
        yield from self.how.needs()
        if isinstance(self.how, Weighed | Diffused) and isinstance(self.law, Normal):
            yield Need(self.law.var, "> 0", f"the variance of {self.of}")

    def binds(self) -> tuple[Symbol, ...]:
        return (self.of, *self.how.binds(), *((self.law.kappa,) if isinstance(self.law, Generating) else ()))

    def made_of(self) -> Iterator[Expr]:
        yield from self.how.made_of()

    def faults(self) -> Iterator[str]:
        yield from self.how.faults(self.of)
        if isinstance(self.law, Generating) != isinstance(self.how, Pieces):
            yield f"expected a normal law, or E exp(kappa {self.of}) of a function of a uniform number, got {self.law}"
            return
        if isinstance(self.how, Diffused | Pieces):
            yield from self.how.unclear(self.law)  # type: ignore[arg-type]
        if any(e.has(self.of) for e in self.law):
            yield f"expected a law free of its own variable {self.of}, got {self.law}"
        made_from = self.how.binds()
        if self.of in made_from:
            yield f"expected {self.of} to be made of others, got {', '.join(map(str, made_from))}"
        if made_from and any(e.has(*made_from) for e in self.law):
            yield f"expected a law free of the noise, got {self.law}"


def _normals(noise: tuple[Symbol, ...]) -> str:
    return f"with independent standard normals {', '.join(map(str, noise))}"


def _normal(lead: str, q: Normal) -> Iterator[Words]:
    yield Words(f"{lead} with mean ", q.mean)
    yield Words("and variance ", q.var)


def _linear(e: Expr, names: tuple[Symbol, ...]) -> Iterator[str]:
    if hiding := [str(v) for v in names if not plainly_real(v)]:
        yield f"expected noise that may be any real number, got {', '.join(hiding)}"
    try:
        if Poly(e, *names).total_degree() <= 1:
            return
    except BasePolynomialError:
        pass
    yield f"expected an expression linear in {', '.join(map(str, names))}, got {e}"


def _random(of: Symbol, names: tuple[Symbol, ...], e: Expr) -> Iterator[str]:
    if not isinstance(of, Symbol) or (of in names and not plainly_real(of)):  # of a density, any real number
        yield f"expected a random variable by name, any real number, got {of}"
    if of not in names and e.has(of):
        yield f"expected {of} to be made of others, got {e}"
    if len(set(names)) < len(names):
        yield f"expected random variables that are all different, got {names}"
    if not names or not e.has(*names):
        yield f"expected something random, got {e}, without {', '.join(map(str, names)) or 'noise'}"
