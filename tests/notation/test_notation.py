"""The sides of statements are named objects that open to what they show; a name inside a side does not name it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sympy import Integral, S, expand, simplify, sqrt

from derivations.calculus.step import FORWARD, sigma2_t
from derivations.catalogue import claims
from derivations.form.claim import Claim
from derivations.form.reading import Reading, named, needed, readings
from derivations.form.statement import Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.named import unnamed
from derivations.notation.printing import latex, text
from derivations.notation.process import Process
from derivations.notation.quantities import Quantity, Slope, Squared
from derivations.notation.wheres import wheres
from derivations.probability.expected import Unopened
from derivations.probability.opening import opened
from derivations.symbols import alpha_s, alpha_ts, mu_1, mu_2, n_1, n_2, sigma_s, sigma_ts, t, var_1, var_2, x, z_s, z_t

SNR = Quantity("SNR", (t,), alpha_s**2 * t)


@pytest.mark.xdist_group("every claim")
def test_every_left_side_is_named_in_the_fields_terms() -> None:
    bare = {
        name
        for name, claim in claims().items()
        if not claim.is_definition
        and not all(named(r.left) or is_sign(r) for statement in claim.written() for r in readings(statement))
    }
    assert bare == set()


def is_sign(r: Reading) -> bool:
    """Return whether a line only says that what others name is positive, not negative, or 1 in all."""
    return (r.left == 0 and r.relation in ("<", "<=")) or (r.left == 1 and r.relation == "=")


def test_only_a_strict_sign_needs_no_name() -> None:
    assert is_sign(Reading(S(0), "<", x)) and not is_sign(Reading(S(0), "=", x)) and not is_sign(Reading(x, "<", SNR))


@pytest.mark.parametrize("e", [SNR * x, sqrt(SNR + x), x, alpha_s * z_s, S(3), sqrt(z_s)])
def test_a_name_inside_an_expression_does_not_name_it(e: object) -> None:
    assert not named(e)  # type: ignore[arg-type]


@pytest.mark.parametrize("e", [SNR, -SNR / 2, SNR - SNR**2, FORWARD.E(z_s, z_t), Integral(t, (t, 0, 1)), sqrt(SNR)])
def test_an_object_of_the_field_is_named(e: object) -> None:
    assert named(e)  # type: ignore[arg-type]


def test_a_conditional_mean_is_opened_from_the_process() -> None:
    mean = FORWARD.E(z_s, z_t)
    right = alpha_ts * sigma_s**2 / sigma2_t * z_t + alpha_s * sigma_ts**2 / sigma2_t * x
    assert text(mean) == "E[z_s | z_t, x]" and simplify(unnamed(mean - right)) == 0
    other = Process((z_s, alpha_s * x + sigma_s * n_1), (z_t, z_s + sigma_ts * n_2), noise=(n_1, n_2), data=(x,))
    assert text(other.E(z_s, z_t)) == text(mean) and simplify(unnamed(other.E(z_s, z_t) - right)) != 0
    assert [text(w.right) for w in wheres(other.E(z_s, z_t)) if w.right is not None][1] == "z_s + sigma_ts n_2"


def test_a_name_is_shown_with_what_it_opens_to() -> None:
    assert [(text(w.left), text(w.right)) for w in wheres(SNR) if w.right is not None] == [("SNR(t)", "t alpha_s^2")]
    assert unnamed(SNR) == alpha_s**2 * t and unnamed(Slope(SNR, t)) == alpha_s**2
    assert text(sqrt(sigma2_t)) == "sigma_t" and text(1 / sigma2_t) == "1 / sigma_t^2"
    law = Divergence(LawName(mu_1, var_1, "q", x), LawName(mu_2, var_2), n_1)
    assert text(law) == "KL(q(x) || N(mu_2, Sigma_2))"
    assert latex(law) == "D_{\\mathrm{KL}}(q(x) \\,\\|\\, \\mathcal{N}(\\mu_{2}, \\Sigma_{2}))"


def test_a_name_is_dropped_where_its_symbols_are_replaced() -> None:
    """Only SNR(t) itself, as it was defined, is called SNR(t)."""
    assert SNR.subs(alpha_s, 2) == 4 * t and SNR.xreplace({alpha_s: S(2)}) == 4 * t and SNR.diff(t) == alpha_s**2
    assert SNR.subs(x, 2) == SNR and SNR.free_symbols == {alpha_s, t} and Squared("a", -x).is_positive is None
    assert expand((SNR + x) ** 2) == SNR**2 + 2 * SNR * x + x**2


def test_hidden_obligations_are_refused() -> None:
    with pytest.raises(ValueError, match="owe nothing that it hides"):
        Process((z_s, sqrt(x) ** 2 + n_1), noise=(n_1,))
    with pytest.raises(ValueError, match="from what was made before"):
        Process((z_s, z_t + n_1), (z_t, z_s), noise=(n_1,))
    with pytest.raises(ValueError, match="all different"):
        Process((z_s, n_1), noise=(n_1,), data=(z_s,))


def test_a_page_leaves_out_no_definition() -> None:
    (line,) = readings(Equal(FORWARD.E(z_s, z_t), x / sigma2_t))
    assert [text(left) for left, _ in needed(line)] == ["z_s", "z_t", "sigma_t^2", "n_1, n_2 ~ N(0, 1)"]


CHAIN = Process((z_s, x + n_1), (z_t, z_s * sigma_ts + n_2), noise=(n_1, n_2), data=(x,))


def test_the_variance_of_a_polynomial_is_shown_as_one_and_opens_to_its_square() -> None:
    variance = CHAIN.spread(z_s**2)
    assert text(variance) == "Var(z_s^2 | x)" and latex(variance) == r"\operatorname{Var}(z_{s}^{2} \mid x)"
    assert expand(opened(unnamed(variance)) - (4 * x**2 + 2)) == 0
    assert expand(opened(unnamed(CHAIN.spread(z_s**2 + x))) - (4 * x**2 + 2)) == 0  # a number does not vary
    linear = CHAIN.spread(z_t), CHAIN.Var(z_t)
    assert expand(opened(unnamed(linear[0] - linear[1]))) == 0


def test_the_variance_of_what_is_no_polynomial_is_refused() -> None:
    with pytest.raises(Unopened, match="a polynomial in standard normals"):
        unnamed(CHAIN.spread(sqrt(z_s**2 + 1)))


LONGEST = 500  # characters of a side: five lines of a terminal


def long_sides(among: Mapping[str, Claim]) -> dict[str, int]:
    """Return the claims of which a side, as it is shown, takes more than five lines, and how long it is."""
    each = (
        (name, len(text(side)))
        for name, claim in among.items()
        for statement in claim.written()
        for reading in readings(statement)
        for side in (reading.left, reading.right)
    )
    return {name: length for name, length in each if length > LONGEST}


def test_no_side_of_a_statement_is_a_page_of_algebra() -> None:
    assert long_sides(claims()) == {}


def test_a_side_that_is_a_page_of_algebra_is_found() -> None:
    claim = claims()["vdm.elbo1.path_variance"]
    written_out = replace(claim, says=lambda answer: unnamed(claim.says(answer)))
    assert set(long_sides({claim.name: written_out})) == {claim.name}
