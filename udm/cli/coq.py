"""`udm export coq`: claims as files of Coq, one a claim, each theorem with its proof, for a proof kernel to check."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypedDict

from derivations.catalogue import Entry, tags
from derivations.kernel.exported import exported, stated
from derivations.kernel.kept import kept
from udm.cli.checked import counted
from udm.cli.console import hung, print_json, print_lines, usage, width
from udm.cli.one import some

FOLDER = Path("coq")


class Written(TypedDict):
    """The file of a claim, None if it has no theorem, their number, and which statements have none, with the reason."""

    tag: str
    name: str
    file: str | None
    theorems: int
    left: dict[str, str]


def run(patterns: Sequence[str], where: Path | None, *, as_json: bool) -> int:
    folder = where or FOLDER
    if folder.exists() and not folder.is_dir():
        usage(f"expected a folder for --out, got {folder}, which is none")
    entries = some(patterns) if patterns else some(["*"])
    if own := [e.name for e in entries if e.name not in tags()]:
        usage(f"expected claims of the catalogue, got {', '.join(own)}")
    folder.mkdir(parents=True, exist_ok=True)
    written = [_written(entry, folder) for entry in entries]
    if as_json:
        print_json({"export": str(folder), "files": written})
    else:
        _page(folder, written)
    return 0


def _written(entry: Entry, folder: Path) -> Written:
    """Write the file of a claim; what no script is known to prove is left out of it, and said."""
    record = kept().get(entry.tag)
    proofs = record["proofs"] if record else {}
    left = record["left"] if record else stated(entry.claim, entry.tag)[1]
    file = folder / f"T_{entry.tag}.v" if proofs else None
    if file is not None:
        file.write_text(exported(entry.claim, entry.tag, proofs), encoding="utf-8")
    return {
        "tag": entry.tag, "name": entry.name, "file": file and str(file), "theorems": len(proofs), "left": left,
    }  # fmt: skip


def _page(folder: Path, written: Sequence[Written]) -> None:
    for one in written:
        told = counted(one["theorems"], "theorem") if one["file"] else "no theorem, and so no file"
        print_lines([f"{one['tag']}  {one['name']}: {told}"])
        print_lines(part for n, why in one["left"].items() for part in hung(f"{n} is not in it: {why}", width()))
    files = sum(one["file"] is not None for one in written)
    print_lines([f"{folder}: {counted(files, 'file')}, for `coqc`"])
