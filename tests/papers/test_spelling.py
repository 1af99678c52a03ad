"""Searches understand the field's spellings of symbols and words, and list the most relevant claim first."""

from collections.abc import Iterator

import pytest

from derivations.papers.find import by_symbol, by_words, open_by_words, symbols_near
from derivations.papers.index import descriptions
from derivations.papers.spelling import Symbol, asked, symbol, words

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UDM_CACHE", str(tmp_path_factory.mktemp("udm")))
        descriptions()
        yield


@pytest.mark.parametrize(
    ("name", "letter", "index"),
    [
        *((n, "alphabar", "") for n in ("abar", "alpha_bar", r"\bar\alpha", r"\bar{\alpha}", r"\overline{\alpha}")),
        *((n, "alphabar", "t") for n in ("abar_t", "alpha_bar_t", "alphabar_t", r"\bar\alpha_t", r"\bar{\alpha}_{t}")),
        *((n, "epsilon", "") for n in ("eps", "epsilon", r"\epsilon", r"\varepsilon")),
        *((n, "betatilde", "t") for n in (r"\tilde\beta_t", "beta_tilde_t")),
        ("a", "a", ""), ("sigma_t", "sigma", "t"), (r"\sigma_q^2", "sigma", "q"), ("", "", ""),
    ],
)  # fmt: skip
def test_a_symbol_is_one_in_all_its_spellings(name: str, letter: str, index: str) -> None:
    assert symbol(name) == Symbol(letter, index)


def test_a_letter_matches_all_its_indices_but_no_accent() -> None:
    assert symbol("sigma_t").is_of(symbol("sigma")) and not symbol("sigma_s").is_of(symbol("sigma_t"))
    assert not symbol("abar").is_of(symbol("alpha")) and not symbol("beta").is_of(symbol("beta_tilde"))


def test_a_claim_is_found_by_the_symbols_of_its_papers_equations() -> None:
    found = [hit.entry.tag for hit in by_symbol("beta_tilde")]
    assert {"5BUN", "5P6N"} <= set(found) and found.index("5BUN") < found.index("5P6N"), "carried before about"
    alike = [[h.entry.name for h in by_symbol(n)] for n in ("alpha_bar", "abar", r"\bar\alpha", "alphabar")]
    assert alike[0] and all(one == alike[0] for one in alike)
    for name in (r"\bar\alpha_t", "alphabar_t", "epsilon", "sigma", "sigma_t"):
        assert by_symbol(name), name
    assert len(by_symbol("sigma")) > len(by_symbol("sigma_t")) and "ddpm.forward" not in {
        h.entry.name for h in by_symbol(r"\tilde\epsilon")
    }


def test_a_function_is_not_found_as_a_symbol() -> None:
    assert by_symbol("sin") == [] and "sin" not in symbols_near("sig")
    assert "sigma" in symbols_near("sigm")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("SNR weighting", "ddpm.snr.weight"),
        ("loss weighting", "vdm.loss.weighted.simple"),
        ("epsilon prediction", "vdm.param.eps"),
        ("v parameterization", "vdm.param.v"),
        ("v-parametrisation", "vdm.param.v"),
        ("reparameterization", "vdm.param.eps"),
        ("L_vlb", "vdm.vlb.decomposition"),
        ("Lsimple", "vdm.loss.weighted.simple"),
        ("KL of two Gaussians", "kl.gauss"),
        ("Kullback-Leibler divergence between normals", "kl.gauss"),
        ("classifier-free", "cfg.eps"),
    ],
)
def test_the_fields_words_find_the_claim_first(query: str, first: str) -> None:
    assert by_words(query)[0].entry.name == first


def test_equations_that_no_claim_carries_are_found_by_words() -> None:
    for query in ("hybrid loss", "L_hybrid"):
        assert [(p.key, e.number) for p, e in open_by_words(query)] == [("iddpm2021", "16")]
    assert open_by_words("no such words") == [] == open_by_words("...")


def test_spellings_of_a_word_are_one_and_common_words_are_ignored() -> None:
    assert words("Gaussians, weighted losses by L_vlb") == ["normal", "weight", "losse", "by", "lvlb"]
    assert asked("the KL of two normals") == ["kl", "normal"] and asked("of the") == ["of", "the"]
