"""`python -m docs.checks SITE [--axe FILE] [--all]`: checks a built site.

The exit status is 0 only if nothing is wrong.

Accessibility is checked where there is a browser and axe-core; where there is not, that is said.
"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from docs.checks.accessibility import browser, checked, violations
from docs.checks.pages import faults, read

LARGE = ("graph/index.html", "genindex.html")  # the drawing of all claims; Sphinx's index of names
KINDS = (
    "index.html", "tag/0C7K/index.html", "tag/6H0D/index.html", "tag/8BYK/index.html", "find/index.html",
    "paper/index.html", "paper/luo2022/index.html", "graph/index.html", "symbols/index.html", "symbols/core.html",
    "numbers/index.html", "withdrawn/index.html", "reference/errata.html", "reference/trust.html",
    "reference/notation.html", "tutorials/cases.html", "api/formulas.html", "reference/misprints.html", "search.html",
)  # fmt: skip


def main(root: Path, axe: Path, *, every: bool) -> int:
    """Print what is wrong and what was checked."""
    pages = read(root)
    wrong = faults(pages, root, LARGE)
    print(
        f"{len(pages)} pages, {sum(len(p.links) for p in pages):,} links: {len(wrong)} faults of links, HTML and size"
    )
    with_browser = browser()
    if with_browser is None or not axe.is_file():
        lacking = "no browser" if with_browser is None else f"no axe-core at {axe}"
        print(f"accessibility was NOT checked: {lacking}")
    else:
        paths = [p.path for p in pages if every or p.path in KINDS]
        results = list(checked(root, paths, axe, with_browser))
        found = violations(results)
        version = results[0][1]["version"] if results else "unknown"
        print(f"accessibility, axe-core {version}: {len(found)} violations on {len(paths)} pages, light and dark")
        wrong += found
    print("\n".join(wrong))
    return 1 if wrong or not pages else 0


if __name__ == "__main__":
    parser = ArgumentParser()
    parser.add_argument("site", type=Path)
    parser.add_argument("--axe", type=Path, default=Path("docs/_build/tools/node_modules/axe-core/axe.min.js"))
    parser.add_argument("--all", action="store_true", help="check the accessibility of all pages, not of each kind")
    asked = parser.parse_args()
    sys.exit(main(asked.site, asked.axe, every=asked.all))
