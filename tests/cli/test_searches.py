"""What people type into `udm find`: nicknames of papers, authors, LaTeX and printed letters, words of the field."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from derivations.papers.find import by_words
from derivations.papers.index import descriptions
from derivations.papers.paper import papers
from derivations.papers.spelling import is_symbol, symbol
from udm.cli.app import app

PAPERS = {
    "DDPM": "ddpm2020", "ho 2020": "ddpm2020", "Ho, Jain and Abbeel": "ddpm2020", "2006.11239": "ddpm2020",
    "DDIM": "ddim2021", "denoising diffusion implicit": "ddim2021", "iDDPM": "iddpm2021", "i-DDPM": "iddpm2021",
    "improved ddpm": "iddpm2021", "nichol and dhariwal": "iddpm2021", "ADM": "dhariwal2021",
    "guided diffusion": "dhariwal2021", "dhariwal": "dhariwal2021", "VDM": "vdm2021", "kingma 2021": "vdm2021",
    "variational diffusion models": "vdm2021", "kingma gao": "kg2023", "CFG": "cfg2022",
    "classifier-free guidance": "cfg2022", "ho salimans": "cfg2022", "salimans ho": "pd2022",
    "progressive distillation": "pd2022", "EDM": "edm2022", "karras": "edm2022", "karras 2022": "edm2022",
    "score sde": "sde2021", "score-based generative modeling": "sde2021", "lipman": "fm2023",
    "flow matching": "fm2023", "rectified flow": "rf2023", "dpm-solver": "dpm2022", "dpm solver++": "dpmpp2022",
    "min-snr": "minsnr2023", "zero terminal snr": "zsnr2024", "lin 2024": "zsnr2024", "sohl-dickstein": "sohl2015",
    "glide": "glide2022", "imagen": "imagen2022", "luo": "luo2022", "unified perspective": "luo2022",
}  # fmt: skip
FIRST = {
    "nichol 17": "iddpm.cosine", "VDM (eq. 25)": "vdm.posterior.variance",
    r"\tilde\mu_t": "ddpm.posterior", r"$\tilde{\boldsymbol{\mu}}_t$": "ddpm.posterior",
    "\u03bc\u0303_t": "ddpm.posterior", r"\bar\alpha_t": "ddpm.marginal", "\u03b1\u0304\u209c": "ddpm.marginal",
    "alpha_bar": "ddpm.marginal", r"\epsilon_\theta": "ddpm.mu.eps", r"\mathbf{x}_t": "ddpm.marginal",
    r"\nabla_x \log p": "langevin.stationary", "\u2207 log p": "langevin.stationary",
    r"\mathcal{N}": "gauss.isotropic.conditioning",
    "SNR(t)": "vdm.forward.snr", "probability flow ODE": "sde.pfode.v", "karras heun": "edm.heun",
    "luo elbo": "vdm.elbo1.consistency", "what is the posterior mean of ddpm": "ddpm.posterior",
    "cosine schedule": "schedule.cosine", "tweedie": "score.tweedie", "cfg rescale": "cfg.rescale",
    "v-prediction": "vdm.param.v",
}  # fmt: skip


def find(query: str) -> tuple[int, dict[str, Any], str]:
    run = CliRunner().invoke(app, ["find", query, "--json"])
    return run.exit_code, json.loads(run.stdout or "{}"), " ".join(run.stderr.split())


@pytest.mark.parametrize("query", PAPERS)
def test_a_paper_is_found_by_what_people_call_it(query: str) -> None:
    status, found, _ = find(query)
    assert (status, [p["work"] for p in found["papers"]]) == (0, [PAPERS[query]])


@pytest.mark.parametrize("query", FIRST)
def test_the_claim_that_is_looked_for_comes_first(query: str) -> None:
    status, found, _ = find(query)
    assert (status, found["found"][0]["name"]) == (0, FIRST[query])


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("importance sampling timesteps", "1 claim has 'importance sampling'; 1 claim has 'sampling timesteps'"),
        (r"\frac{\beta_t}{2} + zzzz", r"; udm ask '\frac{\beta_t}{2} + zzzz' compares a formula"),
        (r"\hat\sigmma", r"no statement has a symbol '\hat\sigmma'"),
        ("anderson", "try other words, or the beginnings of words"),
    ],
)
def test_a_search_without_result_says_what_else_may_be_tried(query: str, answer: str) -> None:
    status, _, said = find(query)
    assert status == 1 and answer in said


def test_a_letter_is_a_word_and_not_the_beginning_of_many() -> None:
    assert 0 < len(by_words("t")) < len(descriptions()) / 2
    assert {hit.entry.name for hit in by_words("varia")} >= {hit.entry.name for hit in by_words("variance")} != set()


def test_a_nickname_belongs_to_one_paper() -> None:
    names = [name.casefold() for p in papers().values() for name in p.nicknames]
    assert len(names) == len(set(names)) and "classifier-free guidance" in names


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(r"\tilde\mu_t", True), ("\u03b2_t", True), (r"\hat x_\theta(z_t; t)", True), (r"\sigma_{t|s}^2", True),
     ("beta", False), (r"\beta_t x_t", False), (r"\frac{1}{2}", False), ("\u03b2-schedule", False)],
)  # fmt: skip
def test_a_symbol_is_told_from_words_and_formulas(text: str, is_one: bool) -> None:
    assert is_symbol(text) == is_one


@pytest.mark.parametrize(
    "text",
    ["\u03b1\u0304_t", "\u1fb1_t", "\u03b1\u0305\u209c", r"\overline{\boldsymbol{\alpha}}_t", r"\bar{\alpha}_{t}(x)"],
)
def test_letters_as_they_are_printed_are_the_symbol_of_their_latex(text: str) -> None:
    assert symbol(text) == symbol("alpha_bar_t") != symbol("alpha_t")
