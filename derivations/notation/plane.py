"""Normal laws in the plane, and densities that move there: log-densities, divergences, and Fokker-Planck's equation."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from sympy import Basic, Expr, ImmutableMatrix, Matrix, Tuple, log, pi
from sympy.core.symbol import Str

from derivations.notation.arranged import SLOPE
from derivations.notation.named import Existing, Named
from derivations.notation.names import RESERVED
from derivations.notation.phrases import Entries, Label, in_latex
from derivations.notation.wheres import Where
from derivations.obligations.obligation import Obligation
from derivations.probability.expected import Expected


def log_density_2(z: Matrix, m: Matrix, low: Matrix) -> Expr:
    """log N(z; m, L L^T): the change of variables w = L^-1 (z - m), forward substitution written out."""
    first = (z[0] - m[0]) / low[0, 0]
    second = (z[1] - m[1] - low[1, 0] * first) / low[1, 1]
    return -(first**2 + second**2) / 2 - log(low[0, 0] * low[1, 1]) - log(2 * pi)


class PlaneNormal(Existing):
    """N(m, S) in the plane, by its mean and the Cholesky factor of S, in the names of both."""

    def __new__(cls, mean: Matrix, low: Matrix, names: Tuple | tuple[str, str]) -> "PlaneNormal":
        called = Tuple(*(Str(str(n)) for n in names))
        if taken := {str(n) for n in names} & (RESERVED | {"0", "I"}):
            raise ValueError(f"expected names of a mean and a covariance, got {', '.join(taken)}, which are others")
        return Basic.__new__(cls, ImmutableMatrix(mean), ImmutableMatrix(low), called)

    @property
    def mean(self) -> Matrix:
        return Matrix(self.args[0])

    @property
    def low(self) -> Matrix:
        return Matrix(self.args[1])

    @property
    def cov(self) -> Matrix:
        return self.low * self.low.T

    def needs(self) -> Iterator[Obligation]:
        yield Obligation(self.low.det(), "!= 0", "the determinant of a factor of a covariance")

    @property
    def names(self) -> tuple[str, str]:
        return tuple(map(str, self.args[2].args))  # type: ignore[return-value]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def where(self) -> Iterator[Where]:
        """Mean and covariance."""
        for name, value in zip(self.names, (self.mean, self.cov), strict=True):
            yield Where(Label(name), Entries(*value.tolist()))

    def _sympystr(self, printer: Any) -> str:
        return f"N({', '.join(self.names)})"

    def _latex(self, printer: Any) -> str:
        return f"\\mathcal{{N}}({', '.join(map(in_latex, self.names))})"


class OfPlane(Named):
    """Something of two normal laws q and p of the plane."""

    def __new__(cls, q: PlaneNormal, p: PlaneNormal, *more: Basic) -> "OfPlane":
        return Expr.__new__(cls, q, p, *more)

    @property
    def laws(self) -> tuple[PlaneNormal, PlaneNormal]:
        return self.args[:2]  # type: ignore[return-value]

    @property
    def shown(self) -> tuple[Basic, ...]:
        return self.args[:2]

    text = latex = ""  # with the names of means and covariances

    def _written(self, form: str, write: Callable[[str], str] = str) -> str:
        (m_q, s_q), (m_p, s_p) = (map(write, law.names) for law in self.laws)
        return form.format(m_q=m_q, s_q=s_q, m_p=m_p, s_p=s_p)

    def _sympystr(self, printer: Any) -> str:
        return self._written(self.text)

    def _latex(self, printer: Any) -> str:
        return self._written(self.latex, in_latex)


class PlaneDivergence(OfPlane):
    """KL(q || p) = E_q[log q - log p], over z = m + L n."""

    text = "KL(N({m_q}, {s_q}) || N({m_p}, {s_p}))"
    latex = "D_{{\\mathrm{{KL}}}}(\\mathcal{{N}}({m_q}, {s_q}) \\,\\|\\, \\mathcal{{N}}({m_p}, {s_p}))"

    def meaning(self) -> Expr:
        (q, p), noise = self.laws, self.args[2:]
        if any(e.free_symbols & set(noise) for law in (q, p) for m in (law.mean, law.low) for e in m):
            raise ValueError(f"expected laws without {noise}, which the divergence is a mean over, got {q}, {p}")
        drawn = q.mean + q.low * Matrix(noise)
        return Expected(log_density_2(drawn, q.mean, q.low) - log_density_2(drawn, p.mean, p.low), *noise)  # type: ignore[arg-type]


class LogDeterminants(OfPlane):
    """log(det S_p / det S_q)."""

    text = "log(det {s_p} / det {s_q})"
    latex = "\\log \\frac{{\\det {s_p}}}{{\\det {s_q}}}"

    def meaning(self) -> Expr:
        q, p = self.laws
        return log(p.cov.det() / q.cov.det())  # type: ignore[no-any-return]


class TraceOfRatio(OfPlane):
    """tr(S_p^-1 S_q)."""

    text = "tr({s_p}^-1 {s_q})"
    latex = "\\operatorname{{tr}}({s_p}^{{-1}} {s_q})"

    def meaning(self) -> Expr:
        q, p = self.laws
        return (p.cov.inv() * q.cov).trace()  # type: ignore[no-any-return]


class SquaredDistance(OfPlane):
    """(m_p - m_q)^T S_p^-1 (m_p - m_q)."""

    text = "({m_p} - {m_q})^T {s_p}^-1 ({m_p} - {m_q})"
    latex = "({m_p} - {m_q})^T {s_p}^{{-1}} ({m_p} - {m_q})"

    def meaning(self) -> Expr:
        q, p = self.laws
        step = p.mean - q.mean
        return (step.T * p.cov.inv() * step)[0, 0]  # type: ignore[no-any-return]


OF = re.compile(r"[A-Za-z]\w*\((\w+)(?: \| \w+)?\)", re.ASCII)


class PlaneLogDensity(Named):
    """The log-density of a normal law of the plane at z, by its name: log q(z | x)."""

    rank = SLOPE

    def __new__(cls, name: str | Str, z: Matrix, law: PlaneNormal) -> "PlaneLogDensity":
        if not OF.fullmatch(str(name)):
            raise ValueError(f"expected the name of a density as q(z | x), got {name}")
        return Expr.__new__(cls, Str(str(name)), ImmutableMatrix(z), law)

    @property
    def shown(self) -> tuple[Basic, ...]:
        return ()

    def meaning(self) -> Expr:
        _, z, law = self.args
        return log_density_2(Matrix(z), law.mean, law.low)  # type: ignore[attr-defined]

    def where(self) -> Iterator[Where]:
        """The law, and the coordinates of the variable that its name has."""
        yield Where(Label(self.args[0]), self.args[2])
        yield Where(Label(OF.sub(r"\1", str(self.args[0]))), Entries(*Matrix(self.args[1]).tolist()))
        yield from self.args[2].where()  # type: ignore[attr-defined]

    def _sympystr(self, printer: Any) -> str:
        return f"log {self.args[0]}"

    def _latex(self, printer: Any) -> str:
        return f"\\log {printer.doprint(Label(self.args[0]))}"
