"""Which formulas of a sentence are all of something, and which may be a part: a weight, a factor, what a slope is of.

A formula is all of something unless the words before it are known to be harmless: prepositions after a noun, as in
"the slope of x^2"; nouns and verbs of parts, as in "has the factor x^2"; or "times" after it. So an unknown verb, a
colon or a comma before it make a whole of it, as "is" does. Where one formula heads its clause and a verb leads to
another, the one is said to be the other.
"""

import re
from collections.abc import Collection, Iterator, Sequence

from derivations.judge.titles import words
from derivations.judge.titles.phrases import (
    ARTICLE,
    ASIDE,
    BY,
    CONJUNCTION,
    DENIED,
    FACTOR,
    HEAD,
    LISTED,
    LONE,
    MODIFIED,
    OF_NOUN,
    OF_PART,
    OPENED,
    PART,
    PLACED,
    PLURALS,
    PREPOSITION,
    RANGE,
    SAID,
    SAYS,
    SUBSTITUTED,
    VERB,
    VERBS,
    WITH_NOUN,
    WITHIN,
)
from derivations.judge.titles.prose import LONE as WORDS_OF_ONE
from derivations.judge.titles.prose import Formula
from derivations.judge.titles.worded import COUNTED

COUNT = re.compile(  # a number in words that is all of something, where its clause ends
    rf"(?:{SAYS}|\b(?:comes|turns|works) out (?:as|to be)|:)(?: an?)? (?P<count>{'|'.join(COUNTED)})(?! and the same\b)"
    r"(?=$|[,;.:](?:\s|$)| (?:where|with|for|when|if|at|so|but|and|because|since|whatever|everywhere)\b)",
    re.I,
)


def is_whole(f: Formula, before: Sequence[Formula] = ()) -> bool:
    """Whether a formula is all of something; `before` are the formulas that stand before it in the sentence."""
    if FACTOR.match(f.after) or (SUBSTITUTED.search(f.before) and f.after.startswith("for ")) or RANGE.search(f.before):
        return False
    return _is_whole(f.before.rstrip(OPENED), before)


def _is_whole(text: str, before: Sequence[Formula]) -> bool:
    if OF_NOUN.search(text) or WITH_NOUN.search(text):
        return False
    if said := SAID.search(text):
        return not OF_PART.search(text[: said.start()])
    if listed := LISTED.search(text):
        for one in before:
            end = one.before + (" " if one.before else "") + one.text
            if _compact(text[: len(text) - len(listed[0])]) == _compact(end) or _compact(
                text[: listed.end("name")]
            ) == _compact(end):
                return is_whole(one._replace(after=""), [f for f in before if len(f.before) < len(one.before)])
        if (name := listed["name"]) and _is_sure(name):
            return _is_whole(text[: listed.start()].rstrip(OPENED), before)
    return not (PART.search(text) or WITHIN.search(text) or BY.search(text) or _after_noun(text))


def _compact(text: str) -> str:
    return re.sub(r"[\s(\[{'\"]", "", text)


def _is_sure(word: str) -> bool:
    return len(word) == 1 or not word.isalpha()


def _after_noun(text: str) -> bool:
    """Whether a preposition stands before the formula, and no verb before that: amounts of, but not amounts to."""
    found = PREPOSITION.search(text)
    if not found:
        return False
    word = (found["of"] or "").lower()
    if word in ("is", "are"):
        return text.lower().endswith(("above", "below"))  # orders, which `directions` looks at
    return not word.isalpha() or word in PLURALS or not (re.search(r"[^s]s$|ed$", word) or word in VERBS)


def is_said_to_be(one: Formula, other: Formula, stated: bool = False) -> bool:
    """Whether the one formula heads a clause in which a verb leads to the other, which is no factor; a colon does so
    as well, but not to what is stated of other things.
    """
    if (
        DENIED.match(other.after)
        or FACTOR.match(other.after)
        or FACTOR.match(one.after)
        or MODIFIED.search(one.before.rstrip(OPENED))
    ):
        return False
    after = one.after
    text = other.text.lstrip("([{")
    at = after.find(text)
    if at < 0:
        return False
    link = after[:at].rstrip(OPENED)
    return _leads(link) and not (stated and link.endswith(":"))


def _leads(link: str) -> bool:
    """Whether what stands between two formulas is a verb, in whatever words; an order is for other judges."""
    link = ASIDE.sub("", link.rstrip(OPENED)).strip()
    link = link.removeprefix(")").removeprefix(",").strip()
    if PLACED.match(link):
        return False
    if SAID.fullmatch(link):
        return True
    return link == ":" or bool(VERB.match(link) and not CONJUNCTION.match(link) and not _ordered(link))


def _ordered(link: str) -> bool:
    return bool(
        words.STRICT.search(link)
        or words.BOUND.search(link)
        or words.LIMIT.search(link)
        or PART.search(link.split()[0])
    )


def heads(f: Formula, known: Collection[str]) -> tuple[str, bool]:
    """Return the name that heads the clause of a formula and is said to be it, "" if there is none; and whether the
    clause is a condition.
    """
    for head in [] if FACTOR.match(f.after) else HEAD.finditer(f.before.rstrip(OPENED)):
        if head["name"] in known and head["name"] not in WORDS_OF_ONE and _leads(head["link"]):
            return head["name"], bool(head["if"])
    return "", False


def lone_wholes(marked: str, known: Collection[str], found: Sequence[Formula]) -> Iterator[Formula]:
    """Yield the names and numbers, each by itself, that something is said to be, unless on a condition.

    A name is one that the claim has, or that one of the formulas found in the sentence defines.
    """
    defined = {f.text.partition("=")[0].strip() for f in found if "=" in f.text}
    for m in ARTICLE.finditer(marked):
        if m["lone"] in known and not words.conditional(marked[: m.start()]):
            yield Formula(m["lone"], marked[: m.start("lone")], marked[m.end() :])
    for m in LONE.finditer(marked):
        name, before = m["lone"], marked[: m.start("lone")]
        named = name.isdigit() or (name in defined.union(known) and name not in WORDS_OF_ONE)
        if named and not words.conditional(marked[: m.start()]):
            yield Formula(name, before, marked[m.end() :])
    for m in COUNT.finditer(marked):
        if not words.conditional(marked[: m.start()]):
            yield Formula(COUNTED[m["count"].lower()], marked[: m.start("count")], marked[m.end() :])
