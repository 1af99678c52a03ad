"""A search for a symbol, or for what an abbreviation means, begins with the claim that says what it is."""

import pytest

from derivations.papers.defined import acronym, defined, place
from derivations.papers.find import by_symbol, by_words
from derivations.papers.spelling import symbol

FIRST = {  # what papers define, what statements equate, and what merely appears
    "beta_tilde": "ddpm.posterior", "mu_tilde": "ddpm.posterior", "alpha_bar": "ddpm.marginal",
    "SNR": "vdm.forward.snr", "gamma": "vdm.forward.gamma", "lambda": "dpm.exact", "eps_hat": "guidance.eps",
    "sigma_ts": "vdm.forward.sigma2_ts.expm1", "sigma_t": "vdm.schedule.vp", "v": "vdm.param.v",
    "c_skip": "edm.preconditioning", "Sigma": "iddpm.variance", "ELBO": "vdm.vlb.bound",
    r"\tilde\beta_t": "ddpm.posterior",
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_the_claim_that_says_what_a_symbol_is_comes_first(name: str) -> None:
    assert by_symbol(name)[0].entry.name == FIRST[name]


@pytest.mark.parametrize("words", ["ELBO", "elbo", "evidence lower bound"])
def test_the_claim_that_is_the_bound_comes_first(words: str) -> None:
    found = [hit.entry.tag for hit in by_words(words)]
    assert found[0] == "6QZB" and {"79EW", "6H0D", "2Z00"} < set(found)


def test_an_abbreviation_is_in_capitals_and_equated() -> None:
    assert acronym("elbo", ["ELBO"]) and not acronym("elbo", ["elbo"]) and not acronym("elbo", ["KL"])
    assert by_words("score")[0].entry.name == "score.tweedie", "a letter of a statement is no abbreviation"


def test_a_claim_that_only_has_the_symbol_is_of_no_tier() -> None:
    beta = symbol("beta_tilde")
    assert place(beta, "ddpm.posterior", [], stated=False) == (0, place(beta, "ddpm.posterior", [], False)[1])  # pyright: ignore[reportOptionalSubscript]
    assert place(beta, "ddpm.posterior.vdm", ["beta_tilde"], stated=True) == (3, 0)
    assert place(beta, "ddpm.loss.mu", ["mu"], stated=True) is None
    assert place(symbol("gamma"), "vdm.forward.gamma", ["gamma"], stated=True) == (1, 0)
    assert place(symbol("gamma"), "path.ve", ["gamma"], stated=True) == (3, 0)


def test_a_symbol_is_defined_alone_before_its_sign() -> None:
    said = {(d.symbol, d.claim) for d in defined() if d.by_definition}
    assert (symbol("beta_tilde_t"), "ddpm.posterior") in said and (symbol("abar_t"), "ddpm.marginal") in said
    assert all(claim != "ddpm.posterior.vdm" for _, claim in said), "no paper writes beta-tilde so"
