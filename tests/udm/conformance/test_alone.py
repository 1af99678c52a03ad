"""The scripts of a report share the seconds of their imports, and nothing else."""

from pathlib import Path

import pytest

from udm.conformance import alone
from udm.conformance.alone import Ran, ran

HEAD = "import json, sys, time\n"
COUNTS = HEAD + "json.seen = getattr(json, 'seen', 0) + 1\nprint(json.seen, len(sys.argv), __name__)\n"


@pytest.fixture(params=[True, False], ids=["copied", "started"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "COPIED", request.param and alone.COPIED)


@pytest.mark.usefixtures("either")
def test_a_script_sees_nothing_of_the_others_and_ends_none() -> None:
    first, raises, exits, last = ran(HEAD, [COUNTS, HEAD + "1 / 0\n", HEAD + "sys.exit(3)\n", COUNTS])
    assert first == last == Ran(0, "1 1 __main__\n", "")
    assert raises.code == 1 and raises.err.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert exits == Ran(3)


@pytest.mark.usefixtures("either")
def test_a_script_that_hangs_is_stopped_in_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "PATIENCE", 1)
    hangs, after = ran(HEAD, [HEAD + "print('got 1', flush=True)\ntime.sleep(60)\n", COUNTS])
    assert hangs.code is None and after.out.startswith("1 ")
    assert hangs.out == ("got 1\n" if alone.COPIED else ""), "by its own alarm, so that no other is started again"


@pytest.mark.parametrize("head", ["import os; os._exit(4)\n", "import no_such_module\n"])
def test_imports_that_fail_are_those_of_each_script(head: str) -> None:
    for made in ran(head, [head, head]):
        assert (made.code, made.err) == (4, "") or "No module named 'no_such_module'" in made.err


def test_modules_of_this_folder_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine_alone.py").write_text("value = 7\n")
    monkeypatch.chdir(tmp_path)
    script = "from mine_alone import value\nprint(value)\n"
    assert [made.out for made in ran("from mine_alone import value\n", [script, script])] == ["7\n"] * 2
