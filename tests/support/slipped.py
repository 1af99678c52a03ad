"""Equations of the papers with one slip in the text: none is called equal, unless numbers of another library agree.

`python -m tests.support.slipped [COUNT]` asks so many of them.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random

from mpmath import mp
from sympy import Expr, N

from derivations.catalogue import claims
from derivations.obligations.watch import watching
from derivations.query import ask as asking
from derivations.query.index.formulas import formulas
from derivations.query.index.universe import COUNT, universe
from derivations.query.index.views import views
from derivations.query.reading import Unread, readings
from derivations.query.verdict import Read
from tests.support.ledger import Row, alone, kept, rows

SLIPS = (
    (r"_\{t-1\}", "_t"), (r"_t(?![a-z{|])", "_{t-1}"), (r"_s(?![a-z{|])", "_t"), (r"_\{i-1\}", "_i"),
    (r"(?<=[\w}) ])\+", "-"), (r"(?<=[\w}) ])-(?!1\})", "+"), (r"\\sqrt(?=\{)", ""), (r"\^2", ""),
    (r"\\bar ?", ""), (r"\\frac\{1\}\{2\}", ""), (r"\\tilde ?", ""), (r"(?<![\w^])2(?!\w)", "3"),
    (r"\\beta_t", r"\\alpha_t"), (r"\\hat ?", ""),
)  # fmt: skip


def slipped() -> Iterator[Row]:
    """Yield right equations with a slip, in an order of their own: of each kind and at each place one."""
    known = kept()
    right = [row for row in rows() if known[row.name] == "equal" and not row.is_misprint]
    found = {text: row for row in right for text in _slips(row.text) if text != row.text}
    order = sorted(found)
    Random("slips in equations").shuffle(order)
    yield from (found[text]._replace(text=text) for text in order)


def _slips(text: str) -> Iterator[str]:
    for pattern, put in SLIPS:
        for found in re.finditer(pattern, text):
            yield text[: found.start()] + found.expand(put) + text[found.end() :]


def called_equal(row: Row) -> list[Read]:
    """Return the readings that are called equal, each after numbers of another library have agreed.

    Raises:
        AssertionError: they do not.
    """
    try:
        text = row.text if "\\" in row.text else f"${row.text}$"
        answer, read = asking.ask(text), readings(text)
    except Unread:
        return []
    equal = [r for r in answer.read if r.verdict.kind == "equal"]
    for r in equal:
        own = [one.expr for one in read if one.side == r.side and set(r.conventions) & set(one.convention.split(", "))]
        assert any(_is_of(r.verdict.claim, e) for e in own), f"{row.name}: {text} is no formula of {r.verdict.claim}"
    return equal


def _is_of(name: str, asked: Expr) -> bool:
    """Whether a claim has a formula of the same values, in some view, by SymPy and mpmath."""
    with watching(False):
        right = [f.expr for f in formulas(claims()[name]) if not f.wrong]
    return any(_same(asked, view(e)) for view in views(claims()[name]) for e in right)


def _same(one: Expr, other: Expr) -> bool:
    seen = False
    with mp.workdps(40):
        for n in range(COUNT):
            a, b = (N(e.xreplace(dict(universe()[n])), 30) for e in (one, other))
            if a.is_real and b.is_real:  # elsewhere one of them is undefined
                seen = True
                if abs(a - b) > 1e-20 * (1 + abs(a)):
                    return False
    return seen


def main(count: int) -> None:
    alone()
    kinds = Counter(bool(called_equal(row)) for row in islice(slipped(), count))
    print(f"{sum(kinds.values())} equations with a slip, of which {kinds[True]} are another right formula")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 400)
