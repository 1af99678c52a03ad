"""Formulas as MathML, written while pages are built, so that no script and no network is needed to read them.

MathML Core has neither `columnalign` nor `menclose`: the first becomes a style, the second a class. A formula that does
not convert is shown as it is typed, set apart, with a warning, which `make docs` and `make site` treat as an error.
"""

import re
from functools import lru_cache
from html import escape, unescape
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)
SPELLED = (("{aligned}", "{align*}"), (r"\operatorname*", r"\operatorname"), (r"\arg", r"\operatorname{arg}"))
SHORTER = (
    (' xmlns="http://www.w3.org/1998/Math/MathML"', ""),  # HTML knows it
    (' columnalign="right"', ' style="text-align:right"'),
    (' columnalign="left"', ' style="text-align:left"'),
    ('<menclose notation="updiagonalstrike">', '<mrow class="udm-cancelled">'),
    ("</menclose>", "</mrow>"),
    ("<mi>;</mi>", '<mo separator="true">;</mo>'),
    ('<mo stretchy="false">|</mo>', '<mo stretchy="false" lspace="0" rspace="0">|</mo>'),
    ("<mrow></mrow>", "<mrow/>"),
)
FUNCTION = re.compile(
    r"(<m([io])>(?:arg|cos|cosh|det|exp|ln|log|sin|sinh|tan|tanh)</m\2>)(?!<mo stretchy=\"false\">\()"
)
REFERENCE = re.compile(r"&#x[0-9A-Fa-f]+;")
SPACING = re.compile(r' (?:row|column)spacing="[^"]*"')
KEPT = "<>&"
BARRED = re.compile(r"</?msqrt>|¯")
STRUT = '<mspace width="0" height="0.95em"/>'  # a bar over a small letter ends at 0.7em, and needs air above it
COLUMNS = re.compile(r"(?<!\\)&|\\\\")


@lru_cache(maxsize=2**13)
def mathml(latex: str, *, block: bool = False) -> str:
    """Return a formula as a `math` element.

    Raises:
        ValueError: if it does not convert, what it converts to is not well formed, or it has a command left in it.
    """
    for typed, known in SPELLED:
        latex = latex.replace(typed, known)
    if "\\begin" not in latex and COLUMNS.search(latex):  # Sphinx allows for lines and columns without a frame
        latex = f"\\begin{{align*}}{latex.strip()}\\end{{align*}}"
    try:
        found = convert(latex, display="block" if block else "inline")
        texts = list(ElementTree.fromstring(found).itertext())
    except Exception as fault:
        raise ValueError(f"expected LaTeX that converts to MathML, got {latex!r}: {fault}") from None
    if left := [text for text in texts if "\\" in text]:
        raise ValueError(f"expected LaTeX that converts to MathML, got {left[0]!r} in {latex!r}")
    for long, short in SHORTER:
        found = found.replace(long, short)
    found = REFERENCE.sub(_plain, SPACING.sub("", found))
    return _raised(FUNCTION.sub(r'\1<mspace width="0.17em"/>', found))  # between a function and its argument


def _raised(element: str) -> str:
    """Set roots of what has a bar higher, for else the two lines are one, and alpha-bar is read as alpha."""
    open_, low = list[int](), set[int]()
    for part in BARRED.finditer(element):
        match part[0]:
            case "<msqrt>":
                open_.append(part.end())
            case "</msqrt>":
                open_.pop()
            case _:
                low.update(open_[-1:])
    for place in sorted(low, reverse=True):
        element = element[:place] + STRUT + element[place:]
    return element


def _plain(found: re.Match[str]) -> str:
    """A character in place of its number, which is longer."""
    character = unescape(found[0])
    return found[0] if character in KEPT else character


def shown(latex: str, *, block: bool = False) -> str:
    """Return the element; a formula that does not convert as code, after a warning."""
    try:
        return mathml(latex, block=block)
    except ValueError as fault:
        log.warning("%s", fault)
        return f'<code class="udm-unread">{escape(latex)}</code>'


def boxed(element: str) -> str:
    """Return a displayed formula in a box that scrolls by finger and by key, where it is wider than the page."""
    return f'<div class="udm-display" role="group" aria-label="Formula" tabindex="0">{element}</div>\n'


def inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a sentence."""
    self.body.append(shown(node.astext()))
    raise nodes.SkipNode


def display(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on lines of its own."""
    self.body.append(boxed(shown(node.astext(), block=True)))
    raise nodes.SkipNode
