"""The command line as a user meets it: output, exit status, and messages for wrong input."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from derivations.catalogue import claims, module_of
from tests.support.command import PATIENCE, handling, started, wait_for
from tests.support.forked import forked
from udm.cli.app import app
from udm.cli.page import places

pytestmark = pytest.mark.xdist_group("cli")  # one worker keeps the evidence

ROOT = Path(__file__).parents[2]
TAG, NAME = "0C7K", "vdm.posterior"
QUICK = ("vdm.posterior.mean", "vdm.posterior.variance")  # of one module, which is judged first
IMPORTED = ("udm.cli.app", "derivations.judge.certificate", f"derivations.claims.{module_of(NAME)}")
SLOW = ("path.subvp", "vdm.time.lowdisc.variance")  # a signal comes while they are judged


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("udm")


class Run(NamedTuple):
    """The result of a command."""

    returncode: int
    stdout: str
    stderr: str


def udm(*args: str, cache: Path) -> Run:
    """Run udm in this process, where the catalogue is loaded once."""
    result = CliRunner().invoke(app, list(args), env={"UDM_CACHE": str(cache), "COLUMNS": "120"})
    return Run(result.exit_code, result.stdout, result.stderr)


def piped(*args: str, cache: Path) -> Run:
    env = os.environ | {"UDM_CACHE": str(cache), "COLUMNS": "120"}
    run = forked("from udm.cli import main; main()", *args, imported=IMPORTED, env=env)
    return Run(run.returncode, run.stdout, run.stderr)


def test_verify_prints_a_table_and_the_counterexamples(cache: Path) -> None:
    run = piped("verify", NAME, cache=cache)
    assert run.returncode == 0, run.stderr
    assert f"{TAG}  {NAME}" in run.stdout and "1 of 1 claims green" in run.stdout
    assert (
        "wrong: variance of the forward step: the log density of z_s off by" in run.stdout
        and "sigma_ts = " in run.stdout
    )
    assert run.stderr == "", "no progress bar when piped"


def test_verify_json_is_one_document_of_the_promised_shape(cache: Path) -> None:
    run = udm("verify", TAG, "--json", cache=cache)
    document = json.loads(run.stdout)
    (claim,) = document["claims"]
    promised = (
        "tag name title family kind verdict engines assumptions wrong mutants sources needs implemented_by digest"
    )
    assert set(promised.split()) <= set(claim)
    assert {"engine", "verdict", "points", "seconds"} <= set(claim["engines"][0])
    assert {"text", "stated", "necessary"} <= set(claim["assumptions"][0])
    needed = [a["necessary"] for a in claim["assumptions"] if a["necessary"]]
    assert all(set(n) == {"kind", "at", "fault"} and n["kind"] in ("false", "undefined") for n in needed)
    assert sum(document["totals"]["assumptions"].values()) == len(claim["assumptions"])
    assert {"name", "seen_in", "killed_by", "witness"} <= set(claim["wrong"][0])
    assert {"generated", "killed", "equivalent", "survived"} <= set(claim["mutants"])
    promised = {"work", "name", "version", "equations", "all", "states", "misprint", "misprints", "reading"}
    assert promised | {"confirmed", "url"} == set(claim["sources"][0])
    assert document["totals"]["claims"] == 1 and 0 < document["false_alarm_rate"] <= 1e-6


def test_a_claim_is_found_by_tag_name_and_glob(cache: Path) -> None:
    for pattern in (TAG, NAME, "vdm.posterio?"):
        assert udm("verify", pattern, "--json", cache=cache).returncode == 0


@pytest.mark.parametrize("command", ["verify", "show", "cite", "trust"])
def test_an_unknown_claim_is_a_usage_error(command: str, cache: Path) -> None:
    run = udm(command, "vdm.posterier", cache=cache)
    assert run.returncode == 2 and run.stdout == ""
    assert "expected a tag, a name, a prefix or a glob" in run.stderr and f"did you mean {NAME}" in run.stderr


def test_a_glob_is_refused_where_one_claim_is_expected(cache: Path) -> None:
    run = udm("trust", "*", cache=cache)
    assert run.returncode == 2 and "expected one claim, got" in run.stderr


def test_an_unknown_option_is_a_usage_error(cache: Path) -> None:
    assert udm("verify", "--nonsense", cache=cache).returncode == 2


def test_show_prints_every_section(cache: Path) -> None:
    run = udm("show", NAME, cache=cache)
    assert run.returncode == 0
    first, *_ = run.stdout.splitlines()
    assert first.startswith(f"{TAG}  {NAME}") and first.endswith("proved  P F E S")
    for part in ("where  q(z_s | z_t, x) = q(z_s | x) q(z_t | z_s) / q(z_t | x)",
                 "Assumptions", "Derivation", "complete the square",
                 "Luo v1 (80)", "Wrong forms", " off by ", "Evidence", "Rests on", "Implemented by",
                 "udm.process.posterior", "derivations/claims/posterior/bayes.py",
                 f"udm verify {TAG} --no-cache"):  # fmt: skip
        assert part in run.stdout, part
    assert max(map(len, run.stdout.splitlines())) <= 100, "nothing runs off the page"


def test_a_conditional_mean_is_shown_as_one(cache: Path) -> None:
    """The statement is in the paper's form, from the object that the engines open, and so in LaTeX."""
    lines = udm("show", "999C", cache=cache).stdout.splitlines()
    equation = "E[z_s | z_t, x] = alpha_ts sigma_s^2 / sigma_t^2 · z_t + alpha_s sigma_ts^2 / sigma_t^2 · x"
    assert lines[1] == equation, "the equation comes first"
    words = lines[lines.index("") + 1 :]
    assert words[0].startswith("The posterior mean weights z_t by")
    assert words[1].startswith("  stated in VDM v6 (26)"), "places have a line of their own"
    assert any(
        line.startswith("where  z_s = alpha_s x + sigma_s n_1, z_t = alpha_ts z_s + sigma_ts n_2") for line in lines
    )
    latex = udm("show", "999C", "--format", "latex", cache=cache).stdout
    assert "\\mathbb{E}[z_{s} \\mid z_{t}, x] &= " in latex and "where $" in latex
    assert latex.startswith("\\[\n\\begin{aligned}") and "\\end{aligned}\n\\]\n" in latex


@pytest.mark.parametrize("pattern", ["ddpm.posterior", "DDPM.post".lower(), "Luo eq. 84", "luo (84)", "LUO 84"])
def test_a_claim_is_found_by_prefix_and_by_a_papers_number(pattern: str, cache: Path) -> None:
    shown = json.loads(udm("show", pattern, "--json", cache=cache).stdout)
    names = [c["name"] for c in shown.get("claims", [shown])]
    assert "ddpm.posterior" in names


def test_claims_are_found_by_equation_words_and_symbol(cache: Path) -> None:
    by_equation = json.loads(udm("find", "ddpm", "(7)", "--json", cache=cache).stdout)["found"]
    assert by_equation and "DDPM v2 (7)" in by_equation[0]["why"]
    by_words = json.loads(udm("find", "posterior", "variance", "--json", cache=cache).stdout)["found"]
    assert {"vdm.posterior.variance"} <= {h["name"] for h in by_words}
    by_symbol = json.loads(udm("find", "--symbol", "eta", "--json", cache=cache).stdout)["found"]
    assert {"ddim.eta"} <= {h["name"] for h in by_symbol}
    assert udm("find", "no such words anywhere", cache=cache).returncode == 1
    assert udm("find", cache=cache).returncode == 2


def test_an_equation_that_no_claim_carries_says_why(cache: Path) -> None:
    run = udm("show", "luo 22", cache=cache)
    assert run.returncode == 2 and "no claim carries Luo v1 (22)" in run.stderr


def test_a_ledger_lists_the_equations_of_a_paper(cache: Path) -> None:
    document = json.loads(udm("ledger", "minsnr2023", "--json", cache=cache).stdout)  # which has two claims
    assert (
        document["work"] == "minsnr2023"
        and document["version"] == "v3"
        and document["totals"]["covered"] == len(document["rows"])
    )
    for row in document["rows"]:
        assert set(row) >= {"equation", "claim", "tag", "line", "verdict", "transcribed"}
    assert {row["verdict"] for row in document["rows"]} == {"proved", "definition"}
    assert udm("ledger", "nobody2020", cache=cache).returncode == 2


def test_show_json_has_the_mathematics(cache: Path) -> None:
    document = json.loads(udm("show", NAME, "--json", cache=cache).stdout)
    assert (
        "latex" in document["answer"]["mean"]
        and document["statement"][0]["left"]["text"]
        and document["proof"][0][1]["eq"] == "Luo v1 (80)"
    )


def test_show_refuses_json_in_latex(cache: Path) -> None:
    run = udm("show", NAME, "--json", "--format", "latex", cache=cache)
    assert run.returncode == 2 and "got both" in run.stderr
    assert json.loads(run.stdout)["status"] == 2 and "latex" not in json.loads(run.stdout)


@pytest.mark.parametrize("format", ["text", "markdown", "bibtex", "latex"])
def test_cite_names_what_a_reviewer_needs(format: str, cache: Path) -> None:
    run = udm("cite", TAG, "--format", format, cache=cache)
    plain = run.stdout.replace("{-}", "-").replace("{}", "").replace("\\_", "_")
    claim = json.loads(udm("verify", TAG, "--json", cache=cache).stdout)["claims"][0]
    named = "VDM v6 (24)"
    for part in (TAG, NAME, claim["digest"], "0.1.0", "proved", "enclose", named, f"udm verify {TAG} --no-cache"):
        assert part in plain, part


@pytest.mark.parametrize("format", ["markdown", "latex"])
def test_cite_prints_the_statement_that_show_prints(format: str, cache: Path) -> None:
    shown = udm("show", TAG, "--format", "latex", cache=cache).stdout
    display, _, where = shown.strip().partition("\nwhere")
    cited = udm("cite", TAG, "--format", format, cache=cache).stdout
    display = display.removeprefix("\\[\n").removesuffix("\n\\]")
    assert display.startswith("\\begin{aligned}") and display in cited and f"where{where}" in cited
    assert "mean: $" in cited and "var: $" in cited, "the answer, which stands in no line by itself"


@pytest.mark.parametrize("format", ["text", "markdown", "bibtex", "latex"])
def test_a_short_citation_says_what_the_whole_one_says(format: str, cache: Path) -> None:
    run = udm("cite", "vdm 26", "--short", "--format", format, cache=cache).stdout
    facts = json.loads(udm("cite", "999C", "--json", cache=cache).stdout)
    whole, short = facts[format], " ".join(run.split())
    assert len(short) < len(whole) / 3 and run.strip() == facts["short"][format]
    for part in (facts["digest"], facts["version"], "Proved", "VDM v6 (26)", "999C"):
        assert part in short and part in whole, part
    formula = facts["formulas"]["foremost"]
    if format != "bibtex":
        assert formula["text" if format == "text" else "latex"] in short and "first of 3 statements" in short


def test_a_citation_has_the_equation_as_its_paper_prints_it(cache: Path) -> None:
    """The one that was asked for first, in the paper's symbols; it stands in the page, too."""
    text = udm("cite", "ddpm 7", cache=cache).stdout
    printed = "beta_tilde_t := (1 - alpha_bar_{t-1})/(1 - alpha_bar_t) · beta_t"
    assert printed in " ".join(text.split()) and text.count(", as printed:") == 3
    assert text.index("DDPM v2 (7), as printed:") < text.index("DDPM v2 (6), as printed:")
    latex = udm("cite", "ddpm 7", "--format", "latex", cache=cache).stdout
    assert "\\tilde\\beta_t := \\frac{1-\\bar\\alpha_{t-1}}{1-\\bar\\alpha_t}\\beta_t\n\\]" in latex
    page = udm("show", "ddpm.posterior", cache=cache).stdout
    assert page.index("As printed") < page.index("Symbols") and printed in " ".join(page.split())


def test_cite_has_an_entry_for_each_paper(cache: Path) -> None:
    run = udm("cite", "vdm.posterior.variance*", "--format", "bibtex", cache=cache).stdout
    entries = re.findall(r"^@\w+\{([^,]+),$", run, re.MULTILINE)
    assert len(entries) == len(set(entries)) and {"udm:5P6N", "udm:08FB", "vdm2021", "luo2022", "ddpm2020"} <= set(
        entries
    )
    assert "Diederik P. Kingma and Tim Salimans" in run and "eprint = {2107.00630v6}" in run
    assert run.count("{") == run.count("}")


def test_a_line_of_another_claims_proof_is_not_cited_as_a_place_of_this_one() -> None:
    about, own = (list(places(claims()[name])) for name in ("langevin.gaussian", "langevin.stationary"))
    assert "about Luo v1 (158): One step of Langevin dynamics" in about
    assert any(line.startswith("Luo v1 (158), line 2.1 of the proof") for line in own)


def test_trust_names_what_never_ran(cache: Path) -> None:
    facts = json.loads(udm("trust", TAG, "--json", cache=cache).stdout)
    assert {"integrate", "simplify", "limit"} <= set(facts["never_called"]) and facts["called_though_avoided"] == []
    assert "sympy.polys" in facts["code_that_ran"]


def test_a_red_claim_gives_status_one(cache: Path) -> None:
    """With a wrong answer in one of the catalogue's claims, the table shows why, and the status is 1."""
    script = (
        "import dataclasses, derivations.catalogue as k, derivations.claims.posterior.bayes as p\n"
        "bad = dataclasses.replace(p.posterior, answer=p.posterior.wrong['weights swapped'].answer)\n"
        "k._loaded('posterior.bayes')[bad.name] = bad\n"
        f"import sys; sys.argv = ['udm', 'verify', '{NAME}']\n"
        "from udm.cli import main; main()"
    )
    env = os.environ | {"UDM_CACHE": str(cache / "red")}
    run = forked(script, imported=IMPORTED, env=env)
    assert run.returncode == 1, run.stderr
    assert (
        "refuted" in run.stdout and "enclose refutes the answer" in run.stdout and "0 of 1 claims green" in run.stdout
    )


def test_importing_udm_loads_neither_torch_nor_sympy() -> None:
    script = "import sys, udm; print([m for m in ('torch', 'sympy', 'numpy', 'scipy') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert run.stdout.strip() == "[]", run.stderr


def test_every_public_name_of_udm_loads_without_sympy() -> None:
    script = (
        "import sys, udm; [getattr(udm, n) for n in udm.__all__]; print({'derivations', 'sympy'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    loaded = run.stdout.strip()
    assert loaded == "set()", run.stderr


def test_verify_loads_no_torch(cache: Path) -> None:
    script = (
        f"import sys; sys.argv = ['udm', 'verify', '{NAME}', '--json']\n"
        "from udm.cli import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "print('torch' in sys.modules, 'scipy.stats' in sys.modules, file=sys.stderr)"
    )
    env = os.environ | {"UDM_CACHE": str(cache)}
    udm("verify", NAME, cache=cache)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env, cwd=ROOT)
    assert run.stderr.split() == ["False", "False"], "a warm run needs neither"


@pytest.mark.parametrize(("number", "ended"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
def test_a_signal_keeps_finished_evidence(
    number: signal.Signals, ended: str, tmp_path: Path, interruptible: None
) -> None:
    with started("verify", *QUICK, *SLOW, UDM_CACHE=str(tmp_path)) as run:
        wait_for(lambda: list(tmp_path.glob("certificates/*.json")), run)
        os.killpg(run.pid, number) if number == signal.SIGINT else run.terminate()  # a terminal's, or `kill`'s
        _, errors = run.communicate(timeout=PATIENCE)  # ends with the last process that writes to it, workers included
    assert run.returncode == 128 + number
    assert errors.strip() == f"udm: {ended}; finished claims are kept, and `udm verify` goes on from there"
    assert 0 < len(list(tmp_path.glob("certificates/*.json"))) < len([*QUICK, *SLOW]), "some were finished, not all"


def test_an_ignored_interrupt_does_not_end_the_run(tmp_path: Path) -> None:
    """A script's interrupt is not meant for its background job, which ignores it."""
    names = [*QUICK, "vdm.posterior.limit"]  # which takes longer
    with handling(signal.SIGINT, signal.SIG_IGN), started("verify", *names, UDM_CACHE=str(tmp_path)) as run:
        wait_for(lambda: list(tmp_path.glob("certificates/*.json")), run)
        finished = len(list(tmp_path.glob("certificates/*.json")))
        os.killpg(run.pid, signal.SIGINT)
        out, errors = run.communicate(timeout=PATIENCE)
    assert (run.returncode, errors) == (0, "") and f"{len(names)} of {len(names)} claims green" in out
    assert 0 < finished < len(list(tmp_path.glob("certificates/*.json"))), "the signal came before the end"
