"""Builds the site into a folder: `python -m docs.site OUT SCRATCH`, as `udm site` does once all claims are judged."""

import sys
import warnings
from pathlib import Path

from sphinx.cmd.build import build_main

from derivations.catalogue import claims
from docs.site.sources import DOCS, beside, whole

SETTINGS = ("html_copy_source=0", "html_show_sourcelink=0")


def main(out: Path, scratch: Path) -> int:
    """Return the exit status of Sphinx, for which every warning is an error."""
    sources = scratch / "sources"
    whole(sources)
    warnings.filterwarnings("ignore", category=PendingDeprecationWarning)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    settings = [word for setting in SETTINGS for word in ("-D", setting)]
    places = ["-c", str(DOCS), "-d", str(scratch / "doctrees"), str(sources), str(out)]
    status = build_main(["-W", "--keep-going", "-q", "-b", "html", *settings, *places])
    beside(out, list(claims()))
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
