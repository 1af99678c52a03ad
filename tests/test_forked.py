"""A forked program is a process of its own, but for the imports that its server has done."""

import os
import signal
from pathlib import Path

import pytest

from tests.support.forked import ROOT, forked, spent

IMPORTED = ("fractions",)
WHERE = """
import os, sys
print(sys.argv, os.getcwd(), os.environ.get("OF_TEST"), __name__, sys.path[0])
print(sys.stdin.read() == "", "fractions" in sys.modules, "decimal" in vars(), file=sys.stderr)
"""


def test_it_has_its_arguments_directory_environment_and_streams(tmp_path: Path) -> None:
    env = os.environ | {"OF_TEST": "1", "PYTHONPATH": str(tmp_path)}
    (tmp_path / "beside.py").write_text("WORD = 'beside'")
    run = forked(WHERE, "a", "--b", imported=IMPORTED, env=env, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (0, f"['-c', 'a', '--b'] {tmp_path} 1 __main__ \n")
    assert run.stderr == "True True False\n" and "OF_TEST" not in os.environ
    assert forked("import beside; print(beside.WORD)", imported=IMPORTED, env=env).stdout == "beside\n"


def test_nothing_that_one_does_is_left_to_the_next(tmp_path: Path) -> None:
    change = "import fractions, os, sys; fractions.CHANGED = 1; os.environ['CHANGED'] = '1'; os.chdir(sys.argv[1])"
    look = "import fractions, os; print(hasattr(fractions, 'CHANGED'), 'CHANGED' in os.environ, os.getcwd())"
    assert forked(change, str(tmp_path), imported=IMPORTED).returncode == 0
    assert forked(look, imported=IMPORTED).stdout == f"False False {ROOT}\n"


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ("raise SystemExit", 0, ""),
        ("raise SystemExit(3)", 3, ""),
        ("raise SystemExit('no such thing')", 1, "no such thing\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("def", 1, "SyntaxError: invalid syntax\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("import atexit; atexit.register(lambda: print('at the end', file=__import__('sys').stderr))", 0, "end\n"),
    ],
)
def test_it_ends_as_a_program_does(script: str, status: int, said: str) -> None:
    run = forked(f"print('begun', flush=True)\n{script}" if script != "def" else script, imported=IMPORTED)
    assert run.returncode == status and run.stderr.endswith(said) and (run.stderr == "") == (said == "")
    assert run.stdout == ("" if script == "def" else "begun\n")


def test_its_seconds_are_counted() -> None:
    before = spent()
    forked("sum(range(10**6))", imported=IMPORTED)
    assert spent() > before
