"""The engine `decide`: z3 and cvc5 decide statements of real algebra, and must agree.

An equality or inequality holds if its negation is unsatisfiable under the assumptions. A model
of the negation is a counterexample, which counts only after Arb has seen the statement fail
there. Roots are fresh variables r >= 0 with r^2 = a, and |u| is the root of u^2. Exponentials and logarithms are beyond
this engine.
"""

from typing import Any, Protocol

from sympy import Abs, Add, Expr, Rational, S, Symbol

from derivations.arithmetic.ball import Imprecise, Unfinished
from derivations.arithmetic.extremes import EXTREMES, by_bars
from derivations.engines import child
from derivations.engines.agree import NoCase, false_at
from derivations.form.claim import Answer, Claim
from derivations.form.statement import AtMost, Below, Equal, Statement
from derivations.form.verdict import Evidence, not_evaluated, reasons
from derivations.notation.printing import text

SECONDS = 60  # of the processor, for one answer by both solvers: native code may fail to keep its own limit
Z3_WORK, CVC5_WORK = 1_000_000, 200_000  # in each solver's own units, so that answers don't depend on the load


class Outside(ValueError):
    """The expression is not one of real algebra."""


class Solver(Protocol):
    """What the engine needs of a solver; both libraries write real arithmetic with Python's operators."""

    name: str

    def real(self, name: str) -> Any: ...
    def number(self, q: Rational) -> Any: ...
    def outcome(self, constraints: list[Any], names: dict[Symbol, Any]) -> tuple[str, dict[Symbol, Expr]]: ...


class Z3:
    name = "z3"

    def real(self, name: str) -> Any:
        from z3 import Real

        return Real(name)

    def number(self, q: Rational) -> Any:
        from z3 import Q

        return Q(int(q.p), int(q.q))

    def outcome(self, constraints: list[Any], names: dict[Symbol, Any]) -> tuple[str, dict[Symbol, Expr]]:
        from z3 import Solver as Z3Solver
        from z3 import is_rational_value, sat

        solver = Z3Solver()
        solver.set("rlimit", Z3_WORK)
        solver.add(*constraints)
        result = solver.check()
        if result != sat:
            return str(result), {}
        model = {v: solver.model().eval(r, model_completion=True) for v, r in names.items()}
        if not all(map(is_rational_value, model.values())):
            return "sat", {}
        return "sat", {v: Rational(r.numerator_as_long(), r.denominator_as_long()) for v, r in model.items()}


class CVC5:
    name = "cvc5"

    def real(self, name: str) -> Any:
        from cvc5.pythonic import Real

        return Real(name)

    def number(self, q: Rational) -> Any:
        from cvc5.pythonic import Q

        return Q(int(q.p), int(q.q))

    def outcome(self, constraints: list[Any], names: dict[Symbol, Any]) -> tuple[str, dict[Symbol, Expr]]:
        from cvc5.pythonic import Solver as CVC5Solver

        solver = CVC5Solver()
        solver.set("rlimit-per", str(CVC5_WORK))
        solver.set("nl-cov", "true")
        solver.add(*constraints)
        return str(solver.check()), {}


class Translation:
    """An expression as a solver's term, with the side conditions of its roots and quotients."""

    def __init__(self, solver: Solver) -> None:
        self.solver = solver
        self.names: dict[Symbol, Any] = {}
        self.sides: list[Any] = []
        self.roots: dict[Expr, Any] = {}
        self.inverses: dict[tuple[Expr, Expr], Any] = {}

    def term(self, e: Expr) -> Any:
        if e.is_Symbol:
            if e not in self.names:  # numbered, since different symbols may share a name
                self.names[e] = self.solver.real(f"{e}!{len(self.names)}")  # type: ignore[index]
            return self.names[e]  # type: ignore[index]
        if e.is_Rational:
            return self.solver.number(e)  # type: ignore[arg-type]
        if e.is_Add or e.is_Mul:
            total = self.term(e.args[0])  # type: ignore[arg-type]
            for a in e.args[1:]:
                part = self.term(a)  # type: ignore[arg-type]
                total = total + part if e.is_Add else total * part
            return total
        if e.is_Pow and e.args[1].is_Rational:
            return self._power(*e.args)  # type: ignore[arg-type]
        if isinstance(e, Abs):
            return self._root(e.args[0] ** 2, self.term(e.args[0]) ** 2)  # type: ignore[operator, arg-type]
        if isinstance(e, EXTREMES):
            return self.term(by_bars(e))
        raise Outside(f"{type(e).__name__} is not algebraic")

    def _power(self, base: Expr, exponent: Expr) -> Any:
        b, printed = self.term(base), exponent
        if exponent.q == 2:  # type: ignore[attr-defined]
            b, exponent = self._root(base, b), 2 * exponent
        elif exponent.q != 1:  # type: ignore[attr-defined]
            raise Outside(f"power {text(exponent)}")
        product = self.solver.number(Rational(1))
        for _ in range(abs(int(exponent))):  # type: ignore[arg-type]
            product = product * b
        return product if exponent > 0 else self._inverse((base, printed), product)

    def _root(self, base: Expr, b: Any) -> Any:
        if base not in self.roots:
            self.roots[base] = r = self.solver.real(f"root!{len(self.roots)}")
            self.sides += [r >= 0, r * r == b]
        return self.roots[base]

    def _inverse(self, key: tuple[Expr, Expr], b: Any) -> Any:
        """Return the variable that stands for a quotient, one however often it occurs."""
        if key not in self.inverses:
            self.inverses[key] = w = self.solver.real(f"inverse!{len(self.inverses)}")
            self.sides += [w * b == 1]
        return self.inverses[key]


def decide(claim: Claim, answer: Answer = None) -> Evidence:
    """Evidence by refutation of the negation, from both solvers; a solver that hangs is killed."""
    if not child.available():
        return _decide(claim, answer)
    import cvc5.pythonic  # noqa: F401  loaded here, once, for every child
    import z3  # noqa: F401

    found = list(child.answers([lambda: _decide(claim, answer)], SECONDS))
    return found[0] if found else not_evaluated("decide", f"no answer in {SECONDS} s of the processor")


def _decide(claim: Claim, answer: Answer) -> Evidence:
    """Decide each statement by itself: one that is not algebraic, or is left undecided, does not stop the others."""
    seen, lost = list[int](), dict[int, str]()
    statements = claim.statements(answer)
    for n, statement in enumerate(statements, start=1):
        outcome = _of_statement(claim, statement)
        if isinstance(outcome, Evidence):
            return outcome
        if outcome:
            lost[n] = outcome
        else:
            seen.append(n)
    why = reasons(len(statements), lost)
    if not seen:
        return not_evaluated("decide", why)
    reason = "the negation is unsatisfiable: z3, cvc5"
    verdict = "consistent" if lost else "proved"
    return Evidence("decide", verdict, f"{reason}; {why}" if why else reason, detail={"statements": seen})


def _of_statement(claim: Claim, statement: Statement) -> Evidence | str:
    """Return '' if neither solver has a counterexample, why they are not sure, or a refutation."""
    for make in (Z3, CVC5):
        solver: Solver = make()
        try:
            outcome, model = _ask(claim, statement, solver)
        except Outside as limit:
            return str(limit)
        if model and (why := _refuted(statement, model)):
            witness = {str(v): str(q) for v, q in sorted(model.items(), key=str)}
            return Evidence("decide", "refuted", why, points=1, witness=witness)
        if outcome != "unsat":
            return f"{solver.name} says {outcome}"
    return ""


def _refuted(statement: Statement, model: dict[Symbol, Expr]) -> str:
    """Return why Arb sees the statement fail at a model, or ''; an equality case without a value refutes nothing."""
    try:
        return false_at(statement, model)
    except (NoCase, Imprecise, Unfinished):
        return ""


def _ask(claim: Claim, statement: Statement, solver: Solver) -> tuple[str, dict[Symbol, Expr]]:
    to = Translation(solver)
    if not isinstance(statement, AtMost | Below | Equal):
        raise Outside("a limit")
    negations = _negations(statement, to)
    for a in claim.assumptions():
        to.sides.append(to.term(a.lesser) < to.term(a.greater))
    for negation in negations:
        outcome, model = solver.outcome([*to.sides, *negation], to.names)
        if outcome != "unsat":
            break
    return outcome, model


def _negations(statement: AtMost | Below | Equal, to: Translation) -> list[list[Any]]:
    """Return what must be unsatisfiable; if equality holds `only` in one case, equality elsewhere must be too."""
    left, right = to.term(statement[0]), to.term(statement[1])
    if isinstance(statement, AtMost):
        off = Add(*((v - e) ** 2 for v, e in statement.equal_at.items()))
        return [[left > right], *([[left >= right, to.term(off) > to.term(S.Zero)]] if statement.only else [])]
    return [[left >= right if isinstance(statement, Below) else left != right]]
