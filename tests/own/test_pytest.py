"""The pytest plugin in a user's suite collects the claims that were asked for, and nothing more."""

import subprocess
import sys
from pathlib import Path

import pytest

from derivations.catalogue import claims
from tests.support.forked import forked
from tests.support.own import GREEN, NAME, SLIP

pytest_plugins = ["pytester"]

TAG, CLAIM = "999C", "vdm.posterior.mean"
CHECKS = 1 + len(claims()[CLAIM].wrong)
OWN = 3  # the checks of one file of claims: that its claim is green, and its two wrong answers
STRICT = """
[tool.pytest.ini_options]
addopts = "--strict-markers --strict-config -p no:cacheprovider"
filterwarnings = ["error"]
udm_claims = ["*_claims.py", "deeper/*_claims.py"]
"""
# What pytest and the process beside it import, as a program that has both: the second is forked from the first.
IMPORTED = ("pytest", "derivations.judge.certificate", "derivations.own.reading", "derivations.claims.posterior.bayes")
FORKING = """
import multiprocessing, sys, pytest
fork = multiprocessing.get_context("fork")
multiprocessing.get_context = lambda method: fork
sys.exit(pytest.main(sys.argv[1:]))
"""


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A suite of one test; the evidence of its claims is kept from one test to the next."""
    monkeypatch.setenv("UDM_CACHE", str(tmp_path_factory.getbasetemp() / "evidence"))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # others' plugins take seconds to load
    for name in ("PYTEST_XDIST_WORKER", "SYMPY_CACHE_SIZE"):  # of the process of these tests
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(test_of_the_user="def test_of_theirs():\n    pass\n")
    return pytester.path


@pytest.fixture
def run(pytester: pytest.Pytester) -> "Run":
    return Run(pytester)


class Run:
    """Pytest in a process of its own, with the plugin as an installed udm brings it.

    `alone` is a new one that starts the process in which claims are judged; any other has the imports of both already.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(self, *args: str, status: int = 0, alone: bool = False, **outcomes: int) -> str:
        run = self.pytester.runpytest_subprocess if alone else self._forked
        result = run("-p", "udm.testing.plugin", *args)
        text = result.stdout.str() + result.stderr.str()
        assert result.ret == status, text
        if status != pytest.ExitCode.USAGE_ERROR:  # which ends without a summary
            result.assert_outcomes(**outcomes)
        return text

    def _forked(self, *args: str) -> pytest.RunResult:
        place = f"--basetemp={self.pytester.path / 'temporary'}"
        done = forked(FORKING, place, *args, imported=IMPORTED, cwd=self.pytester.path)
        return pytest.RunResult(done.returncode, done.stdout.splitlines(), done.stderr.splitlines(), 0.0)


def test_nothing_is_collected_that_was_not_asked_for(suite: Path, run: Run) -> None:
    (suite / "my_claims.py").write_text(GREEN)
    assert "claims" not in run(alone=True, passed=1).partition("rootdir")[2].partition("\n")[2].lower()


def test_only_the_named_claim_is_collected(suite: Path, run: Run) -> None:
    text = run("--claim", TAG, passed=CHECKS)
    assert f"{TAG}  {CLAIM}" in text and "test_of_the_user" not in text


def test_a_claim_is_collected_beside_named_paths(suite: Path, run: Run) -> None:
    run("--claim", TAG, "test_of_the_user.py", passed=1 + CHECKS)
    twice = run("--claim", CLAIM, "--claim", TAG, "--collect-only", "-q")
    assert twice.count(f"{TAG} {CLAIM}::") == CHECKS


def test_tests_that_are_marked_for_other_claims_are_left_out(suite: Path, run: Run) -> None:
    marked = "import pytest\n" + "".join(
        f"@pytest.mark.claim('{name}')\ndef test_{n}(): pass\n" for n, name in enumerate((CLAIM, "vdm.posterior"))
    )
    (suite / "test_marked.py").write_text(marked)
    run("--claim", TAG, ".", passed=1 + 1 + CHECKS, deselected=1)


def test_a_named_file_of_claims_is_collected(suite: Path, run: Run) -> None:
    (suite / "my_claims.py").write_text(GREEN)
    assert f"own   {NAME}" in run("my_claims.py", passed=OWN)
    run(f"my_claims.py::{NAME}::green", passed=1)
    run("--claim", "my_claims.py", passed=OWN)
    run(f"my_claims.py::{NAME}", "--claim", f"my_claims.py::{NAME}", passed=OWN, deselected=OWN)


def test_a_slip_fails_with_the_complaint_and_the_counterexample(suite: Path, run: Run) -> None:
    (suite / "my_claims.py").write_text(SLIP)
    text = run("my_claims.py", status=1, passed=2, failed=1)
    assert f"own {NAME}: not green (refuted)" in text and "'expand' does not follow" in text
    assert "enclose refutes the answer: off by" in text and "Traceback" not in text
    assert f"own   {NAME}" in text and "green failed" in text


def test_a_wrong_answer_that_passes_fails(suite: Path, run: Run) -> None:
    text = GREEN.replace("Wrong(a**2 + b**2,", "Wrong((a + b) ** 2,")
    (suite / "my_claims.py").write_text(text)
    assert "wrong answer not rejected by any engine: no cross term" in run("my_claims.py", status=1, passed=1, failed=2)


def test_another_file_than_one_of_claims_is_a_collection_error(suite: Path, run: Run) -> None:
    (suite / "my_claims.py").write_text(GREEN.replace("SQUARE = a**2", "SQUARE = 1 / 0 + a**2"))
    text = run("my_claims.py", status=2, errors=1)
    assert "my_claims.py:6: ZeroDivisionError: division by zero" in text and "Traceback" not in text


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("999Q", "did you mean 999C (vdm.posterior.mean)?"),
        ("none.py", "none.py: expected a file of claims, found none"),
        ("mine.no", "the claims of your own files are mine.square"),
    ],
)
def test_an_unknown_claim_of_the_plugin_is_a_usage_error(asked: str, message: str, suite: Path, run: Run) -> None:
    (suite / "pyproject.toml").write_text(STRICT)
    (suite / "my_claims.py").write_text(GREEN)
    assert message in run("--claim", asked, status=4)


def test_files_of_the_settings_belong_to_the_suite(suite: Path, run: Run) -> None:
    """Every strict option of pytest is on, and one claim needs a claim of another file."""
    (suite / "pyproject.toml").write_text(STRICT)
    (suite / "my_claims.py").write_text(GREEN)
    (suite / "deeper").mkdir()
    above = GREEN.replace(NAME, "mine.above").replace('kind="equality",', f'kind="equality", needs=("{NAME}",),')
    (suite / "deeper/more_claims.py").write_text(above)
    run(passed=1 + 2 * OWN)
    run("test_of_the_user.py", passed=1)
    run("deeper", passed=OWN)
    run("--claim", "mine.above", passed=OWN)
    run("-p", "xdist.plugin", "-n", "2", "--dist", "loadgroup", "--claim", "mine.*", passed=2 * OWN)


def test_a_file_of_tests_that_writes_claims_is_a_file_of_tests(suite: Path, run: Run) -> None:
    (suite / "test_claims.py").write_text(f"{GREEN}\ndef test_it(): assert square.name == '{NAME}'\n")
    run("test_claims.py", passed=1)


def test_other_tests_of_the_suite_are_not_affected(suite: Path, run: Run) -> None:
    """Claims are judged in another process: here nothing is loaded or watched, and the environment is as it was."""
    (suite / "test_of_the_user.py").write_text(
        "import os, sys\n"
        "def test_of_theirs():\n"
        "    assert not {'sympy', 'derivations', 'torch'} & set(sys.modules)\n"
        "    assert 'SYMPY_CACHE_SIZE' not in os.environ\n"
    )
    (suite / "my_claims.py").write_text(GREEN)
    run("my_claims.py", "test_of_the_user.py", "--claim", TAG, alone=True, passed=1 + OWN + CHECKS)


def test_a_run_that_asks_for_no_claim_loads_nothing() -> None:
    script = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        "import udm.testing.plugin\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["udm", "udm.testing", "udm.testing.plugin"]


def test_a_process_that_dies_is_a_failure_and_the_next_check_has_a_new_one(suite: Path, run: Run) -> None:
    (suite / "my_claims.py").write_text(GREEN)
    (suite / "conftest.py").write_text(
        "import os, signal\n"
        "from udm.testing.process import POOL\n"
        "def pytest_runtest_setup(item):\n"
        "    if item.name == 'green':\n"
        "        for process in item.config.stash[POOL]._processes.values():\n"
        "            os.kill(process.pid, signal.SIGKILL)\n"
        "            process.join()\n"
    )
    text = run("my_claims.py", status=1, passed=2, failed=1)
    assert "the process that judges claims died" in text


def test_a_named_file_whose_claims_stand_in_a_list_is_collected_or_its_faults_are(suite: Path, run: Run) -> None:
    (suite / "listed.py").write_text(GREEN.replace("square = Claim(", "CLAIMS = (Claim(").replace("\n)\n", "\n),)\n"))
    run("listed.py", passed=OWN)
    (suite / "empty.py").write_text("from derivations.authoring import Claim\nimport os\n")
    assert "empty.py:2: expected what claims are written with, got import os" in run("empty.py", status=2, errors=1)
    (suite / "other.py").write_text("import os\n")
    assert "claims" not in run("other.py", status=5).partition("collected")[2]
