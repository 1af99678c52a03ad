"""A warm run repeats its output without SymPy if nothing changed, and never reports stale evidence otherwise.

A copy of the package is verified once; then a file, a library or a record changes, and the kept evidence is requested
for in a new process.
"""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.forked import forked

pytestmark = pytest.mark.xdist_group("warm")  # one worker makes the copy, once

ROOT = Path(__file__).parents[2]
NAME = "vdm.posterior.mean.eps"  # in posterior.forms, above claims of three modules
FAMILY = ("vdm.posterior", "vdm.posterior.mean*", "vdm.posterior.variance", "vdm.posterior.snr")  # quickly judged
LIGHT = ("ast", "importlib.metadata", "json", "platformdirs", "typer", "rich.console", "rich.table", "rich.markdown")
HEAVY = ("sympy", "flint", "torch", "numpy", "scipy", "z3", "cvc5", "mpmath")
RUN = f"""
import sys
from udm.cli.app import app
try: app()
except SystemExit as end: code = end.code
print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)
sys.exit(code)
"""
KEPT = "import sys; from derivations import store; print(*store.kept(sys.argv[1:]))"


class Place(NamedTuple):
    """A copy of the package, and the folder of its evidence."""

    code: Path
    cache: Path

    def python(self, script: str, *args: str, before: Path | None = None) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join(map(str, filter(None, (before, self.code))))
        env = os.environ | {"PYTHONPATH": path, "UDM_CACHE": str(self.cache), "COLUMNS": "120"}
        return forked(script, *args, imported=LIGHT, env=env, cwd=self.code)

    def udm(self, *args: str) -> subprocess.CompletedProcess[str]:
        run = self.python(RUN, *args)
        assert run.returncode == 0, run.stderr
        return run

    def kept(self, before: Path | None = None) -> bool:
        run = self.python(KEPT, NAME, before=before)
        assert run.returncode == 0, run.stderr
        return run.stdout.split() == [NAME]


@pytest.fixture(scope="module")
def cold(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, str]:
    """Return a place where a family of claims was verified, with the document of that run; it must not be changed."""
    folder = tmp_path_factory.mktemp("warm")
    for package in ("derivations", "udm"):
        shutil.copytree(ROOT / package, folder / "code" / package, ignore=shutil.ignore_patterns("__pycache__"))
    place = Place(folder / "code", folder / "cache")
    run = place.udm("verify", *FAMILY, "--json", "--workers", "2")
    assert "'torch'" not in run.stderr
    return place, run.stdout


def test_a_process_begins_with_nothing_heavy_and_without_the_package(cold: tuple[Place, str]) -> None:
    look = f"import sys; print([m for m in sys.modules if m.split('.')[0] in {(*HEAVY, 'udm', 'derivations')}])"
    assert cold[0].python(look).stdout == "[]\n"
    assert cold[0].python("import udm; print(udm.__file__)").stdout.startswith(str(cold[0].code))


def test_a_warm_run_prints_the_same_document_and_loads_no_engine(cold: tuple[Place, str]) -> None:
    place, document = cold
    warm = place.udm("verify", *FAMILY, "--json")
    assert warm.stdout == document and len(json.loads(document)["claims"]) > 6
    assert warm.stderr.split("\n")[-2] == "[]", "no engine, no claim"
    one = place.udm("verify", NAME, "--json")
    (row,) = json.loads(one.stdout)["claims"]
    assert row in json.loads(document)["claims"] and one.stderr.split("\n")[-2] == "[]"


def test_a_warm_run_prints_the_same_tables(cold: tuple[Place, str], tmp_path: Path) -> None:
    place, _ = cold
    elsewhere = Place(place.code, tmp_path)
    runs = [elsewhere.udm("verify", NAME) for _ in range(2)]
    first, again = (re.sub(r"in \d+\.\d s", "in SECONDS", run.stdout) for run in runs)
    assert first == again and "1 of 1 claims green" in first
    assert ["'sympy'" in run.stderr for run in runs] == [True, False]


def test_a_citation_in_bibtex_is_printed_from_what_is_kept(cold: tuple[Place, str]) -> None:
    """The other formats have formulas, which are printed from the claim itself."""
    run = cold[0].udm("cite", NAME, "--format", "bibtex")
    assert f"({NAME})" in run.stdout and run.stderr.split("\n")[-2] == "[]"
    assert "'sympy'" in cold[0].udm("cite", NAME).stderr


def test_the_catalogue_is_read_without_sympy(cold: tuple[Place, str]) -> None:
    script = (
        "import sys; from derivations.catalogue import claims, find, module_of, select, tags, withdrawn\n"
        f"(entry,) = find('{NAME}')\n"
        "assert tags()[entry.name] == entry.tag and module_of(entry.name) == 'posterior.forms' and withdrawn() != []\n"
        "assert len(select([])) == len(claims()) == len(list(claims())) and entry.name in claims()\n"
        f"print([m for m in {HEAVY} if m in sys.modules], entry.claim.name, 'sympy' in sys.modules)"
    )
    assert cold[0].python(script).stdout.strip() == f"[] {NAME} True"


CLAIMS = "derivations/claims"
LATER: dict[str, tuple[str, bool]] = {  # what is written to, and whether the evidence still holds
    "its own module": (f"{CLAIMS}/posterior/forms.py", False),
    "an imported module of claims": (f"{CLAIMS}/posterior/bayes.py", False),
    "the module of a claim below": (f"{CLAIMS}/posterior/parameterisation.py", False),
    "the module of a claim further below": (f"{CLAIMS}/forward/process.py", False),
    "an imported helper": ("derivations/probability/gaussian.py", False),
    "an engine": ("derivations/engines/enclose.py", False),
    "a new engine": ("derivations/engines/new.py", False),
    "the form of a claim": ("derivations/form/claim.py", False),
    "data of the judges": ("derivations/left", False),
    "a module of other claims": (f"{CLAIMS}/sampling/langevin.py", True),
    "a new module of claims": (f"{CLAIMS}/posterior/new.py", True),
    "the list of tags": ("derivations/tags", True),
    "udm": ("udm/process.py", True),
}


@pytest.mark.parametrize("what", LATER)
def test_kept_evidence_holds_only_for_the_text_it_was_made_from(what: str, cold: tuple[Place, str]) -> None:
    place, (name, holds) = cold[0], LATER[what]
    file = place.code / name
    before = file.read_text() if file.exists() else None
    file.write_text((before or "") + "\n# later\n")
    try:
        assert place.kept() is holds
    finally:
        file.unlink() if before is None else file.write_text(before)


def test_kept_evidence_holds_again_for_the_texts_it_was_made_from(cold: tuple[Place, str]) -> None:
    assert cold[0].kept()


@pytest.mark.parametrize("library", ["sympy", "python-flint", "mpmath", "scipy"])
def test_kept_evidence_holds_only_for_its_libraries(library: str, cold: tuple[Place, str], tmp_path: Path) -> None:
    folder = tmp_path / f"{library.replace('-', '_')}-99.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 99.0\n")
    assert not cold[0].kept(before=tmp_path)


def test_a_changed_claim_is_judged_anew_and_its_old_record_is_dropped(cold: tuple[Place, str], tmp_path: Path) -> None:
    place = Place(tmp_path / "code", tmp_path / "cache")
    shutil.copytree(cold[0].code, place.code)
    shutil.copytree(cold[0].cache, place.cache)
    file = place.code / CLAIMS / "posterior" / "forms.py"
    (row,) = json.loads(place.udm("verify", NAME, "--json").stdout)["claims"]
    assert file.read_text().count(row["title"]) == 1
    file.write_text(file.read_text().replace(row["title"], "Another title"))
    records = {p.name for p in (place.cache / "certificates").glob(f"{row['tag']}-*")}
    run = place.udm("verify", NAME, "--json")
    (now,) = json.loads(run.stdout)["claims"]
    assert now["title"] == "Another title" and now["digest"] == row["digest"] and "'sympy'" in run.stderr
    later = {p.name for p in (place.cache / "certificates").glob(f"{row['tag']}-*")}
    assert len(records) == len(later) == 1 and records != later


TAMPERED: dict[str, Callable[[str], str]] = {
    "truncated": lambda text: text[: len(text) // 2],
    "empty": lambda text: "",
    "no record": lambda text: "[]",
    "another object": lambda text: '{"verdict": "proved"}',
    "a verdict": lambda text: text.replace('"verdict": "proved"', '"verdict": "refuted"'),
    "a title": lambda text: re.sub(r'"title": "[^"]*"', '"title": "Everything holds"', text),
    "what it was made from": lambda text: re.sub(r'(ity/gaussian.py"): "\w*"', r'\1: "0000000000000000"', text),
    "its sum left out": lambda text: re.sub(r' "sum": "\w*",\n', "", text),
    "a complaint left out": lambda text: text.replace('"green": true', '"green": false'),
    "another claim's": lambda text: text.replace(NAME, "vdm.posterior"),
}


def test_a_record_may_be_copied(cold: tuple[Place, str], tmp_path: Path) -> None:
    shutil.copytree(cold[0].cache / "certificates", tmp_path / "certificates")
    assert Place(cold[0].code, tmp_path).kept()


@pytest.mark.parametrize("how", TAMPERED)
def test_an_altered_record_is_ignored(how: str, cold: tuple[Place, str], tmp_path: Path) -> None:
    place = Place(cold[0].code, tmp_path)
    shutil.copytree(cold[0].cache / "certificates", tmp_path / "certificates")
    (path,) = (p for p in (tmp_path / "certificates").iterdir() if json.loads(p.read_text())["name"] == NAME)
    assert TAMPERED[how](path.read_text()) != path.read_text()
    path.write_text(TAMPERED[how](path.read_text()))
    assert not place.kept()


def test_a_record_under_another_tag_is_not_read(cold: tuple[Place, str], tmp_path: Path) -> None:
    place = Place(cold[0].code, tmp_path)
    records = {json.loads(p.read_text())["name"]: p for p in (cold[0].cache / "certificates").iterdir()}
    (tmp_path / "certificates").mkdir()
    shutil.copy(records["vdm.posterior"], tmp_path / "certificates" / records[NAME].name)
    assert not place.kept()
