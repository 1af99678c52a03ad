"""Citations as people write them: what each refers to, and which are unclear and answered with the possibilities."""

import pytest

from derivations.catalogue import Unknown, claims
from derivations.papers.called import called
from derivations.papers.citation import Unclear, cited, number_alone
from derivations.papers.paper import Equation, papers
from derivations.papers.references import spans
from derivations.papers.resolve import all_meant, carried, everywhere, meant

MEANING = {
    "luo 84": ("luo2022", "(84)"),
    "luo84": ("luo2022", "(84)"),
    "luo (84),": ("luo2022", "(84)"),
    "luo [84]": ("luo2022", "(84)"),
    "Luo et al. 84": ("luo2022", "(84)"),
    "Luo et al. (2022), Eq. 84": ("luo2022", "(84)"),
    "Luo (2022, Eq. 84)": ("luo2022", "(84)"),
    "Eq. (84) in Luo (2022)": ("luo2022", "(84)"),
    "luo 84-86": ("luo2022", "(84)-(86)"),
    "luo (84)\u2013(86)": ("luo2022", "(84)-(86)"),
    "Luo equations 84 to 86": ("luo2022", "(84)-(86)"),
    "eqs. 84, 85 and 86 of luo": ("luo2022", "(84)-(86)"),
    "luo 84 86": ("luo2022", "(84), (86)"),
    "Eq. (7) of DDPM": ("ddpm2020", "(7)"),
    "DDPM v2, eq. 7": ("ddpm2020", "(7)"),
    "2006.11239 7": ("ddpm2020", "(7)"),
    "arXiv:2006.11239v2 (7)": ("ddpm2020", "(7)"),
    "https://arxiv.org/abs/2006.11239 (7)": ("ddpm2020", "(7)"),
    "Denoising Diffusion Probabilistic Models (7)": ("ddpm2020", "(7)"),
    "ho2020denoising (7)": ("ddpm2020", "(7)"),
    "Ho et al., 2020, (12)": ("ddpm2020", "(12)"),
    "ddpm 3.2": ("ddpm2020", "section 3.2 (i), section 3.2 (ii), section 3.2 (iii)"),
    "ddpm \u00a73.2 (ii)": ("ddpm2020", "section 3.2 (ii)"),
    "section 3.4 of DDPM": ("ddpm2020", "section 3.4"),
    "vdm13": ("vdm2021", "(13)"),
    "vdm2021 13": ("vdm2021", "(13)"),
    "VDMv6 (13)": ("vdm2021", "(13)"),
    "Kingma et al. (2021) eq 13": ("vdm2021", "(13)"),
    "Kingma & Gao section 3.1": ("kg2023", "section 3.1"),
    "Salimans and Ho (9)": ("pd2022", "(9)"),
    "ddim appendix C.1 (ii)": ("ddim2021", "App. C.1 (ii)"),
    "ddim thm 1": ("ddim2021", "Theorem 1"),
    "dpm-solver (3.1)": ("dpm2022", "(3.1)"),
    "dpm-solver 2.1-2.3": ("dpm2022", "(2.1)-(2.3)"),
    "DPM-Solver++ algorithm 2": ("dpmpp2022", "Algorithm 2"),
    "min-snr 5": ("minsnr2023", "(1-8)"),
    "luo text before (31)": ("luo2022", "text before (31)"),
    "flow matching 22": ("fm2023", "(22)"),
    "VDM (eq. 15)": ("vdm2021", "(15)"),
    "Kingma et al. 2021 (Eq. (15))": ("vdm2021", "(15)"),
    "nichol 17": ("iddpm2021", "(17)"),
    "nichol 3": ("iddpm2021", "(3)"),
    "adm 14": ("dhariwal2021", "(14)"),
    "Ho 12": ("ddpm2020", "(12)"),
    "progressive distillation 9": ("pd2022", "(9)"),
    "classifier-free guidance 6": ("cfg2022", "(6)"),
}


@pytest.mark.parametrize("query", MEANING)
def test_a_citation_is_understood(query: str) -> None:
    found = cited(query)
    assert found is not None and not found.whole
    assert (found.paper.key, spans(found.equations)) == MEANING[query]


@pytest.mark.parametrize(
    ("query", "key"),
    [("luo", "luo2022"), ("vdm2021", "vdm2021"), ("Nichol & Dhariwal 2021", "iddpm2021"), ("DDPM v2", "ddpm2020"),
     ("score-based sampling", None), ("score-based SDE", "sde2021"), ("Score SDE", "sde2021"),
     ("2208.11970", "luo2022")],
)  # fmt: skip
def test_a_paper_is_cited_without_an_equation(query: str, key: str | None) -> None:
    found = cited(query)
    assert (found and found.paper.key) == key and (found is None or found.whole)


@pytest.mark.parametrize("query", ["posterior variance", "heun 2", "dpm++ 2m", "84", "eq. (7)", "foo 12", "Luo p. 84"])
def test_words_without_a_paper_are_not_a_citation(query: str) -> None:
    assert cited(query) is None


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("Ho et al. 3", r"may be 2 papers.*\n +ddpm2020 3 .*\n +cfg2022 3 "),
        ("kingma 3", r"\n +vdm2021 3 .*\n +kg2023 3 .*lists no equation \(3\)"),
        ("glide 8", r"^GLIDE v3 numbers no equation; its ledger lists section 2.3$"),
        ("kingma 13", r"\n +vdm2021 13 .*\(13\): .*\n +kg2023 13 "),
        ("Song et al. 2021, 13", r"\n +ddim2021 13 .*\n +sde2021 13 "),
        ("Lu et al. 2022", r"\n +dpm2022 .*\n +dpmpp2022 "),
        ("vdm 999", r"VDM v6 .*no equation \(999\); it lists \(1\)-\(22\), "),
        ("ddpm (999)", r"^DDPM v2 has no equation \(999\); it has \(1\)-\(26\)$"),
        ("luo 165-180", r"no equation \(180\)"),
        ("luo 84, 999", r"no equation \(999\)"),
        ("luo 86-84", r"range that rises, got \(86\)-\(84\)"),
        ("luo 84a", r"no equation \(84a\)"),
        ("ddpm section 9", r"no section 9; it lists section 2, "),
        ("DDPM v1 (7)", r"expected DDPM v2.*got v1"),
        ("arXiv:2006.11239v1 (7)", r"expected DDPM v2.*got v1"),
        ("2006.99999 (7)", r"no paper here is arXiv:2006.99999; the papers here are sohl2015, "),
    ],
)  # fmt: skip
def test_an_unclear_or_unknown_citation_is_answered_with_a_question(query: str, answer: str) -> None:
    with pytest.raises(Unclear, match=answer):
        cited(query)


def test_every_equation_is_found_by_its_number() -> None:
    for p in papers().values():
        for e in p.equations:
            found = cited(f"{p.key} {e.cited}")
            assert found is not None and e in found.equations, (p.key, e.number)


def test_every_paper_is_found_by_each_of_its_names() -> None:
    for p in papers().values():
        names = (p.key, p.short, p.bibliography["title"], p.bibliography["authors"][0].split()[-1])
        assert all(p in called(name) for name in names), p.key


def test_the_claims_of_an_equation_are_those_that_carry_it_then_those_about_it() -> None:
    citation = cited("luo 84")
    assert citation is not None
    found = [(c.entry.name, c.carries) for c in carried(citation)]
    assert found[:2] == [("ddpm.posterior", True), ("vdm.posterior", False)]
    (equation,) = citation.equations
    assert [name for name, _ in found] == list(equation.claims)


def test_a_range_has_the_claims_of_each_equation() -> None:
    assert [e.name for e in meant("luo 84-86")] == ["ddpm.posterior", "kl.gauss"]


@pytest.mark.parametrize("pattern", ["5BUN", "5bun", "ddpm.posterior", "DDPM.Posterior", "ddpm.posterio?", "Luo (84)"])
def test_a_claim_is_named_by_tag_name_or_equation(pattern: str) -> None:
    assert [e.name for e in meant(pattern)] == ["ddpm.posterior"]


def test_several_words_make_one_citation() -> None:
    assert [e.name for e in all_meant(["luo", "84"])] == ["ddpm.posterior"]
    assert [e.name for e in all_meant(["luo", "eqs.", "84-86"])] == ["ddpm.posterior", "kl.gauss"]
    assert [e.name for e in all_meant(["5bun", "kl.gauss", "5BUN"])] == ["ddpm.posterior", "kl.gauss"]


def test_prefixes_and_papers_select_several_claims() -> None:
    assert {e.name for e in meant("vdm.kl")} == {n for n in claims() if n.startswith("vdm.kl")}
    assert {e.name for e in meant("luo")} == {e.claim for e in papers()["luo2022"].equations if e.claim}


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("", "got nothing"),
        ("  ", "got nothing"),
        ("84", "expected the paper whose equation 84 is meant, as in 'vdm 84'; the papers here are sohl2015"),
        ("vdm.posterier", "a paper's equation as 'luo 84', got 'vdm.posterier'; did you mean vdm.posterior"),
        ("nonsense", "got 'nonsense'; the papers here are sohl2015"),
        ("luo 22", r"no claim carries Luo v1 \(22\).*; vdm.vlb.prior, vae.samples are about it"),
    ],
)
def test_a_search_without_a_result_says_what_may_be_given(pattern: str, answer: str) -> None:
    with pytest.raises(Unknown, match=answer):
        meant(pattern)


def test_a_withdrawn_claim_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("derivations.papers.resolve.tags", lambda: {"old.claim": "0ZZZ"})
    monkeypatch.setattr("derivations.papers.resolve.withdrawn", lambda: {"0ZZZ": "withdrawn: false at s = t"})
    for pattern in ("0ZZZ", "0zzz", "old.claim"):
        with pytest.raises(Unknown, match="false at s = t"):
            meant(pattern)


def test_a_number_alone_matches_every_paper() -> None:
    assert number_alone("eq. (84)") and not number_alone("luo 84")
    assert {c.paper.key for c in everywhere("(7)")} >= {"ddpm2020", "vdm2021", "luo2022"}
    assert [c.paper.key for c in everywhere("168")] == ["luo2022"] and everywhere("999") == []


def test_consecutive_numbers_are_printed_as_ranges() -> None:
    def shown(*numbers: str) -> str:
        return spans([Equation(n, "", numbered=n[:1].isdigit()) for n in numbers])

    assert shown("71", "72", "73", "93") == "(71)-(73), (93)"
    assert shown("84", "85", "section 2") == "(84), (85), section 2"
    assert shown("2.6", "2.7", "3.1") == "(2.6), (2.7), (3.1)" and shown("2.1", "2.2", "2.3") == "(2.1)-(2.3)"
