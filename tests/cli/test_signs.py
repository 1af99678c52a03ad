"""Commands in forty columns, on an output that encodes ASCII alone: each ends as it should, and no sign is lost."""

import io
import json
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from udm.cli import app, main

PROGRAM = import_module("udm.cli.app")  # whose name in the package is that of what it makes
CLAIM = "vdm.posterior.mean"
COMMANDS = {
    "help": ("--help",),
    "train": ("train", "--help"),
    "show": ("show", CLAIM),
    "find": ("find", "posterior"),
    "verify": ("verify", CLAIM),
    "ledger": ("ledger", "jabri2022"),
    "errata": ("errata", "luo2022"),
    "exact": ("exact", "gaussian", "variance=0.5", "gamma0=-13.3", "gamma1=5", "T=2"),
    "trust": ("trust", CLAIM),
    "cite": ("cite", CLAIM),
}
BEGUN = ("new", "claims", "\N{GREEK SMALL LETTER GAMMA}/mine.py")


def said(encoding: str, args: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run a command as the console script does, and return its status and what it wrote, decoded."""
    written = io.BytesIO()
    with monkeypatch.context() as patch:
        patch.setenv("COLUMNS", "40")
        patch.setattr(app, "rich_markup_mode", app.rich_markup_mode)  # which main changes
        patch.setattr(sys, "argv", ["udm", *args])
        patch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        return int(ended.value.code or 0), written.getvalue().decode(encoding)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_ends_well_where_only_ascii_can_be_written(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, page = said("ascii", COMMANDS[name], monkeypatch)
    assert status == 0 and page.strip(), capsys.readouterr().err


@pytest.fixture
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path(BEGUN[-1]).parent.mkdir()


@pytest.mark.usefixtures("_elsewhere")
def test_a_sign_that_cannot_be_written_stands_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where it can be, as itself: read back, both pages are the same."""
    pages = {}
    for encoding in ("ascii", "utf-8"):
        pages[encoding] = said(encoding, BEGUN, monkeypatch)[1]
        Path(BEGUN[-1]).unlink()
    assert "\N{GREEK SMALL LETTER GAMMA}" in pages["utf-8"] and r"\u03b3" in pages["ascii"]
    assert unescaped(pages["ascii"]) == pages["utf-8"]


def test_help_cuts_no_name_of_an_option_where_columns_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """In frames of forty columns it does, and puts an ellipsis there."""
    options = {"--levels", "--decoder", "--parameterization", "--schedule-lr", "--weight-decay"}
    page = said("utf-8", COMMANDS["train"], monkeypatch)[1]
    assert options <= set(page.split()) and "\N{HORIZONTAL ELLIPSIS}" not in page
    monkeypatch.setattr(app, "rich_markup_mode", "rich")
    monkeypatch.setattr(PROGRAM, "NARROW", 0)
    page = said("utf-8", COMMANDS["train"], monkeypatch)[1]
    assert not options <= set(page.split()) and "\N{HORIZONTAL ELLIPSIS}" in page


def test_a_document_is_json_where_only_ascii_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of a failure, which has the name that was asked for."""
    args = ("show", "na\N{LATIN SMALL LETTER I WITH DIAERESIS}ve.claim", "--json")
    documents = [json.loads(said(encoding, args, monkeypatch)[1]) for encoding in ("ascii", "utf-8")]
    assert documents[0] == documents[1] and args[1] in documents[0]["failed"]


@pytest.mark.usefixtures("_elsewhere")
def test_without_it_such_a_sign_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROGRAM, "say_every_sign", lambda: None)
    with pytest.raises(UnicodeEncodeError):
        said("ascii", BEGUN, monkeypatch)


def unescaped(page: str) -> str:
    return re.sub(r"\\x([0-9a-f]{2})|\\u([0-9a-f]{4})", lambda m: chr(int(m[1] or m[2], 16)), page)
