"""Evidence on disk: certificates with the rows of their reports, and what property_tests measured of udm.

A certificate is kept with digests of the texts that it was made from, of the modules of its claim, of the claims that
it needs and of the judging code, and with the versions of the libraries. If any of these differs today, it is ignored;
so neither SymPy nor a claim is needed to know that nothing changed. Files are written whole or not at all; one that
can't be read, or was altered by hand, is treated as absent and made again.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any, TypedDict

from platformdirs import user_cache_path

from derivations.catalogue import OWN, tags
from derivations.judge.implemented import code_digest
from derivations.judge.texts import LENGTH, LOADED, State, Texts
from derivations.judge.texts import read as sources_now
from derivations.own import loaded

if TYPE_CHECKING:
    from derivations.form.claim import Claim
    from derivations.judge.certificate import Certificate

LIBRARIES = ("sympy", "mpmath", "python-flint", "z3-solver", "cvc5", "numpy", "scipy")


class Record(TypedDict):
    """A certificate, its row in a report, and all that they depend on."""

    name: str
    made_from: Texts
    judged_by: str
    libraries: dict[str, str]
    certificate: dict[str, Any]
    row: dict[str, Any]


def root() -> Path:
    """Return the folder for evidence: $UDM_CACHE, or else in the user's cache folder."""
    return Path(os.environ.get("UDM_CACHE") or user_cache_path("udm"))


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of the engines' libraries; a missing one is "absent"."""
    installed = {"python": python_version()}
    for name in LIBRARIES:
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            installed[name] = "absent"
    return installed


def sealed(path: Path) -> dict[str, Any] | None:
    """Return the record in the file if it is whole and unaltered."""
    try:
        record = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) and record.pop("sum", None) == _sum(record) else None


def write(path: Path, record: Mapping[str, Any]) -> None:
    """Write whole or not at all: into a temporary file beside it, which is then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps({"sum": _sum(record), **record}, indent=1))
    part.replace(path)


def kept(names: Iterable[str]) -> dict[str, Record]:
    """Return those records of the claims whose texts and libraries are the ones of this process and of the disk."""
    now, records, files = sources_now(), dict[str, Record](), defaultdict[str, list[Path]](list)
    if now.judges != LOADED.judges:
        return {}
    for path in sorted((root() / "certificates").glob("*-*.json")):
        files[path.name.partition("-")[0]].append(path)
    for name in names:
        for record in filter(None, map(sealed, files[_stem(name)])):
            if record.keys() == Record.__annotations__.keys() and record["name"] == name and _holds(record, now):
                records[name] = record  # type: ignore[assignment]
    return records


def _holds(record: Any, now: State) -> bool:
    """Return whether nothing that the record depends on has changed, on disk or since this process started."""
    if (record["judged_by"], record["libraries"]) != (now.judges, versions()):
        return False
    today, then = now.texts | loaded.texts_now(), LOADED.texts | loaded.texts_read()
    return all(today.get(f) == text == then.get(f) for f, text in record["made_from"].items())


def _stem(name: str) -> str:
    """Return how the files of a claim's evidence begin: by its tag; for one's own by its file and name."""
    home = loaded.home(name)
    return tags()[name] if home is None else f"{OWN}{_sum([str(home.path), name])[:LENGTH]}"


def keep(record: Record) -> None:
    """Keep a record and drop stale ones of the same tag, unless a text that it was made from changed meanwhile."""
    if not _holds(record, sources_now()):
        return
    key = [record["name"], record["made_from"], record["judged_by"], record["libraries"]]
    stem = _stem(record["name"])
    path = root() / "certificates" / f"{stem}-{_sum(key)[:LENGTH]}.json"
    write(path, record)
    for old in path.parent.glob(f"{stem}-*.json"):
        if old != path:
            old.unlink(missing_ok=True)


def _sum(of: Any) -> str:
    return sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()


def load(claim: "Claim") -> "Certificate | None":
    """Return the certificate of exactly this claim, code and libraries, if one is kept."""
    from derivations.judge.certificate import Certificate

    record = kept([claim.name]).get(claim.name)
    return None if record is None else Certificate.of_record(record["certificate"])


def digest(name: str) -> str:
    """Return the digest of a claim, which has to be built for it."""
    from derivations.judge.digest import digest

    return digest(name)


def implementation(claim: "Claim") -> dict[str, Any] | None:
    """Return what property_tests last measured of the claim's udm functions, for this code and digest, or None."""
    return measured(claim.name, digest(claim.name))


def measured(name: str, digest: str) -> dict[str, Any] | None:
    """Return the same without building the claim, by the digest in its row; None for a claim of one's own."""
    if name not in tags():
        return None
    rows: dict[str, Any] = {}
    for path in sorted((root() / "implement").glob(f"{tags()[name]}-*.json")):
        record = sealed(path) or {}
        if (record.get("digest"), record.get("code")) == (digest, code_digest()):
            rows |= record["rows"]
    if not rows:
        return None
    points = sum(row["points"] for row in rows.values())
    evidence = {"engine": "implement", "verdict": "consistent", "points": points, "digits": 0, "seconds": 0.0}
    return evidence | {"reason": f"{len(rows)} measurements in ulps", "error": 0.0, "detail": rows}


def save_implementation(claim: "Claim", rows: dict[str, Any], worker: str = "main") -> None:
    """Keep measurements of udm; each worker of a parallel run writes a file of its own."""
    record = {"rows": rows, "digest": digest(claim.name), "code": code_digest()}
    write(root() / "implement" / f"{tags()[claim.name]}-{worker}.json", record)
