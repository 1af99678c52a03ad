"""The badge of a claim, a small drawing that says its tag and verdict; and the package for LaTeX."""

from html import escape

from udm.cli.release import base

COLOURS = {"proved": "#1a6b32", "consistent": "#0b5c75", "refuted": "#8a1c52", "definition": "#2a4d9b"}
RED = "#a01818"
LETTER = 7  # the width that a letter takes


def badge(tag: str, verdict: str, *, green: bool = True) -> str:
    """Return the badge as SVG."""
    word = verdict.replace("_", " ") if green else "not green"
    left, right = LETTER * (len(tag) + 5), LETTER * (len(word) + 2)
    colour = COLOURS.get(verdict, RED) if green else RED
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" '
        f'aria-label="udm {escape(tag)}: {escape(word)}"><title>udm {escape(tag)}: {escape(word)}</title>'
        f'<rect width="{left}" height="20" fill="#333"/><rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" font-family="DejaVu Sans,Verdana,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">udm {escape(tag)}</text>'
        f'<text x="{left + right / 2:g}" y="14">{escape(word)}</text></g></svg>\n'
    )


def package() -> str:
    r"""Return `udm.sty`, in which \udm{0C7K} prints a tag and links to its page."""
    return PACKAGE.replace("BASE", base() or "tag-pages-of-udm/")


PACKAGE = r"""% udm.sty: \udm{0C7K} prints the tag of a checked claim, with a link to its page.
% \udmsite{https://.../} sets where the pages are, if they have moved.
\NeedsTeXFormat{LaTeX2e}
\ProvidesPackage{udm}[2026/12/01 Tags of checked claims on diffusion models]
\RequirePackage{hyperref}
\newcommand*{\udm@site}{BASE}
\newcommand*{\udmsite}[1]{\renewcommand*{\udm@site}{#1}}
\newcommand*{\udm}[1]{\href{\udm@site tag/#1/}{\texttt{udm:#1}}}
\endinput
"""
