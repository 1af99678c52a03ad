"""Whole values in a sentence: formulas, names and numbers that something is said to be, after "is" or "simplifies to".

A formula that stands elsewhere may be a part, as a weight or a factor. Which words say that it is the whole is listed
here; they are words for "is", with what may stand between them and the formula.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from derivations.judge import words
from derivations.judge.prose import LONE as WORDS_OF_ONE
from derivations.judge.prose import Formula

SAYS = (
    r"\b(?:(?:is|are|(?<![Aa]t )equals?|becomes?|be|gives|yields|reads|means|matches|stands for|has the value|namely"
    r"|i\.e\.|(?:simplifies|expands|comes|evaluates|works out|boils down|adds up|reduces) to|turns into|coincides with)"
    r"(?:,? (?:simply|just|only|always|exactly|precisely|therefore|thus|hence|then|also|again|merely|really|indeed"
    r"|in fact|nothing (?:but|else than)|equal to|identical to|identically|given by|(?:exactly )?the same as"
    r"|written|the (?:sum|product|difference|quotient|value|formula|expression)))*"
    r"(?:, (?:in|at|for|by|up to|on|with|of|as) [^,;:.]*,)?)"
)
WHOLE = re.compile(rf"{SAYS}[\s'\"(\[{{]*$")  # before a formula that is all of something
FACTOR = re.compile(r"^\s*(?:times|of|in|on)\b")  # after one that is a factor
SUBJECT = re.compile(r"(?:^|[,;:.]|\b(?:so|then|thus|hence|therefore))$")  # before one at the head of a clause
IS = re.compile(rf"\s*{SAYS}(?=\W)")  # between two formulas of which one is the other
LONE = re.compile(  # a name or a number that is all of something, where its clause ends
    rf"{SAYS} (?P<lone>[A-Za-z]\w*'*|[0-9]+)"
    r"(?=$|[,;.:](?:\s|$)| (?:where|with|for|when|if|at|so|but|and|because|since|whatever|by)\b)"
)


def is_said_to_be(one: Formula, other: Formula) -> bool:
    """Whether a clause begins with the one formula, and says next that it is the other, which is no factor."""
    link = IS.match(one.after)
    if link is None or FACTOR.match(other.after) or not SUBJECT.search(one.before.rstrip()):
        return False
    return one.after[link.end() :].lstrip(" ([{").startswith(other.text.lstrip("([{"))


def lone_wholes(marked: str, known: Collection[str], found: Sequence[Formula]) -> Iterator[Formula]:
    """Yield the names and numbers, each by itself, that something is said to be, unless on a condition.

    A name is one that the claim has, or that one of the formulas found in the sentence defines.
    """
    defined = {f.text.partition("=")[0].strip() for f in found if "=" in f.text}
    for m in LONE.finditer(marked):
        name, before = m["lone"], marked[: m.start("lone")]
        named = name.isdigit() or (name in defined.union(known) and name not in WORDS_OF_ONE)
        if named and not words.CONDITION.search(marked[: m.start()].lower()):
            yield Formula(name, before, marked[m.end() :])
