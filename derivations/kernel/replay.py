"""The normal form of an expression as steps that Coq can follow: signs, squares of roots, and values of functions.

Each root, logarithm, exponential and power is equal to a product, or a sum, of such atoms as the prover's normal form
is made of. What is written here is only how to prove a theorem, and nothing that a theorem states.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from sympy import Abs, Add, Expr, Mul, Pow, S, Symbol, exp, expand, log, postorder_traversal
from sympy.functions.elementary.hyperbolic import HyperbolicFunction
from sympy.functions.elementary.trigonometric import TrigonometricFunction
from sympy.polys.polyerrors import PolynomialError

from derivations.arithmetic.quick import factored, quotient
from derivations.engines.atoms import Atoms, Irreducible
from derivations.engines.normal_form import _form
from derivations.kernel.terms import term


class Fact(NamedTuple):
    """A factor that is positive, or not negative, as a term."""

    text: str
    strict: bool
    symbols: frozenset[Symbol]
    hints: tuple[str, ...]  # tactics that say how its functions compare


class Value(NamedTuple):
    """An application of a function, and its value by atoms."""

    kind: str  # exp, ln, sqrt, Rpower
    argument: str
    exponent: str
    text: str
    value: str
    product: str  # for a logarithm: its argument as a product of atoms


class Replay:
    """The steps for a set of expressions, oriented at one point of the domain."""

    def __init__(self, exprs: list[Expr], at: Mapping[Symbol, Expr], names: Mapping[Symbol, str]) -> None:
        self.atoms, self.names = Atoms(at), dict(names)
        self.spelled: dict[Expr, str] = dict(names)
        self.values: dict[Expr, Value] = {}
        if any(e.has(TrigonometricFunction) for e in exprs):
            raise Irreducible("angles have no form here")
        try:
            for node in (node for e in exprs for node in postorder_traversal(e) if isinstance(node, Expr)):
                self._look(node)
        except PolynomialError as fault:
            raise Irreducible("a part is no polynomial of atoms") from fault

    def _look(self, node: Expr) -> None:
        if isinstance(node, Pow) and node.args[0] is not S.Exp1 and node.args[1].is_Rational:
            if node.args[1].is_negative:
                self._denominator(node.args[0])
            if not node.args[1].is_Integer:
                root = Pow(node.args[0], Pow(node.args[1].q, -1))
                self._value(root, "sqrt" if node.args[1].q == 2 else "Rpower", node.args[0])
        elif isinstance(node, Pow) and node.args[0] is not S.Exp1 and not node.args[1].is_Integer:
            self._value(log(node.args[0]), "ln", node.args[0])
            self._value(node, "Rpower", node.args[0])
        elif isinstance(node, exp):
            self._value(node, "exp", node.args[0])
        elif isinstance(node, log):
            self._value(node, "ln", node.args[0])
        elif isinstance(node, HyperbolicFunction):
            self._value(exp(node.args[0]), "exp", node.args[0])
            self._value(node, "hyperbolic", node.args[0])

    def _denominator(self, base: Expr) -> None:
        """Write a denominator as a product of factors, and record their signs."""
        if base in self.values or not base.has(Add):
            return
        content, factors = S.One, []
        for part, power in zip(quotient(_form(base, self.atoms)), (1, -1), strict=True):
            number, parts = (part, ()) if part.is_Rational else factored(part)
            content *= number**power
            for f, n in parts:
                sign = self.atoms.sign(f)
                content *= sign**n
                self.atoms.signed[sign * f] = True
                factors.append((expand(sign * f), n * power))
        product = self.text(_product([(content, 1), *factors]))
        self.values[base] = Value("", "", "", term(base, self.names), product, "")

    def _value(self, node: Expr, kind: str, inside: Expr) -> None:
        if node in self.values or node.is_Rational:
            return
        form = _form(node, self.atoms)
        exponent = term(node.args[1], self.names) if kind == "Rpower" else ""
        product = self._product(inside) if kind == "ln" else ""
        self.values[node] = Value(
            kind, term(inside, self.names), exponent, term(node, self.names), self.text(form), product
        )

    def _product(self, inside: Expr) -> str:
        form = _form(inside, self.atoms)
        return self.text(_product(self.atoms.factors(form, strict=True)))

    def text(self, form: Expr) -> str:
        """Return the term of a form, in which each atom stands for a function of a form."""
        return term(form, self._spelled())

    def _spelled(self) -> dict[Expr, str]:
        for key, dummy in self.atoms.known.items():
            if dummy not in self.spelled:
                self.spelled[dummy] = self._atom(key, self.atoms.originals[dummy], self.spelled)  # type: ignore[index]
        return self.spelled

    def _atom(self, key: tuple, meaning: Expr, named: Mapping[Expr, str]) -> str:
        kind, inside = key[0], key[1]
        if kind == "root":
            return _wrapped("sqrt", term(inside, named)) if key[2] == 2 else _power(term(inside, named), key[2])
        if kind in ("log", "exp"):
            return _wrapped("ln" if kind == "log" else "exp", term(inside, named))
        if kind == "bars":
            return _wrapped("Rabs", term(inside, named))
        return term(meaning, self.names)

    def facts(self) -> Iterator[Fact]:
        """Yield the signs of factors, short ones first."""
        found = [
            Fact(self.text(f), strict, self._symbols(f), tuple(self._hints(f)))
            for f, strict in self.atoms.signed.items()
            if not f.is_Symbol or f in self.atoms.originals
        ]
        yield from sorted(found, key=lambda fact: len(fact.text))

    def monomials(self) -> Iterator[str]:
        """Yield the terms of factors that are products of three and more factors, with positive numbers."""
        parts = {abs(n) * m for f in self.atoms.signed for m, n in f.as_coefficients_dict().items()}
        yield from (self.text(m) for m in parts if len(m.as_powers_dict()) > 2)

    def _symbols(self, f: Expr) -> frozenset[Symbol]:
        return frozenset(self.atoms.original(f).free_symbols)  # type: ignore[arg-type]

    def _hints(self, f: Expr) -> Iterator[str]:
        """Yield bounds of the functions in a factor, and how each two of a kind compare."""
        kinds = {d: key[0] for key, d in self.atoms.known.items() if d in f.free_symbols}  # type: ignore[index]
        for d, kind in kinds.items():
            if kind == "exp":
                yield f"pose proof (exp_above ({self._inside(d)}))"
            if kind == "log":
                yield f"try pose proof (ln_below ({self._inside(d)}) ltac:(signs))"
                yield f"try pose proof (ln_above ({self._inside(d)}) ltac:(signs))"
        for (a, kind), (b, other) in combinations(kinds.items(), 2):
            if kind == other and kind in ("exp", "root", "log"):
                low, high = (a, b) if self.atoms.sign(b - a) > 0 else (b, a)
                yield f"try assert ({self.text(low)} < {self.text(high)}) by (compare)"

    def _inside(self, dummy: Expr) -> str:
        return next(self.text(key[1]) for key, d in self.atoms.known.items() if d == dummy)  # type: ignore[index]

    def squares(self) -> Iterator[tuple[str, int, str, str]]:
        """Yield each root's term, its order, its radicand, and which function it is of."""
        for dummy, q, inside in self.atoms.roots:
            bars = isinstance(self.atoms.originals[dummy], Abs)
            yield self.text(dummy), q, self.text(inside), "Rabs" if bars else "sqrt"

    def rewritten(self) -> list[Value]:
        """Return the applications whose value is not themselves, inner ones first: they are the shorter ones."""
        return sorted((v for v in self.values.values() if v.value != v.text), key=lambda v: len(v.text))


def _product(factors: Sequence[tuple[Expr, int]]) -> Expr:
    """Return a product that is not multiplied out."""
    parts = [f if n == 1 else Pow(f, n, evaluate=False) for f, n in factors if f != 1]
    return parts[0] if len(parts) == 1 else Mul(*parts, evaluate=False)


def _wrapped(function: str, inside: str) -> str:
    return f"{function} {inside}" if inside.isidentifier() or inside.isdigit() else f"{function} ({inside})"


def _power(inside: str, q: int) -> str:
    base = inside if inside.isidentifier() or inside.isdigit() else f"({inside})"
    return f"Rpower {base} (1 / {q})"
