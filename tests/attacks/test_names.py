"""Names and brackets that would make an expression read as another are refused, or written with brackets."""

from collections.abc import Callable

import pytest
from sympy import Basic, Expr, S, Symbol, exp, log

from derivations.form.claim import Claim
from derivations.form.definition import Defined
from derivations.form.statement import Tends
from derivations.judge.certificate import certify
from derivations.notation import chains, losses, quantities, samplers, slopes, times, values
from derivations.notation.densities import AnyDensity, DensityMean, OnTwoStates
from derivations.notation.laws import LawName
from derivations.notation.named import unnamed
from derivations.notation.names import proper
from derivations.notation.printing import latex, text
from derivations.notation.quantities import Quantity, Slope, Squared
from derivations.probability.density import DataDensity, Density, Positive
from tests.support.forged import a, b, c, claim, equation, h, n, v, w, x
from tests.support.judged import green, red_for

y, z = (Symbol(s, real=True) for s in "yz")
Q = Density("q", z)


def definition(said: Defined, name: str) -> Claim:
    return Claim(name=name, kind="definition", says=lambda q: said, answer=said.value)


# -- names --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a^2", "1/h", "a b", "\u0430", "-a", "", "a+b", "_a", "x_", "log(a)"])
def test_a_name_that_reads_as_something_else_is_refused(name: str) -> None:
    assert not proper(name)
    symbol = Symbol(name or " ", positive=True)
    red_for(
        equation(b * (a - symbol) ** 2, b * a**2 - 2 * a * b * symbol + b * symbol**2), "expected a symbol whose name"
    )


@pytest.mark.parametrize("name", ["a", "x_hat", "sigma_ts", "N'", "x_{t+1}", "prior_{T+1}", "S_N"])
def test_names_of_the_field_are_accepted(name: str) -> None:
    assert proper(name)


@pytest.mark.parametrize(("one", "other"), [("x1", "x_1"), ("lam", "lambda")])
def test_symbols_that_print_alike_are_refused(one: str, other: str) -> None:
    p, q = Symbol(one, real=True), Symbol(other, real=True)
    assert latex(p) == latex(q)
    red_for(equation(a * (p - q) ** 2, a * p**2 - 2 * a * p * q + a * q**2), "expected symbols that print apart")


def test_a_symbol_named_as_a_divisor_is_refused() -> None:
    over = Symbol("1/h", positive=True)
    e = (a + b) ** 2 / c + h * over * a
    attack = claim(
        e, (a + b) ** 2 / c, says=lambda q: Tends(e, h, q), kind="limit", example={a: 1, b: 2, c: 3, over: 5}
    )
    red_for(attack, "expected a symbol whose name reads as one")


def test_a_symbol_named_as_a_square_is_refused_beside_its_root() -> None:
    squared = Quantity("c^2", (), a + b)
    red_for(equation((a + b) * squared * c, c * (a**2 + 2 * a * b + b**2)), "beside the symbol c")


SENTENCES = "riemann_is_true", "theorem_1", "riemannIsTrue", "the_proof"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_name_that_is_a_sentence_is_refused(sentence: str) -> None:
    def defined(name: str, called: str) -> Claim:
        return definition(Defined(called, (x,), x + 1), name)

    def about(name: str) -> Claim:
        return equation(c * (1 + Quantity(name, (), a + b)), c + c * a + c * b)

    red_for(defined("mine.rate", sentence), "expected a definition whose words state nothing")
    red_for(defined(f"mine.{sentence.replace('_', '.')}", "rate"), "expected a definition whose words state nothing")
    red_for(about(sentence), "expected a name that states nothing")
    assert certify(defined("mine.isotropic.rate", "rate_theta"), "digest").green
    green(about("x_true"))


NAMED: dict[str, Callable[[str], Basic]] = {
    "a quantity": lambda name: Quantity(name, (a,), a * b),
    "a square": lambda name: Squared(name, a + b),
    "a law": lambda name: LawName(a, b, name, z),
    "a function": lambda name: times.FunctionAt(name, (b,), (a,), a * c),
    "a density": lambda name: AnyDensity(name, z),
    "a vector": lambda name: samplers.SquaredNorm(S.One, name, x, y),
    "a sampler": lambda name: samplers.Update(z, name, a * z),
}


@pytest.mark.parametrize("kind", NAMED)
def test_an_object_whose_name_reads_as_several_is_refused(kind: str) -> None:
    assert NAMED[kind]("name")
    for name in ("a + b", "2 a", "\u0430", "f(x)"):
        with pytest.raises(ValueError, match="expected a name of"):
            NAMED[kind](name)


@pytest.mark.parametrize("name", ["infinity", "infty", "zero", "expm1", "log2", "arcsin", "where", "and"])
def test_a_symbol_called_as_a_number_a_function_or_a_word_is_refused(name: str) -> None:
    """The integral from 0 to such an `infinity` would print as one that it is not."""
    symbol = Symbol(name, positive=True)
    red_for(equation((a + symbol) * c, a * c + symbol * c), "expected a symbol whose name reads as one")


KNOWN = {"sigmoid": 1 / (1 + exp(-a)), "softplus": log(1 + exp(a)), "expm1": exp(a) - 1, "log1p": log(1 + a)}


@pytest.mark.parametrize("name", KNOWN)
def test_a_quantity_is_called_as_a_known_function_only_where_it_is_that_one(name: str) -> None:
    assert Quantity(name, (a,), KNOWN[name]) and times.FunctionAt(name, (b,), (a,), KNOWN[name])
    for wrong in (a + 1, 2 * KNOWN[name], KNOWN[name].subs(a, -a)):
        with pytest.raises(ValueError, match="none of an operation or a number"):
            Quantity(name, (a,), wrong)
        with pytest.raises(ValueError, match="none of an operation or a number"):
            times.FunctionAt(name, (b,), (a,), wrong)


def on_two_states(f: Expr, law: Expr) -> Claim:
    """A claim about the mean of a function under a law."""
    mean = OnTwoStates(DensityMean(f, (z, law)))
    return equation(c * (a + b) * mean, (c * (a + b) * unnamed(mean)).expand())


@pytest.mark.parametrize("name", ["log", "E", "a q", "q(z) +"])
def test_a_density_or_a_function_whose_name_reads_as_something_else_is_refused(name: str) -> None:
    match = "expected a function called unlike an operation" if name.isalpha() else "expected a symbol whose name reads"
    red_for(on_two_states(Positive("f", z), Density(name, z)), match)
    red_for(on_two_states(Positive(name, z), Q), match)


def test_densities_that_print_alike_or_share_their_numbers_are_refused() -> None:
    red_for(on_two_states(Positive("q", z), Q), "print apart, got several written q(z)")
    red_for(
        on_two_states(DataDensity("q", (x,), z) / Density("q", x, z), Q), "print apart, got several written q(x | z)"
    )
    one, other = (Symbol(name, real=True) for name in ("x_k", "x_{k}"))
    red_for(on_two_states(Density("q", one) / Density("q", other), Q), "got several called q_{k}")


# -- brackets -----------------------------------------------------------------------------------------

LAW, SUM = LawName(a, b, "q", z), Quantity("f", (a,), a + b)
WRITTEN: dict[str, tuple[Expr, str]] = {
    "a logarithm of a sum": (quantities.Log(a + b), "log(a + b)"),
    "of a quotient": (quantities.Log(a / b), "log(a / b)"),
    "of a product": (quantities.Log(a * b), "log(a b)"),
    "of a square of brackets": (quantities.Log(losses.SquaredError(a, b)), "log((a - b)^2)"),
    "of a symbol": (quantities.Log(a), "log a"),
    "of a slope": (quantities.Log(Slope(Quantity("f", (a,), a**2), a)), "log(d/da f(a))"),
    "an error of a negative": (losses.SquaredError(a, -b), "(a - (-b))^2"),
    "a slope of a quotient": (Slope(1 / a, a), "d/da (1 / a)"),
    "a slope at a place": (slopes.SlopeAt(a + a**2, a, b), "d/da (a^2 + a)|_{a = b}"),
    "a slope at 0": (slopes.SlopeAt(x + x**3, x, S.Zero, 3), "d^3/dx^3 (x^3 + x)|_{x = 0}"),
    "a product at a value": (values.At(SUM * quantities.Log(a), (a, c)), "(f(a) log a)|_{a = c}"),
    "a sum at a value": (values.At(SUM + 1, (b, c)), "(f(a) + 1)|_{b = c}"),
    "cumulants": (chains.LawCumulants(LAW, z, a + b), "log E_q(z)[exp((a + b) z)]"),
    "a norm": (samplers.SquaredNorm(a + b, "n", x, y), "||(a + b) · n||^2"),
    "along a flow": (samplers.Along(quantities.Log(x), w, (x, v)), "d(log x)/dw"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_the_operand_of_an_operation_has_brackets(name: str) -> None:
    e, written = WRITTEN[name]
    assert text(e) == written
    if "(a + b)" in written or "(a b)" in written:
        assert "\\left(" in latex(e)


def test_operands_have_brackets_in_products_too() -> None:
    assert text(c * quantities.Log(a + b)) == "c log(a + b)" and text(quantities.Log(a) * log(n)) == "log(n) log a"
