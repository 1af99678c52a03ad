"""Arithmetic in words, written with signs: "a plus b squared" as a + b^2, "half of 2 a b" as (1/2) (2 a b).

Only what stands between formulas, numbers or names that the claim has is written so; "the mean plus the rest" is not.
"""

import re
from collections.abc import Collection, Sequence
from types import MappingProxyType

from derivations.judge.titles.prose import LONE, OBJECT, SPELLED
from derivations.syntax.keys import GREEK

COUNTS = MappingProxyType({word: str(n) for n, word in enumerate(
    ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"))})  # fmt: skip
LARGER = MappingProxyType({"eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
                           "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20",
                           "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70",
                           "eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000",
                           "million": "1000000", "dozen": "12"})  # fmt: skip
NOUGHT = MappingProxyType({"nil": "0", "nought": "0", "naught": "0"})
COUNTED = MappingProxyType(
    {**{word: n for word, n in COUNTS.items() if n != "0"}, **LARGER, **NOUGHT}
)  # "zero": `properties`
SIGNS = MappingProxyType({"plus": "+", "minus": "-", "less": "-", "times": "*", "over": "/"})
MULTIPLES = MappingProxyType({"half": "(1/2)", "twice": "2", "double": "2", "thrice": "3", "triple": "3",
                              "minus": "-", "third": "(1/3)", "quarter": "(1/4)"})  # fmt: skip
POWERS = MappingProxyType({"squared": "^2", "cubed": "^3"})
HYPHENED = re.compile(r"(?<![\w-])(\w+)-(squared|cubed)(?![\w-])", re.I)  # a-squared
OF = MappingProxyType({"square": "({})^2", "cube": "({})^3", "root": "sqrt({})", "logarithm": "log({})"})
TOKEN = re.compile(r"\s*(?P<word>\S+?(?=[,;:.]*(?:\s|$)))|(?P<stop>[,;:.]+)")
ENDS = re.compile(r"^(?:[,;:.]+|is|are|was|and|or|equals?|for|by|in|at|with|where|if|when|so|but|on)$")
SAID = re.compile(r"(?:is|are|equals?|becomes?|gives|makes|amounts|comes)$")  # after what a clause is about
SUMMED = re.compile(r"\b(?:integral|sum|mean|average|excess)\b")  # over what follows
MATHS = re.compile(r"[-+*/^=<>≤≥√|·]+|[-+√(\[{|]*(?:\d.*|.*[_^'(\[{)\]}/].*)")


def spelled(marked: str, known: Collection[str]) -> str:
    """Return a sentence with its arithmetic in signs; `known` are words that may be names in it."""
    marked = HYPHENED.sub(lambda m: f"{m[1]} {m[2]}" if m[1] in known else m[0], marked)
    words = [(m[0][: m.start(m.lastgroup or 0) - m.start()], m[0].strip()) for m in TOKEN.finditer(marked)]
    line = _Line([text for _, text in words], [space for space, _ in words], known)
    for step in (line.powers, line.functions, line.multiples, line.sums, line.operations):
        step()
    return "".join(space + text for space, text in zip(line.spaces, line.words, strict=True)).strip()


class _Line:
    """The words of a sentence, with the space before each, as they are written anew."""

    def __init__(self, words: Sequence[str], spaces: Sequence[str], known: Collection[str]) -> None:
        self.words, self.spaces, self.known = list(words), list(spaces), known

    def at(self, n: int) -> str:
        return self.words[n] if 0 <= n < len(self.words) else ""

    def lower(self, n: int) -> str:
        return self.at(n).lower()

    def is_name(self, n: int) -> bool:
        """Whether a word is a number, a formula or a name; an article is none."""
        text = self.at(n)
        if text in LONE:
            return text in self.known and (ENDS.match(self.at(n + 1)) is not None or self._is_worked(n))
        return text in self.known or text in GREEK or text.startswith(OBJECT) or self._is_formula(text)

    def _is_worked(self, n: int) -> bool:
        """Whether a letter that is a word too has a word or a sign of arithmetic beside it, or a name after it."""
        after, before = self.lower(n + 1), self.lower(n - 1)
        near = {*SIGNS, *POWERS}
        if after in near or before in near - {"times", "less"} or MATHS.fullmatch(after) or not after:
            return True
        return before in MULTIPLES and after in self.known

    def _is_formula(self, text: str) -> bool:
        return bool(text) and bool(MATHS.fullmatch(text) or SPELLED.search(text)) and "-" not in text.strip("-+*/=")

    def run(self, n: int) -> int:
        """Where a formula that begins at a word ends."""
        end, depth = n, 0
        while end < len(self.words) and (depth > 0 or self.is_name(end) or (end > n and self._is_factor(end))):
            depth += sum(self.words[end].count(c) for c in "([{") - sum(self.words[end].count(c) for c in ")]}")
            end += 1
        return end

    def _is_factor(self, n: int) -> bool:
        """Whether a letter that is a word too stands in a product."""
        return self.at(n) in LONE and self.at(n) in self.known and (self._ends(n + 1) or self.at(n + 1) in self.known)

    def put(self, low: int, high: int, *texts: str) -> None:
        """Write other words in the place of some."""
        self.words[low:high] = texts
        self.spaces[low:high] = [self.spaces[low], *(" " for _ in texts[1:])]

    def powers(self) -> None:
        """A squared name is a power, where no noun is squared."""
        for n in range(len(self.words) - 1, 0, -1):
            named = self.at(n - 1) in self.known or self.at(n - 1).startswith(OBJECT) or self.at(n - 1) in GREEK
            ends = not self.at(n + 1) or ENDS.match(self.at(n + 1)) or self.lower(n + 1) in (*SIGNS, "*", "+", "-", "=")
            if self.lower(n) in POWERS and named and (ends or self.is_name(n + 1)):
                self.put(n - 1, n + 1, self.at(n - 1) + POWERS[self.lower(n)])

    def functions(self) -> None:
        """The square of a formula, its root and its logarithm."""
        for n in range(len(self.words) - 3, -1, -1):
            if self.lower(n) == "the" and self.lower(n + 1) in OF and self.lower(n + 2) == "of":
                end = self.run(n + 3)
                ends = self._ends(end) if "^" in OF[self.lower(n + 1)] else SAID.match(self.lower(end))
                if end > n + 3 and ends:
                    self.put(n, end, OF[self.lower(n + 1)].format(" ".join(self.words[n + 3 : end])))

    def multiples(self) -> None:
        """Half of a formula, twice one, minus one."""
        for n in range(len(self.words) - 1, -1, -1):
            if self.lower(n) not in MULTIPLES or (self.lower(n) == "minus" and self.is_name(n - 1)):
                continue
            low = n - (self.lower(n - 1) in ("a", "one") and self.lower(n) in ("half", "third", "quarter"))
            first = n + 1 + (self.lower(n + 1) == "of")
            if (end := self.run(first)) > first:
                of = " ".join(self.words[first:end])
                of = of if end == first + 1 else f"({of})"
                sign = MULTIPLES[self.lower(n)]
                self.put(low, end, *((f"-{of}",) if sign == "-" else (sign, of)))

    def sums(self) -> None:
        """The sum or the product of two formulas."""
        for n in range(len(self.words) - 1, -1, -1):
            sign = {"sum": "+", "product": "*"}.get(self.lower(n))
            if sign and self.lower(n - 1) == "the" and self.lower(n + 1) == "of":
                one = self.run(n + 2)
                other = self.run(one + 1) if self.lower(one) == "and" else one
                if one > n + 2 and other > one + 1:
                    parts = (" ".join(self.words[n + 2 : one]), " ".join(self.words[one + 1 : other]))
                    self.put(n - 1, other, f"({parts[0]})", sign, f"({parts[1]})")

    def operations(self) -> None:
        """What is between two formulas, but for a product with words, which binds more than a sum does."""
        for n in range(len(self.words) - 2, 0, -1):
            word = self.lower(n)
            if word not in SIGNS or not (self._operand(n - 1) and self._operand(n + 1)):
                continue
            if word == "over" and SUMMED.search(" ".join(self.words[:n])):
                continue
            end = self.run(n + 1) if not self._count(n + 1) else n + 2
            if word in ("plus", "minus", "less") and self.lower(end) in ("times", "of", "over"):
                continue
            self.put(
                n - 1, n + 2, self._count(n - 1) or self.at(n - 1), SIGNS[word], self._count(n + 1) or self.at(n + 1)
            )

    def _operand(self, n: int) -> bool:
        return self.is_name(n) or bool(self._count(n))

    def _count(self, n: int) -> str:
        return COUNTS.get(self.lower(n), "")

    def _ends(self, n: int) -> bool:
        return not self.at(n) or ENDS.match(self.at(n)) is not None or self.lower(n) in SIGNS
