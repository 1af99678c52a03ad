"""Finding, showing and listing as a user meets them: forms of input, widths, pipes, exit statuses and speed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from derivations.papers import index
from derivations.papers.index import descriptions
from derivations.papers.references import NOT_CONFIRMED
from udm.cli import one
from udm.cli.app import CLOSED, app
from udm.cli.console import CONSISTENT, WIDTH, width

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the index of searches."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("udm")
        patch.setenv("UDM_CACHE", str(folder))
        descriptions()
        yield folder


def udm(*args: str, columns: int = 100) -> Result:
    return CliRunner().invoke(app, list(args), env={"COLUMNS": str(columns)})


def found(*args: str) -> list[str]:
    run = udm("find", *args, "--json")
    assert run.exit_code == 0, run.output
    return [row["name"] for row in json.loads(run.stdout)["found"]]


def test_finding_an_equation_lists_all_claims_about_it() -> None:
    assert found("luo", "84")[:2] == ["ddpm.posterior", "vdm.posterior"]
    run = udm("find", "luo 84")
    assert run.stdout.startswith("5BUN  ddpm.posterior ") and "about Luo v1 (84)\n" in run.stdout


def test_an_equation_that_is_found_is_shown_as_its_paper_prints_it_and_says_if_it_is_not_confirmed() -> None:
    said = {query: " ".join(udm("find", query).stdout.split()) for query in ("iddpm 10", "vdm 13", "vdm 36", "iddpm")}
    formula = "beta_tilde_t := (1 - alpha_bar_{t-1})/(1 - alpha_bar_t) · beta_t"
    assert f"Improved DDPM v1 (10) [{NOT_CONFIRMED}]: " in said["iddpm 10"] and formula in said["iddpm 10"]
    assert NOT_CONFIRMED not in said["vdm 13"] and "L_T(x) = T/2 · E_{eps ~ N(0, I), i ~ U{1, T}}[" in said["vdm 13"]
    assert "no claim carries VDM v6 (36), The step back in continuous time [not confirmed" in said["vdm 36"]
    assert "dz_t = [f(t) z_t - g^2(t) s_theta(z_t; t)] dt + g(t) dW_t" in said["vdm 36"]
    assert formula not in said["iddpm"], "many equations are given by their numbers"
    (row,) = [r for r in json.loads(udm("find", "iddpm 10", "--json").stdout)["found"] if r["carries"]]
    assert row["printed"] == [formula]


def test_finding_a_paper_gives_its_page_and_its_claims() -> None:
    first, second, third, _, *rest = udm("find", "vdm").stdout.splitlines()
    assert first == "Variational Diffusion Models" and second.startswith("VDM v6, Diederik P. Kingma, Tim Salimans, ")
    assert "57 equations carried by claims" in f"{second} {third}"
    assert "udm ledger vdm2021" in udm("find", "vdm").stdout and len(rest) > 40
    assert {"vdm.posterior", "vdm.kl.expm1"} <= set(found("vdm"))


def test_claims_are_found_by_tag_glob_prefix_and_words() -> None:
    assert found("5bun") == found("5BUN") == ["ddpm.posterior"]
    assert found("ddpm.post*") == ["ddpm.posterior", "ddpm.posterior.vdm"]
    assert found("vdm.kl")[0].startswith("vdm.kl") and "vdm.posterior.variance" in found("posterior", "variance")
    assert set(found("posterior", "--symbol", "beta_tilde")) == set(found("posterior")) & set(
        found("--symbol", "beta_tilde")
    )


@pytest.mark.parametrize(
    ("args", "status", "answer"),
    [
        (["find"], 2, "got nothing"),
        (["find", "   "], 2, "got nothing"),
        (["find", "--symbol", " "], 2, "got nothing"),
        (["find", "zzzz"], 1, "no claim has the words 'zzzz': try other words"),
        (["find", "no such words"], 1, "no claim has all of the words 'no such words'; "),
        (["find", "nobody 12"], 1, "the papers here are sohl2015, "),
        (["find", "--symbol", "bta_tilde"], 1, "no statement has a symbol 'bta_tilde'; there are beta_tilde, "),
        (["find", "5BUX"], 1, "no claim has the tag '5BUX'; did you mean 5BUN (ddpm.posterior)?"),
        (["show", "5bux"], 2, "did you mean 5BUN (ddpm.posterior)?"),
        (["find", "luo -1"], 2, "expected the number of an equation, got '-1'"),
        (["find", "luo (-1)"], 2, "expected the number of an equation, got '-1'"),
        (["find", "vdm 45"], 2, "VDM v6 (45) is not recorded here, nor are the others of (23), (38)-(59)"),
        (["show", "iddpm 18"], 2, "(a machine could check it)"),
        (["find", "luo", "4000"], 2, "lists no equation (4000); it lists (1)-(170)"),
        (["find", "Ho et al. 3"], 2, "ddpm2020 3  Ho et al. 2020, "),
        (["ledger", ""], 2, "expected a paper, got ''; the papers here are sohl2015, "),
        (["ledger", "nobody"], 2, "expected a paper, got 'nobody'"),
        (["ledger", "flow", "mating"], 2, "expected a paper, got 'flow mating'"),
        (["ledger", "ho"], 2, "may be 2 papers"),
        (["ledger", "luo 84"], 2, "expected a paper alone"),
        (["show", ""], 2, "got nothing"),
        (["show", "84"], 2, "expected the paper whose equation 84 is meant"),
        (["show", "luo", "22"], 2, "no claim carries Luo v1 (22)"),
        (["trust", "luo 84-86"], 2, "expected one claim, got 2 for 'luo 84-86': ddpm.posterior, kl.gauss"),
        (["cite", "Ho et al. 3"], 2, "cfg2022 3  Ho and Salimans 2022, "),
        (["verify", "vdm 999"], 2, "no equation (999)"),
    ],
)
def test_bad_input_exits_with_two_and_no_result_with_one(args: list[str], status: int, answer: str) -> None:
    run = udm(*args)
    listed = "no claim has all of the words" in answer  # those that have most of them
    assert run.exit_code == status and bool(run.stdout) == listed and answer in run.stderr


def test_an_equation_that_no_claim_carries_is_found_with_the_reason() -> None:
    run = udm("find", "luo 23")
    said = " ".join(run.stdout.split())
    assert run.exit_code == 1 and said.startswith("no claim carries Luo v1 (23), ")
    assert json.loads(udm("find", "luo 23", "--json").stdout)["uncovered"]


@pytest.mark.parametrize("columns", [40, 80, 100])
@pytest.mark.parametrize("args", [["find", "luo"], ["find", "posterior"], ["find", "luo 22-30"], ["ledger"]])
def test_lines_fit_the_columns(args: list[str], columns: int) -> None:
    lines = udm(*args, columns=columns).stdout.splitlines()
    assert len(lines) > 3 and max(map(len, lines)) <= columns


@pytest.mark.parametrize("columns", [99, 100])
def test_the_headings_of_the_overview_are_not_cut(columns: int) -> None:
    heading = udm("ledger", columns=columns).stdout.splitlines()[0]
    assert heading.split() == [
        "paper",
        "cited",
        "as",
        "rows",
        "carried",
        "open",
        "twice",
        "partly",
        "unconfirmed",
        "absent",
    ]
    assert re.search(r"open  +twice  +partly  +unconfirmed", heading)


def test_claims_with_most_of_the_words_are_listed_where_none_has_all() -> None:
    run = udm("find", "reparameterization", "trick")
    assert run.exit_code == 1 and "no claim has all of the words" in run.stderr
    assert run.stdout.startswith("3TYB  vdm.param.eps") and "more claims that have as many of the words" in run.stdout
    near = json.loads(udm("find", "reparameterization trick", "--json").stdout)
    assert near["found"] == [] and len(near["with_most_words"]) >= 28
    assert json.loads(udm("find", "reparameterization", "--json").stdout)["with_most_words"] == []
    assert udm("find", "zzzz yyyy").stdout == ""


def test_an_equation_that_no_claim_carries_is_found_by_words() -> None:
    run = udm("find", "hybrid", "loss")
    assert run.exit_code == 1 and run.stderr == ""
    assert " ".join(run.stdout.split()).startswith("no claim carries Improved DDPM v1 (16), The hybrid loss")
    assert len(json.loads(udm("find", "hybrid loss", "--json").stdout)["uncovered"]) == 1


def test_the_width_follows_columns_and_is_a_hundred_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    for columns, expected in (("40", 40), ("200", WIDTH), ("", WIDTH), ("0", WIDTH), ("wide", WIDTH)):
        monkeypatch.setenv("COLUMNS", columns)
        assert width() == expected


# -- how soon ----------------------------------------------------------------------------------


def test_a_search_in_the_index_imports_no_claim(cache: Path) -> None:
    script = (
        "import sys; from udm.cli.app import app\n"
        "for args in (['luo 84'], ['posterior', 'variance'], ['--symbol', 'eta'], ['vdm.*']):\n"
        "    try: app(['find', *args])\n"
        "    except SystemExit as end: assert end.code == 0\n"
        "print([m for m in sys.modules if m == 'sympy' or m.startswith('derivations.claims')], file=sys.stderr)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert run.stderr == "[]\n" and "vdm.posterior" in run.stdout


def test_a_cold_search_says_what_it_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UDM_CACHE", str(tmp_path))
    monkeypatch.setattr(index, "SHIPPED", tmp_path / "none.json")
    assert udm("find", "luo 84").stderr == "", "papers are read at once"
    assert "reading the claims of" in udm("find", "posterior").stderr
    assert udm("find", "posterior").stderr == ""


RED = {"verdict": "not_evaluated", "green": False, "digest": "0" * 16, "engines": [], "wrong": [], "refuted": None}


def evidence_of(order: list[str], monkeypatch: pytest.MonkeyPatch, kept: Sequence[str] = ()) -> None:
    """Make evidence one claim at a time; `order` records what was made and what was printed."""

    def made(names: Sequence[str]) -> Iterator[dict[str, Any]]:
        for name in names:
            order.append(f"made {name}")
            yield {"name": name, "row": {"name": name} | RED}

    monkeypatch.setattr(one, "made", made)
    monkeypatch.setattr(one.store, "kept", lambda names: {n: {"row": {"name": n} | RED} for n in names if n in kept})


def test_each_claim_is_shown_as_soon_as_it_is_judged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    order: list[str] = []
    evidence_of(order, monkeypatch, kept=["ddpm.forward"])
    entries = one.some(["ddpm.forward", "ddpm.posterior", "kl.gauss"])
    for entry, _ in one.rows_as_ready(entries):
        order.append(f"shown {entry.name}")
    assert order == [
        "shown ddpm.forward", "made ddpm.posterior", "shown ddpm.posterior", "made kl.gauss", "shown kl.gauss",
    ]  # fmt: skip
    said = capsys.readouterr().err
    assert "checking 2 claims of which no evidence is kept, which takes from seconds to a minute each;" in said


def test_a_ledger_is_printed_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first equations are printed before the last claims are checked, and a red claim makes the status 1."""
    order: list[str] = []
    evidence_of(order, monkeypatch)
    printing = "udm.cli.ledger.print_lines"
    monkeypatch.setattr(printing, lambda lines: order.append(f"printed {next(iter(lines))}"))
    assert udm("ledger", "minsnr").exit_code == 1
    made = [n for n, step in enumerate(order) if step.startswith("made")]
    assert len(made) > 1 and any("section 3.1" in step for step in order[: made[-1]])


def test_a_ledger_says_which_numbers_are_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    evidence_of([], monkeypatch)
    lines = udm("ledger", "vdm2021").stdout.splitlines()
    at = [next(n for n, line in enumerate(lines) if line.startswith(start)) for start in
          ("(22)", "(23): not recorded here", "(24)", "(37)", "(38)-(59): not recorded here", "(60)")]  # fmt: skip
    assert at == sorted(at) and "23 of its numbers are not recorded here" in " ".join(lines)
    document = json.loads(udm("ledger", "vdm2021", "--json").stdout)
    assert document["unrecorded"] == ["23", "38-59"] and document["totals"]["unrecorded"] == 23


def test_the_ledger_says_what_consistent_means(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RED, "verdict", "consistent")
    evidence_of([], monkeypatch)
    run = udm("ledger", "minsnr", columns=80)
    said = " ".join(run.stdout.split())
    assert "NOT GREEN (consistent)" in said and CONSISTENT in said and max(map(len, run.stdout.splitlines())) <= 80


@pytest.mark.parametrize("columns", [80, 100])
def test_the_overview_checks_nothing_and_is_the_same_whatever_evidence_is_kept(
    monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Its column of green equations once counted those of which the cache of this machine had evidence."""
    order, pages = list[str](), []
    for kept in ([], ["ddpm.posterior"], ["ddpm.posterior", "ddpm.marginal", "vdm.vlb.bound"]):
        evidence_of(order, monkeypatch, kept)
        run = udm("ledger", columns=columns)
        pages.append((run.exit_code, run.stdout, run.stderr))
    assert len(set(pages)) == 1 and pages[0][0] == 0 and pages[0][2] == "" and order == []
    assert "Nothing was checked for this table" in " ".join(pages[0][1].split())


# -- pipes and names ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [["find", "luo"], ["find", "luo", "--json"], ["--help"], ["find", "--help"], ["--version"], ["cite", "9DPR"]],
)
def test_a_pipe_closed_by_its_reader_is_not_a_failure(args: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    run = subprocess.run([sys.executable, "-m", "udm", *args], stdout=write, stderr=subprocess.PIPE, cwd=ROOT)
    os.close(write)
    assert (run.returncode, b"Traceback" in run.stderr) == (CLOSED, False)


def test_a_full_disk_is_a_failure() -> None:
    with Path("/dev/full").open("w") as full:
        run = subprocess.run(
            [sys.executable, "-m", "udm", "find", "luo 84"], stdout=full, stderr=subprocess.PIPE, cwd=ROOT
        )
    assert run.returncode == 4 and b"No space left" in run.stderr and b"Traceback" not in run.stderr


@pytest.mark.parametrize("module", ["udm", "udm.cli"])
def test_usage_names_the_command_however_it_is_started(module: str) -> None:
    run = subprocess.run([sys.executable, "-m", module, "nonsense"], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 2 and run.stderr.startswith("Usage: udm [OPTIONS]") and "-m" not in run.stderr
