"""Whether an inequality has the direction of a word: a sign, a slope for "rises", the greater side for "above".

It must be of the answer itself, or of the object whose value the answer is: one of its sides is (`Spoken.own`).
"""

import re
from collections.abc import Callable

from sympy import Expr, expand

from derivations.form.base import Said
from derivations.form.statement import AtMost, Below
from derivations.judge.spoken import Spoken
from derivations.judge.titles import words
from derivations.judge.titles.shapes import shapes
from derivations.notation.named import Named, unnamed
from derivations.notation.printing import text

Has = Callable[[str, Expr], bool]


def keeps(word: re.Match[str], title: str, spoken: Spoken, has: Has = lambda part, side: False) -> bool:
    """Whether an inequality is of the answer itself and in the direction of the word, where the word has one.

    `has` says whether a part of the title has a side of the inequality as a formula.
    """
    written = spoken.written
    if not isinstance(written, Below | AtMost):
        return True  # a form that opens into inequalities
    if not any(spoken.own):
        return False
    if word[0] == "impossible" and not isinstance(written, Below):
        return False
    if word[0] == "unique" and not isinstance(written, AtMost):
        return False
    if word[0] in words.CURVED:
        return _bends(written) == words.CURVED[word[0]]
    if words.SIGN.match(word[0]):
        return _has_sign(spoken, 1 if words.UP.match(word[0]) else -1)
    if words.MOVING.match(word[0]):
        moves = _moves(written)
        return _conditional(word, title) or (moves != 0 if words.MONOTONE.match(word[0]) else moves == _way(word))
    stands: Has = lambda part, side: _stands(part, side) or has(part, side)  # noqa: E731
    return _on_its_side(word, title, spoken, stands) and not _turned(word, title, written, stands)


def _way(word: re.Match[str]) -> int:
    return 1 if words.UP.match(word[0]) else -1


def _has_sign(spoken: Spoken, sign: int) -> bool:
    """Whether it bounds the answer, and no slope of it, by a number of this sign."""
    of, bound = _signed(spoken.written)
    own = {e for e, mine in zip(_written(spoken), spoken.own, strict=True) if mine and not _compound(e)}
    return of is not None and bound == sign and not _is_slope(of) and not own.isdisjoint((of, -of))


def _compound(e: Expr) -> bool:
    """Whether it is a sum, a product or a power of objects, whose signs are another matter."""
    return not isinstance(e, Named) and e.as_coeff_Mul()[1].has(Named) and not isinstance(e.as_coeff_Mul()[1], Named)


def _written(spoken: Spoken) -> tuple[Expr, Expr]:
    return spoken.written[0], spoken.written[1]  # type: ignore[index, return-value]


def _signed(written: Said) -> tuple[Expr | None, int]:
    """What an inequality bounds by a number of a sign, with that sign; a minus before it is turned over."""
    if not isinstance(written, Below | AtMost):
        return None, 0
    lesser, greater = expand(written.lesser), expand(written.greater)
    of, sign = (written.greater, 1) if lesser.is_nonnegative else (written.lesser, -1 if greater.is_nonpositive else 0)
    return (-of, -sign) if sign and of.could_extract_minus_sign() else (of if sign else None, sign)


def _is_slope(e: Expr) -> bool:
    return isinstance(e, Named) and text(e).startswith(("d/d", "(d/d"))  # the first: a further one says not what rises


def _bends(written: Below | AtMost) -> int:
    """Whether something is convex (1) or concave (-1): its second slope has a sign."""
    of, sign = _signed(written)
    return sign if isinstance(of, Named) and text(of).startswith(("d^2/d", "(d^2/d")) else 0


def _moves(written: Below | AtMost) -> int:
    """Whether something rises (1) or falls (-1): its slope has a sign, or it is compared with itself further on."""
    of, sign = _signed(written)
    if of is not None and _is_slope(of):
        return sign
    lesser, greater = written.lesser, written.greater
    if not (isinstance(lesser, Named) and isinstance(greater, Named) and _name(lesser) == _name(greater)):
        return 0
    steps = [expand(b - a) for a, b in zip(lesser.shown, greater.shown, strict=False) if a != b]  # type: ignore[attr-defined]
    if len(steps) != 1:
        return 0
    return 1 if steps[0].is_positive else -1 if steps[0].is_negative else 0


def _name(e: Named) -> str:
    """What stands before the bracket with its arguments."""
    return text(e).partition("(")[0]


def _conditional(word: re.Match[str], title: str) -> bool:
    """Whether the word stands in a clause that says where something else holds."""
    return words.conditional(title[: word.start()])


def _on_its_side(word: re.Match[str], title: str, spoken: Spoken, stands: Has) -> bool:
    """Whether what is more is on the greater side: it is the answer's own, or the title has it before the word."""
    more, less = words.MORE.match(word[0]), words.LESS.match(word[0])
    if not (more or less):
        return True
    n = 1 if more else 0
    return spoken.own[n] or stands(title[: word.start()], _written(spoken)[n])


def _stands(part: str, side: Expr) -> bool:
    """Whether a part of the title has one side of an inequality, as it prints or by the noun for its shape."""
    return text(side).lower() in part or any(noun in part for noun in shapes(unnamed(side)))


def _turned(word: re.Match[str], title: str, written: Below | AtMost, stands: Has) -> bool:
    """Whether the title has both sides of the inequality about the word, the other way round."""
    more, less = words.MORE.match(word[0]), words.LESS.match(word[0])
    if not (more or less):
        return False
    sides = (written.lesser, written.greater)
    first, second = sides if more else sides[::-1]  # which it would be if it were turned over
    before, after = title[: word.start()], title[word.end() :]
    turned = stands(before, first) and stands(after, second)
    return turned and not (stands(before, second) and stands(after, first))
