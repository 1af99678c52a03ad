"""An expectation over a stated law: of independent standard normals, or of a variable with finitely many values.

`Expected(g, n_1, n_2)` is the mean of a polynomial g in standard normals. `Expected(g, (v, ((a, p), (b, q))))` is the
mean of g when v is a with weight p and b with weight q; weights are divided by their sum, so they always form a
law. Both open into expressions without an expectation: moments E[n^k] = (k - 1)!! for even k, and finite sums.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import add
from typing import Any, cast

from sympy import Add, Expr, S, Symbol, Tuple, expand, factorial2, nan, sympify, zoo
from sympy.printing.pretty.stringpict import prettyForm

from derivations.probability.mean import Mean
from derivations.probability.opening import Opening, opened

ROW = (tuple, list, Tuple)
LARGE = 60  # operations beyond which a coefficient is not multiplied out
Weighted = tuple[Symbol, Sequence[tuple[Expr, Expr]]]  # a variable, its values and their weights


class Unopened(ArithmeticError):
    """An expectation that is not that of a polynomial in standard normals."""


class Expected(Opening):
    """The mean of `body` over the laws that stand beside it."""

    def __new__(cls, body: Expr, *laws: "Symbol | Weighted | Tuple") -> "Expected":
        return Expr.__new__(cls, sympify(body), *(law if isinstance(law, Symbol) else _law(law) for law in laws))

    @property
    def body(self) -> Expr:
        return self.args[0]  # type: ignore[return-value]

    @property
    def normals(self) -> tuple[Symbol, ...]:
        """The variables that are independent standard normals."""
        return tuple(v for v in self.args[1:] if isinstance(v, Symbol))

    @property
    def finite(self) -> tuple[tuple[Symbol, tuple[tuple[Expr, Expr], ...]], ...]:
        """The variables of finitely many values, with the weight of each value."""
        return tuple((v[0], tuple(map(tuple, v[1]))) for v in self.args[1:] if isinstance(v, Tuple))

    @property
    def over(self) -> tuple[Symbol, ...]:
        return (*self.normals, *(v for v, _ in self.finite))

    @property
    def free_symbols(self) -> set[Symbol]:  # type: ignore[override]
        weights = {s for _, law in self.finite for pair in law for e in pair for s in e.free_symbols}
        return (self.body.free_symbols - set(self.over)) | weights  # type: ignore[return-value]

    def opened(self) -> Expr:
        """Return the expectation written out."""
        e = opened(self.body)
        for v, law in self.finite:
            total = Add(*(weight for _, weight in law))
            e = Add(*(weight * e.subs(v, value) for value, weight in law)) / total
        return moments(e, *self.normals)

    def _eval_is_polynomial(self, syms: set[Symbol]) -> bool:
        return False  # otherwise SymPy differentiates it to guess a sign

    def laws(self) -> str:
        """Return the laws in words."""
        texts = [f"{v} ~ N(0, 1)" for v in self.normals]
        for v, law in self.finite:
            texts.append(f"{v} = " + " or ".join(f"{value} with weight {weight}" for value, weight in law))
        return ", ".join(texts)

    def _sympystr(self, printer: Any) -> str:
        return f"E[{printer.doprint(self.body)}; {self.laws()}]"

    def _pretty(self, printer: Any) -> prettyForm:
        inner = prettyForm(*printer._print(self.body).right(f"; {self.laws()}"))
        return prettyForm(*prettyForm(*inner.parens("[", "]")).left("E"))

    def _latex(self, printer: Any) -> str:
        over = [f"{printer._print(v)} \\sim \\mathcal{{N}}(0, 1)" for v in self.normals]
        over += [printer._print(v) for v, _ in self.finite]
        return f"\\mathbb{{E}}_{{{', '.join(over)}}}\\left[{printer._print(self.body)}\\right]"


def _law(law: Any) -> Tuple:
    """Return a variable and its values with their weights.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(law, ROW) and len(law) == 2 and isinstance(law[0], Expr) and isinstance(law[1], ROW):
        pairs = [tuple(pair) if isinstance(pair, ROW) else (pair,) for pair in cast("Iterable[Any]", law[1])]
        if all(len(pair) == 2 for pair in pairs):
            return Tuple(law[0], Tuple(*(Tuple(*pair) for pair in pairs)))
    raise TypeError(f"Expected: expected a standard normal, or (v, ((value, weight), ...)), got {law!r}")


@lru_cache(maxsize=4096)
def moments(e: Expr, *noise: Symbol) -> Expr:
    """Return the mean of a polynomial in independent standard normals: E[n^k] = (k - 1)!! for even k, else 0."""
    if wrong := [v for v in noise if not isinstance(v, Symbol)]:
        raise TypeError(f"moments: expected the noise by its symbols, got {wrong[0]!r}")
    if not noise:
        return e
    even = ((powers, c) for powers, c in _terms(e, noise).items() if all(k % 2 == 0 for k in powers))
    return Add(*((c if c.count_ops() > LARGE else expand(c)) * _moment(powers) for powers, c in even))


def _terms(e: Expr, noise: tuple[Symbol, ...]) -> dict[tuple[int, ...], Expr]:
    """Return the coefficients, as they stand, of a polynomial in the noise, by the powers of each variable."""
    none = (0,) * len(noise)
    if not e.free_symbols & set(noise):
        return {none: e}
    if e in noise:
        return {tuple(int(v == e) for v in noise): S.One}
    if e.is_Add:
        return _gathered(pair for a in e.args for pair in _terms(a, noise).items())  # type: ignore[arg-type]
    factors = e.args if e.is_Mul else [e.base] * int(e.exp) if _repeated(e) else []  # type: ignore[attr-defined]
    if not factors:
        raise Unopened(f"expected a polynomial in standard normals, got {e}")
    product = {none: S.One}
    for factor in factors:
        more = _terms(factor, noise)  # type: ignore[arg-type]
        pairs = ((p, c, q, d) for p, c in product.items() for q, d in more.items())
        product = _gathered((tuple(map(add, p, q)), c * d) for p, c, q, d in pairs)
    return product


def _repeated(e: Expr) -> bool:
    return bool(e.is_Pow and e.exp.is_Integer and e.exp.is_positive)  # type: ignore[attr-defined]


def _gathered(pairs: Iterable[tuple[tuple[int, ...], Expr]]) -> dict[tuple[int, ...], Expr]:
    terms = defaultdict[tuple[int, ...], list[Expr]](list)
    for powers, c in pairs:
        terms[powers].append(c)
    return {powers: Add(*cs) for powers, cs in terms.items()}


def _moment(powers: tuple[int, ...]) -> Expr:
    product = S.One
    for k in powers:
        product *= factorial2(k - 1) if k else S.One
    return product


def has_expectation(e: Expr) -> bool:
    """Return whether the expression holds an expectation over a stated law."""
    return e.has(Expected, Mean)


def faults(e: Expr) -> Iterator[str]:
    """Yield what is wrong with the expectations in an expression, one sentence each."""
    for x in e.atoms(Expected):
        if not x.over:
            yield f"expected a law under an expectation, got none: {x}"
        if twice := [v for v, count in Counter(v.name for v in x.over).items() if count > 1]:
            yield f"expected distinct random variables, got {', '.join(twice)} twice in {x}"
            continue
        if sure := [str(v) for v, law in x.finite if len({value for value, weight in law if weight != 0}) < 2]:
            yield f"expected at least two values with a weight, got {', '.join(sure)} in {x}"
        if any(weight.has(v) for v, law in x.finite for _, weight in law):
            yield f"expected weights free of what they weigh, got {x}"
        if hiding := [str(v) for v in x.over if v != Symbol(v.name, real=True)]:
            yield f"expected random variables that may be any real number, got {', '.join(hiding)}"
        if idle := [str(v) for v in x.over if not x.body.has(v)]:
            yield f"expected an expectation of something random, got {x.body}, without {', '.join(idle)}"
        try:
            if x.opened().has(nan, zoo):
                yield f"expected weights whose sum is not 0, got {x}"
        except Unopened as fault:
            yield str(fault)
    for m in e.atoms(Mean):
        if twice := [v for v, count in Counter(v.name for v, _ in m.laws).items() if count > 1]:
            yield f"expected distinct random variables, got {', '.join(twice)} twice in {m}"
    if any(not m.body.has(v) and not _of_others(m, v) for m in e.atoms(Mean) for v, _ in m.laws):
        yield f"expected an expectation of something random, got {e}"


def weights(e: Expr) -> Iterator[Expr]:
    """Yield the weights of all finite laws in an expression."""
    for law in finite_laws(e):
        yield from law


def finite_laws(e: Expr) -> Iterator[tuple[Expr, ...]]:
    """Yield the weights of each finite law in an expression."""
    for x in e.atoms(Expected):
        yield from (tuple(weight for _, weight in law) for _, law in x.finite)


def _of_others(m: Mean, v: Symbol) -> bool:
    """Return whether another variable's law depends on this one."""
    return any(w != v and law.has(v) for w, law in m.laws)
