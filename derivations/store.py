"""Evidence on disk: certificates cached by digest, and what property_tests found of udm.

A certificate is keyed by the digests of the claim, of the modules that it and the claims below it are built from, of
the judging code, and by the versions of the engines' libraries, so nothing stale is ever read. Files are written whole
or not at all; one that can't be read is treated as absent and made again.
"""

import json
import os
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

from platformdirs import user_cache_path

from derivations.catalogue import claims, module_of, tags
from derivations.certificate import Certificate
from derivations.claim import Claim
from derivations.digest import digest
from derivations.implemented import code_digest
from derivations.sources import engine_digest, module_digest

LIBRARIES = ("sympy", "mpmath", "python-flint", "z3-solver", "cvc5", "numpy", "scipy")


def root() -> Path:
    """Where evidence is kept: $UDM_CACHE, or the user's cache folder."""
    return Path(os.environ.get("UDM_CACHE") or user_cache_path("udm"))


@cache
def versions() -> dict[str, str]:
    """The versions of Python and of the engines' libraries; an absent one is said to be absent."""
    found = {"python": python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "absent"
    return found


@cache
def _below(name: str) -> frozenset[str]:
    """The claim and all that it needs, and what those need."""
    return frozenset({name}).union(*(_below(need) for need in claims()[name].needs))


def key_of(claim: Claim) -> str:
    modules = sorted({module_of(name) for name in _below(claim.name)})
    texts = [module_digest(module) for module in modules]
    parts = [digest(claim.name), *texts, engine_digest(), *versions().values()]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def _path(claim: Claim) -> Path:
    return root() / "certificates" / f"{tags()[claim.name]}-{key_of(claim)}.json"


def read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def write(path: Path, record: dict[str, Any]) -> None:
    """Whole or not at all: a temporary file beside it, then a rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}.part")
    part.write_text(json.dumps(record, indent=1, sort_keys=True))
    part.replace(path)


def load(claim: Claim) -> Certificate | None:
    """The certificate of exactly this claim, code and libraries, if one is kept."""
    record = read(_path(claim))
    try:
        return None if record is None else Certificate.of_record(record)
    except (TypeError, KeyError):
        return None


def save(claim: Claim, certificate: Certificate) -> None:
    """Keep a certificate and drop the stale ones of the same tag."""
    path = _path(claim)
    write(path, certificate.record())
    for old in path.parent.glob(f"{tags()[claim.name]}-*.json"):
        if old != path:
            old.unlink(missing_ok=True)


def implementation(claim: Claim) -> dict[str, Any] | None:
    """What property_tests last measured of the udm functions of this claim, on this code and digest, or None."""
    folder, rows = root() / "implement", {}
    for path in sorted(folder.glob(f"{tags()[claim.name]}-*.json")):
        record = read(path) or {}
        if (record.get("digest"), record.get("code")) == (digest(claim.name), code_digest()):
            rows |= record["rows"]
    if not rows:
        return None
    points = sum(row["points"] for row in rows.values())
    found = {"engine": "implement", "verdict": "consistent", "points": points, "digits": 0, "seconds": 0.0}
    return found | {"reason": f"{len(rows)} measurements in ulps", "error": 0.0, "detail": rows}


def save_implementation(claim: Claim, rows: dict[str, Any], worker: str = "main") -> None:
    """Keep measurements of udm; each worker of a parallel run has a file of its own."""
    record = {"rows": rows, "digest": digest(claim.name), "code": code_digest()}
    write(root() / "implement" / f"{tags()[claim.name]}-{worker}.json", record)
