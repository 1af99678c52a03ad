"""Lines of formulas broken where a reader would break them: before an operator, outside of brackets if that is near.

Of the spaces of a line one is chosen that is cheap, and far to the right: an open bracket costs as much as LEVEL of
the width left empty, so that a line is not cut short for a small group.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

LEVEL = 0.4  # of the width, which may stay empty for a place that is one bracket further out
RELATIONS = {"=", "<", "<=", ">", ">=", "~"}
SIDES = RELATIONS - {"~"}  # of which the first on a line, outside of brackets, is the best place
OPERATORS = RELATIONS | {"+", "-", "/", "·", "|", "||"}
TIGHT = {"/", "·"}  # what binds more closely than a sum
TAKING = {"log"}  # what is written before its argument without brackets
LEFT, RIGHT = "([{", ")]}"
NORM = re.compile(r"(?:^|[(\[{])\|\|.")  # where one begins: ||x, E[||x


def broken(line: str, width: int, indent: int = 2, under: int = 4) -> list[str]:
    """Return a line in parts of at most ``width``, the first by ``indent`` columns in, the others further in.

    A word that is wider than the width stays whole.
    """
    lines: list[str] = []
    words = line.strip().split(" ")
    while words:
        room = width - indent - (under if lines else 0)
        n = len(words) if len(" ".join(words)) <= room else _first(words, room)
        lines.append(" " * (width - room) + " ".join(words[:n]).rstrip())
        words = words[n:]
        while words and not words[0]:
            words = words[1:]
    return lines or [""]


def _first(words: list[str], room: int) -> int:
    """Return how many words stand on the first line, whose last words may have to be left to the next one."""
    places = [(cost + (room - end) / (LEVEL * room), n) for n, end, cost in _places(words) if end <= room]
    return min(places, key=lambda p: (p[0], -p[1]))[1] if places else 1


def _places(words: list[str]) -> Iterator[tuple[int, int, float]]:
    """Yield after how many words, and columns, a line may end, and what that costs."""
    end, depth, related = -1, 0, False
    for n, (word, then) in enumerate(pairwise(words), start=1):
        end += len(word) + 1
        depth += sum(c in LEFT for c in word) - sum(c in RIGHT for c in word) + _norms(word)
        related = related or (depth == 0 and word in RELATIONS) or word == "if"
        yield n, end, depth + (_torn(word, then, depth) if related or depth > 0 or then not in SIDES else -0.2)


def _norms(word: str) -> int:
    """Return how many norms begin in a word, less those that end there; a sign of two bars alone is none."""
    bars, begun = (0 if word == "||" else word.count("||")), len(NORM.findall(word))
    return 2 * begun - bars


def _torn(word: str, then: str, depth: int) -> float:
    """Return what it costs to part two words, beside the brackets around them."""
    if word in OPERATORS or word.endswith("|") or then.startswith("|") or word in TAKING:
        return 1.0
    if word.endswith(","):  # of a list, or of arguments
        return 1.0 if depth > 0 else -0.25
    if word == "if":
        return 0.0
    return 0.0 if then in OPERATORS - TIGHT - RELATIONS else 1.0 if then == "~" else 0.5  # of a product, or of words
