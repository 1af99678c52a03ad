"""The law of a random variable, and the procedure that makes it.

A procedure is one of six: a process linear in independent standard normals; the same, given the values of others;
a step of known law from a start of known law; a normal density, weighed by a likelihood; a stochastic differential
equation; or a function of one uniform number, given piece by piece. Moments, densities and the Fokker-Planck equation
are computed here from the procedure, so a law can't be stated for a bare expression.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sympy import Add, Expr, Integral, S, Symbol, cancel, diff, exp, expand, nan, oo, together, zoo

from derivations.form.base import Form, Need, Part, Words, plainly_real
from derivations.form.laws import Generating, Given, Made, Procedure, Through, Weighed, in_words, random
from derivations.form.statement import Equal
from derivations.probability.gaussian import Normal

__all__ = ["Diffused", "Generating", "Given", "Law", "Made", "Pieces", "Procedure", "Through", "Weighed"]


class Diffused(NamedTuple):
    """The process with d of = drift dt + g dw, where g^2 = `g2`.

    `rates` are the slopes in time of the law's parameters; its other parameters are `constant`.
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
        yield from random(of, (of,), self.drift)
        if self.g2.has(of) or any(slope == 0 for slope in self.rates.values()) or not self.rates:
            yield f"expected noise free of {of} and slopes in time, got {self.g2}, {dict(self.rates)}"
        if any(slope.has(of) for slope in self.rates.values()):
            yield f"expected slopes in time free of {of}, got {dict(self.rates)}"

    def unclear(self, law_: Normal) -> Iterator[str]:
        """Require a rate for each parameter of the law, or that it is constant, and no others."""
        parameters = {v for e in law_ for v in e.free_symbols}
        moved = [*self.rates, *self.constant]
        if len(set(moved)) < len(moved) or set(moved) != parameters:
            names = ", ".join(sorted(map(str, parameters)))
            yield f"expected a rate of each parameter of the law ({names}), or that it is constant, got {moved}"


class Pieces(NamedTuple):
    """A function of `uniform` on (0, 1), given by pieces (expr, low, high), each from one end to the next."""

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
        return ()  # its integrals show everything

    def faults(self, of: Symbol) -> Iterator[str]:
        ends = [S.Zero, *(high for _, _, high in self.pieces)]
        if ends[:-1] != [low for _, low, _ in self.pieces] or ends[-1] != 1:
            yield f"expected pieces from 0 to 1 without a gap, got {[p[1:] for p in self.pieces]}"
        for e, low, high in self.pieces:
            yield from random(of, (self.uniform,), e)
            if low.has(self.uniform) or high.has(self.uniform):
                yield f"expected ends free of {self.uniform}, got {low}, {high}"

    def unclear(self, law_: Generating) -> Iterator[str]:
        """Require an argument of the generating function that is any real number of its own, and the value 1 at 0."""
        kappa = law_.kappa
        if not plainly_real(kappa):
            yield f"expected an argument of E exp(kappa v) that may be any real number, got {kappa}"
            return
        if kappa == self.uniform or any(e.has(kappa) for piece in self.pieces for e in piece):
            yield f"expected pieces free of {kappa}, got {self.pieces}"
        if not law_.value.has(kappa):
            yield f"expected E exp({kappa} v) to depend on {kappa}, got {law_.value}"
        at_0 = law_.value.subs(kappa, 0)
        if not at_0.has(nan, zoo, oo) and cancel(together(expand(at_0))) != 1:
            yield f"expected E exp({kappa} v) to be 1 at {kappa} = 0, got {at_0}"


@dataclass(frozen=True)
class Law(Form):
    """The random variable `of`, made by the procedure `how`, has the law `law`."""

    computes = True

    of: Symbol
    how: Procedure
    law: Normal | Generating

    def parts(self) -> tuple[Part, ...]:
        return tuple(self.how.parts(self.of, self.law))

    def reads(self) -> tuple[Words, ...]:
        if isinstance(self.law, Normal):
            head = tuple(in_words(f"{self.of} is normal", self.law))
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
