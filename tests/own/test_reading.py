"""A file of claims outside the catalogue: which claims are read from it, and what is refused with file and line."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from derivations.form.known import known
from derivations.form.typed import Malformed
from derivations.own import loaded
from derivations.own.file import Unreadable
from derivations.own.meant import is_file, meant
from tests.support.own import GREEN, NAME, written


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    loaded.forget()


def refused(*paths: Path) -> str:
    with pytest.raises(Unreadable) as refusal:
        loaded.load(paths)
    assert loaded.paths() == [], "a file that is refused leaves nothing behind"
    return str(refusal.value)


def test_a_file_gives_its_claims(tmp_path: Path) -> None:
    (file,) = loaded.load([written(tmp_path)])
    assert [claim.name for claim in file.claims] == [NAME]
    assert known(NAME) is file.claims[0] and loaded.home(NAME) is file
    assert file.where(NAME).endswith("my_claims.py:9")
    loaded.forget()
    assert known(NAME) is None and loaded.home(NAME) is None


def test_claims_of_a_list_and_of_names_all_count(tmp_path: Path) -> None:
    """What CLAIMS leaves out is judged too: a claim is never left unchecked by an oversight."""
    second = GREEN[GREEN.index("square = ") :].replace("mine.square", "mine.other").replace("square = ", "other = ")
    (file,) = loaded.load([written(tmp_path, f"{GREEN}\n{second}\nCLAIMS = (other,)\n")])
    assert [claim.name for claim in file.claims] == ["mine.other", NAME]


CHANGES = {  # changes of the good file: the old text, the new one, the line where it is refused, and the reason
    "a syntax error": ("SQUARE = a**2", "SQUARE = (a**2", "my_claims.py:6: expected Python, got a syntax error"),
    "a fault": ("SQUARE = a**2", "SQUARE = 1 / 0 + a**2", "my_claims.py:6: ZeroDivisionError"),
    "an import": ("\na, b =", "\nimport os\na, b =", ":5: expected what claims are written with, got import os"),
    "SymPy past the watch": ("\na, b =", "\nfrom sympy import solve\na, b =", ":5: .* got import of solve from sympy"),
    "a print": ("\na, b =", "\nprint(1)\na, b =", "my_claims.py:5: .* got the built-in print"),
    "a name of the catalogue": ("mine.square", "vdm.posterior.mean", r":9: .* a claim of the catalogue \(tag 999C\)"),
    "a bad name": ("mine.square", "mine square", "my_claims.py:9: expected a name of words joined by dots"),
    "a tag": ("mine.square", "0C7K", "my_claims.py:9: expected a name of words joined by dots"),
    "an unknown need": ('kind="equality",', 'kind="equality", needs=("mine.no",),', ":9: mine.square needs 'mine.no'"),
    "a need of itself": ('kind="equality",', 'kind="equality", needs=("mine.square",),', "needs without a circle"),
    "a list of none": ("SQUARE =", "CLAIMS = (1,)\nSQUARE =", "my_claims.py: expected CLAIMS to be a tuple of claims"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), CHANGES.values(), ids=CHANGES)
def test_forbidden_code_is_refused_with_its_line(old: str, new: str, fault: str, tmp_path: Path) -> None:
    assert old in GREEN
    path = written(tmp_path, GREEN.replace(old, new))
    with pytest.raises(Unreadable, match=fault):
        loaded.load([path])


UNBUILT = {  # changes after which the claim can't be built, the line of the fault, and what it is
    "a statement that fails": ("Equal((a + b) ** 2, q)", "Equal((a + b) ** 2, q.no)", ":12: .* says: .* got Attr"),
    "no statement": ("Equal((a + b) ** 2, q)", "(a + b) ** 2", ":9: .* expected a statement"),
    "a part of another type": ('kind="equality"', 'kind="equation"', ":8: .*kind: expected"),
    "a part that fails": ("a * b + b**2, ", "a * b + b**2 / 0 * none, ", ":19: NameError: name 'none'"),
    "no such part": ('kind="equality"', 'kind="equality", proofs=()', ":8: TypeError: .*proofs"),
}  # fmt: skip
OTHER = GREEN[GREEN.index("square = ") :].replace("mine.square", "mine.other").replace("square = ", "other = ")


@pytest.mark.parametrize(("old", "new", "fault"), UNBUILT.values(), ids=UNBUILT)
def test_a_claim_that_cannot_be_built_keeps_no_other_from_being_read(
    old: str, new: str, fault: str, tmp_path: Path
) -> None:
    assert GREEN.count(old) == 1
    path = written(tmp_path, f"{GREEN.replace(old, new)}\n{OTHER}\nCLAIMS = (other, square)\n")
    (file,) = loaded.load([path])
    assert [claim.name for claim in file.claims] == ["mine.other", NAME]
    assert re.search(f"my_claims.py{fault}", loaded.unbuilt(NAME)), loaded.unbuilt(NAME)
    assert file.unbuilt.keys() == {NAME} and loaded.unbuilt("mine.other") == ""
    with pytest.raises(Malformed):
        file.claims[1].said()


def test_several_claims_that_cannot_be_built_are_held_apart(tmp_path: Path) -> None:
    text = f"{GREEN}\n{OTHER}".replace('kind="equality"', "kind=3")
    (file,) = loaded.load([written(tmp_path, text)])
    assert file.unbuilt.keys() == {NAME, "mine.other"}


def test_a_fault_outside_of_a_claim_is_that_of_the_file(tmp_path: Path) -> None:
    """So is one of a claim whose name is computed: nobody could say whose it is."""
    assert "ZeroDivisionError" in refused(written(tmp_path, f"{GREEN}\nmore = 1 / 0\n"))
    computed = GREEN.replace('name="mine.square"', 'name="mine." + "square"').replace('kind="equality"', "kind=3")
    assert "expected" in refused(written(tmp_path, computed))


def test_a_file_without_claims_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    assert "expected a claim, found none" in refused(written(tmp_path, '"""Nothing."""\n'))
    assert "expected a file of claims, found none" in refused(tmp_path / "none.py")
    assert "expected a file of claims, got a folder" in refused(tmp_path)
    (tmp_path / "latin.py").write_bytes(b"# \xe9\n")
    assert "expected a text in UTF-8" in refused(tmp_path / "latin.py")


def test_one_name_in_two_files_is_refused(tmp_path: Path) -> None:
    message = refused(written(tmp_path), written(tmp_path, name="twin.py"))
    assert "twin.py:9: expected a name for each claim, got mine.square of " in message


def test_a_text_that_is_refused_does_not_run(tmp_path: Path) -> None:
    written(tmp_path, f'open("{tmp_path}/made", "w")\n' + GREEN)
    assert "got the built-in open" in refused(tmp_path / "my_claims.py")
    assert not (tmp_path / "made").exists()


def test_claims_may_need_those_of_other_files_and_of_the_catalogue(tmp_path: Path) -> None:
    needs = 'kind="equality", needs=("mine.square", "vdm.posterior"),'
    above = GREEN.replace('kind="equality",', needs).replace("mine.square", "mine.above", 1)
    files = loaded.load([written(tmp_path, above, "above.py"), written(tmp_path)])
    assert files[0].claims[0].needs == ("mine.square", "vdm.posterior")


def test_a_pattern_is_a_file_if_it_reads_as_one(tmp_path: Path) -> None:
    assert is_file("my.py") and is_file("my.py::a") and is_file(str(tmp_path))
    assert not any(map(is_file, ("vdm.posterior", "luo 84", "0C7K", "cfg.*", "a/b", "arXiv:2006.11239v2 (7)")))


def test_a_name_or_glob_selects_claims_of_a_file(tmp_path: Path) -> None:
    path = written(tmp_path)
    for pattern in (f"{path}", f"{path}::{NAME}", f"{path}::mine.*"):
        assert [(e.tag, e.name) for e in meant([pattern])[pattern]] == [("own", NAME)]
    with pytest.raises(Unreadable, match=r"expected a claim of the file, mine\.square, got 'mine'"):
        meant([f"{path}::mine"])
