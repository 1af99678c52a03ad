"""Each reading of a formula has its convention, names and side; ambiguous symbols give several readings."""

import pytest
from sympy import Symbol, exp, sqrt

from derivations import symbols
from derivations.notation.names import latex_of
from derivations.papers.paper import papers
from derivations.query.reading import Reading, Unread, readings
from derivations.query.writing.conventions import conventions, listed
from derivations.symbols import (
    abar,
    abar_s,
    alpha,
    alpha_t,
    beta,
    beta_tilde,
    c,
    eps,
    eps_hat,
    gamma_t,
    n_1,
    sigma_t,
    var,
    w,
    x_0,
    x_s,
    x_t,
    z_t,
)
from derivations.syntax.build import evaluated
from derivations.syntax.tree import UNKNOWN


def by_convention(formula: str, **options: object) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for r in readings(formula, **options):  # type: ignore[arg-type]
        for name in r.convention.split(", "):
            found.setdefault(name, []).append(evaluated(r.expr))
    return found


def test_a_symbol_of_two_papers_is_read_in_both_ways() -> None:
    found = by_convention("sqrt(alpha_t) x_0 + sqrt(1 - alpha_t) eps")
    assert found["DDPM"] == [sqrt(alpha) * x_0 + sqrt(1 - alpha) * eps]
    assert found["DDIM"] == [sqrt(abar) * x_0 + sqrt(1 - abar) * eps]


def test_a_symbol_of_two_meanings_in_one_paper_is_read_by_what_stands_beside_it() -> None:
    assert by_convention(r"\sigma_t x_t")["DDIM"] == [sqrt(var) * x_t]
    assert by_convention(r"\sigma_t\bar x")["DDIM (as a flow)"] == [sigma_t * z_t]
    assert "DDIM" not in by_convention(r"\sigma_t\bar x") and "DDIM (as a flow)" not in by_convention(r"\sigma_t x_t")


def test_an_asterisk_marks_another_symbol() -> None:
    own = by_convention(r"\sqrt{\alpha_t}\epsilon_{t-2}^*+\sqrt{1-\alpha_t}\epsilon_{t-1}^{*}")
    assert own == {"DDPM as Luo writes it": [sqrt(alpha) * n_1 + sqrt(1 - alpha) * eps]}
    with pytest.raises(Unread, match="an exponent"):
        readings(r"\epsilon_{t-1}^*^*")


def test_a_network_of_a_formula_that_is_the_state_is_that_of_the_state() -> None:
    state = r"\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon"
    assert by_convention(rf"\epsilon-\epsilon_\theta({state}, t)")["DDPM"] == [eps - eps_hat]
    for other in (state.replace("1-", "1+"), state.replace(r"\bar\alpha_t}x", r"\alpha_t}x"), rf"2({state})"):
        with pytest.raises(Unread, match="a formula that is one, in the brackets of a network"):
            readings(rf"\epsilon-\epsilon_\theta({other}, t)")


def test_conventions_that_agree_are_one_reading() -> None:
    (only,) = (r for r in readings(r"\bar\alpha_t x_0") if "DDPM" in r.convention)
    assert only.convention == "DDPM, code"


def test_a_convention_that_adds_names_stands_alone_where_it_needs_them() -> None:
    assert "DDPM with v" in by_convention(r"\bar\alpha_t v") and "DDPM" not in by_convention(r"\bar\alpha_t v")
    assert "DDPM with v" not in by_convention(r"\bar\alpha_t x_0")


def test_names_are_reported_as_they_were_written() -> None:
    (only,) = readings(r"\bar{\alpha}_{t-1}^2\,\beta_t")
    assert dict(only.names) == {
        r"\bar{\alpha}_{t-1}": "abar_s, the same one step earlier",
        r"\beta_t": "beta, variance that forward step t adds",
    }


def test_each_side_of_an_equation_may_be_asked() -> None:
    chain = r"\tilde\beta_t = \frac{\beta_t}{2} = x_t"
    assert [(r.side, r.left, r.written) for r in readings(chain) if "DDPM" in r.convention] == [
        (1, r"\tilde\beta_t", r"\frac{\beta_t}{2}"),
        (2, r"\tilde\beta_t", "x_t"),
    ]
    (left,) = (r for r in readings(chain, side=0) if "DDPM" in r.convention)
    assert left.expr == beta_tilde
    assert {r.side for r in readings(chain, side=2)} == {2}
    with pytest.raises(Unread, match="a side from 0 to 2"):
        readings(chain, side=3)
    assert {(r.left, r.side) for r in readings("x_t")} == {("", 0)}
    assert {(r.left, r.side) for r in readings("= x_t")} == {("", 1)}
    assert {(r.left, r.side) for r in readings("prev = x_t**2")} == {("prev", 1)}


def test_users_may_define_names() -> None:
    own = {"w": r"\frac{\beta_t^2}{2\sigma_t^2}", r"f_\theta(x_t, t)": "x_s"}
    found = by_convention(r"w f_\theta(x_t,t)", where=own)
    assert found["DDPM"] == [beta**2 * x_s / (2 * var)]
    assert by_convention("w", where={"w": "alpha_t"})["DDPM"] == [alpha, alpha_t]  # of DDPM's symbols, and of ours
    assert by_convention(r"\mathrm{rate}\cdot 2", where={"rate": "exp(gamma_t)"})["VDM"] == [2 * exp(gamma_t)]
    assert by_convention("w")["ours"] == [w]


def test_an_unreadable_definition_is_named() -> None:
    with pytest.raises(Unread, match="quux"):
        readings("w x_0", where={"w": "quux + 1"})
    with pytest.raises(Unread, match="a name"):
        readings("w x_0", where={"w + 1": "beta"})
    with pytest.raises(Unread, match="below the stroke"):
        readings("w x_0", where={"w": "1/beta alpha"})


def test_two_symbols_are_never_merged() -> None:
    with pytest.raises(Unread, match="are one in"):
        readings(r"\epsilon-\epsilon_t")
    assert by_convention(r"\gamma_t+\gamma(t)")["VDM"] == [2 * gamma_t]  # one symbol in two spellings
    assert by_convention(r"\mathrm{SNR}(t)-\mathrm{SNR}_t")["DDPM"] == [0]


def test_a_symbol_and_its_power_have_one_meaning() -> None:
    assert by_convention(r"\sigma_t x_0 + \sigma_t^2 x_t")["DDIM"] == [
        sqrt(var) * x_0 + var * x_t,
    ]
    own = {r"\sigma_t": r"\beta_t"}
    assert by_convention(r"\sigma_t^2 x_t", where=own)["DDPM"] == [beta**2 * x_t]


def test_tables_recognise_powers_and_arguments_by_their_structure() -> None:
    for convention in conventions():
        assert not [key for key in convention.meanings if UNKNOWN in key]
        for key, meanings in convention.meanings.items():
            base, _, exponent = key.removesuffix("}").rpartition("^{")
            if base in convention.meanings and exponent.isdigit():
                assert {m ** int(exponent) for m in convention.meanings[base]} <= set(meanings)


def test_a_power_with_its_own_symbol_is_also_the_power_of_another() -> None:
    assert by_convention("g**2")["ours"] == [symbols.g2, symbols.g**2]
    assert by_convention("g**2 + g")["ours"] == [symbols.g**2 + symbols.g]


def test_a_table_with_an_unknown_argument_is_refused() -> None:
    with pytest.raises(Unread, match="a name"):
        listed("x(exp(t))")


def test_a_convention_that_needs_a_name_stands_aside_without_it() -> None:
    scaled, plain = "EDM (scaled by s)", "EDM"
    assert by_convention(r"\sigma\sigma_{data}").keys() & {scaled, plain} == {plain}
    assert by_convention(r"s\sigma\sigma_{data}")[scaled] == [sigma_t * sqrt(c)]
    assert plain not in by_convention(r"s\sigma\sigma_{data}")


def test_a_convention_describes_its_names_in_its_own_words() -> None:
    (v_read, snr_read) = (r for r in readings(r"v\,\delta") if "VDM" in r.convention)
    assert "velocity" in v_read.names["v"] and "signal-to-noise" in snr_read.names["v"]
    (only,) = (r for r in readings(r"\bar\alpha_t v") if "DDPM with v" in r.convention)
    assert "velocity" in only.names["v"]
    (ddpm,) = (r for r in readings(r"\sigma_t^2") if "DDPM" in r.convention)
    assert "reverse step" in ddpm.names[r"\sigma_t^2"]


def test_an_equality_after_an_approximation_is_about_the_side_between() -> None:
    (only,) = readings(r"x_0 \approx \hat x_0 = (x_t-\sqrt{1-\bar\alpha_t}\epsilon_\theta(x_t))/\sqrt{\bar\alpha_t}")
    assert (only.left, only.side) == (r"\hat x_0", 2)


def test_readings_are_unevaluated() -> None:
    (only,) = (r for r in readings(r"\sqrt{x_t}^2 + 0\cdot\log(x_0 - x_0)") if "DDPM" in r.convention)
    assert only.expr.has(sqrt(x_t)) and "log" in str(only.expr)


@pytest.mark.parametrize("name", ["L", "l", "k", "T", "eta", "p_11", "x_{t-1}", "t'", "N'"])
def test_symbols_are_read_by_their_printed_names(name: str) -> None:
    """Where no symbol has the name in Python, each symbol printed so gives a reading."""
    named = [v for v in vars(symbols).values() if isinstance(v, Symbol) and v.is_real and str(v) == name]
    expected = [getattr(symbols, name)] if hasattr(symbols, name) else list(dict.fromkeys(named))
    assert expected and by_convention(name)["ours"] == expected
    assert by_convention(f"${latex_of(expected[0])}$")["ours"] == expected


def test_conventions_name_existing_papers() -> None:
    assert {paper for c in conventions() for paper in c.papers} <= papers().keys()
    assert len({c.name for c in conventions()}) == len(conventions())
    assert all(", " not in c.name for c in conventions())  # since the names are joined by it


def test_code_that_indexes_tables_by_time_is_read() -> None:
    first, second = (f"extract(self.posterior_mean_coef{n}, t, x_t.shape)" for n in (1, 2))
    code = f"{first} * x_start + {second} * x_t"
    mean = sqrt(abar_s) * beta / (1 - abar) * x_0 + sqrt(alpha) * (1 - abar_s) / (1 - abar) * x_t
    assert by_convention(code) == {"code": [mean]}


def test_a_reading_is_a_tuple_of_its_parts() -> None:
    assert Reading._fields == ("convention", "expr", "names", "written", "left", "side", "is_matrix", "law_of")


@pytest.mark.parametrize("formula", ["exp(exp(-alpha_t))*beta", r"\exp(-\log(1+\exp(\exp(\gamma_t))))"])
def test_two_exponentials_in_one_another_are_read(formula: str) -> None:
    assert readings(formula)
