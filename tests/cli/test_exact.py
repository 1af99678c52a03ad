"""`udm exact` as a user meets it: a page, a document, faults, tables that are kept, and an interrupt."""

import json
import math
import subprocess
import sys

import pytest

from tests.support.command import PATIENCE, document, udm

ENDS = ("gamma0=-13.3", "gamma1=5")
GAUSSIAN = ("exact", "gaussian", "variance=0.25", "schedule=linear_gamma", *ENDS, "T=inf")
GRID = ("exact", "grid", "levels=256")
DDPM = (*GRID, "placement=ends", "schedule=ddpm_linear", "T=1000")


def test_a_document_has_values_with_radii() -> None:
    found = document(*GAUSSIAN)
    assert list(found)[:5] == ["law", "schedule", "T", "unit", "terms"]
    assert [found[key] for key in ("law", "schedule", "T", "unit")] == [
        "gaussian", "linear_gamma", "inf", "bits per dimension",
    ]  # fmt: skip
    assert list(found["terms"]) == ["prior", "diffusion"], "a continuous law has no decoder"
    wanted = math.log2((1 + 0.25 * math.exp(13.3)) / (1 + 0.25 * math.exp(-5))) / 2
    term = found["terms"]["diffusion"]
    assert abs(term["value"] - wanted) < 1e-14 and 0 < term["radius"] < 1e-12 * term["value"]
    assert found["settings"] == {
        "mean": "0", "variance": "0.25", "schedule": "linear_gamma", "gamma0": "-13.3", "gamma1": "5", "T": "inf",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        (*GRID, "schedule=linear_gamma", *ENDS, "T=1000"),
        (*GRID, *ENDS, "T=inf"),
        (*DDPM, "variance=beta"),
        (*DDPM, "variance=beta_tilde"),
        (*DDPM, "variance=optimal"),
        ("exact", "two_points", *ENDS, "T=4"),
    ],
)
def test_terms_have_twelve_digits_and_a_total(words: tuple[str, ...]) -> None:
    terms = document(*words)["terms"]
    assert list(terms) == ["prior", "reconstruction", "diffusion", "total"]
    for term in terms.values():
        assert term["radius"] <= max(1e-12 * abs(term["value"]), 1e-15)
    parts = sum(terms[name]["value"] for name in ("prior", "reconstruction", "diffusion"))
    assert abs(parts - terms["total"]["value"]) < 1e-13 * parts


def test_the_optimal_variance_costs_least() -> None:
    total = {v: document(*DDPM, f"variance={v}")["terms"]["total"]["value"] for v in ("optimal", "beta", "beta_tilde")}
    assert total["optimal"] < total["beta"] < total["beta_tilde"]


def test_a_page_has_the_digits() -> None:
    run = udm(*GAUSSIAN)
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert lines[0] == "gaussian mean=0 variance=0.25 schedule=linear_gamma gamma0=-13.3 gamma1=5 T=inf"
    assert "diffusion               8.592712775383736 +/- 6.3e-17" in lines
    assert "information 1           0.001214078077788451 +/- 3.3e-19" in lines


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("exact", "grid", "levels=1", *ENDS, "T=3"), "exact: levels: expected a whole number from 2 to 4096, got '1'"),
        (("exact", "gauss"), "got 'gauss': gaussian?"),
        (("exact", "two_points", "schedule=ddpm_linear", "T=50", "variance=optimal"), "less narrow beside the noise"),
    ],
)
def test_a_fault_is_one_line(words: tuple[str, ...], message: str) -> None:
    run = udm(*words)
    assert run.exit_code == 2 and message in " ".join(run.output.split())
    assert json.loads(udm(*words, "--json").stdout)["status"] == 2


def test_without_tables_the_values_are_the_same() -> None:
    """For a law that has none: `--fresh` computes what is computed anyway."""
    words = ("exact", "grid", "levels=5", "placement=ends", "schedule=ddpm_cosine", "T=5")
    assert document(*words) == document(*words, "--fresh")


STOPPED_AT_WORK = """
import os, signal, sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever the shell that began the tests ignores
from udm.cli import app, exact

enclosed = exact.terms

def terms(problem, table, watch):
    os.kill(os.getpid(), signal.SIGINT)
    return enclosed(problem, table, watch)

exact.terms = terms
sys.argv = ["udm", *sys.argv[1:]]
app()
"""


def test_an_interrupt_ends_it() -> None:
    words = ["exact", "mixture", "weights=0.5,0.5", "means=-1,1", "variances=0.1,0.2", *ENDS, "T=5000"]
    run = subprocess.run(
        [sys.executable, "-c", STOPPED_AT_WORK, *words], capture_output=True, text=True, timeout=PATIENCE
    )
    assert (run.returncode, run.stdout) == (130, "") and "stopped" in run.stderr and "Traceback" not in run.stderr
    assert "finishing this integral; again to stop now" in run.stderr
