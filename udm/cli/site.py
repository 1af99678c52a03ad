"""`udm site OUT`: the documentation with a page for every claim and paper, built by Sphinx from a clone.

Claims of which no evidence is kept are judged first, on all cores. The pages open from disk: nothing is fetched, and
no script is needed to read them.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from derivations.catalogue import claims
from udm.cli.console import note, out, usage
from udm.cli.release import ROOT
from udm.cli.verify import watched

DOCS = ROOT / "docs"


def run(to: Path, workers: int | None) -> int:
    """Build the site; the exit status is 1 where a claim is not green, or Sphinx warns of anything."""
    if not (DOCS / "conf.py").exists():
        usage(f"site: expected a clone of the repository, whose docs are part of the site, found none at {ROOT}")
    if to.exists() and (not to.is_dir() or (any(to.iterdir()) and not (to / "tag").is_dir())):
        usage(f"site: expected a new folder, an empty one, or an earlier site, got {to}")
    rows = watched(list(claims()), use_cache=True, salt="", workers=workers)
    red = [row["name"] for row in rows if not row["green"]]
    note(f"{len(rows) - len(red)} of {len(rows)} claims green; building pages, which takes a few minutes")
    status = built(to.resolve())
    out.print(f"{to / 'index.html'}: {len(rows)} claims", soft_wrap=True)
    return 1 if red or status else 0


def built(to: Path) -> int:
    """Write sources, build the pages from them, and what stands beside them; in a process that knows docs."""
    command = [sys.executable, "-m", "docs.site", str(to)]
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    with TemporaryDirectory() as scratch:
        return subprocess.run([*command, scratch], cwd=ROOT, env={**os.environ, "PYTHONPATH": path}).returncode
