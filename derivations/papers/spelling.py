"""Spellings of the field as one: of symbols, as \\bar\\alpha_t and abar_t, and of words, as Gaussian and normal."""

import re
import unicodedata
from functools import cache
from typing import NamedTuple

ACCENTS = ("bar", "tilde", "hat")
NO_SYMBOLS = frozenset((
    "and", "any", "are", "at", "both", "by", "clip", "constant", "cos", "cosh", "cross", "densities", "det",
    "deviation", "div", "each", "end", "equally", "erf", "erfc", "exp", "for", "from", "function", "functions",
    "given", "in", "index", "integral", "is", "its", "leading", "likely", "lim", "linspace", "log", "min", "mod",
    "model", "none", "of", "on", "or", "over", "plus", "positive", "prior", "ratio", "root", "scores", "second",
    "sigmoid", "sin", "slopes", "smooth", "softplus", "sqrt", "standard", "step", "sum", "tan", "tanh", "the",
    "to", "trailing", "under", "where", "with",
))  # fmt: skip
_LETTERS = {"a": "alpha", "eps": "epsilon", "varepsilon": "epsilon", "lam": "lambda", "varphi": "phi"}
_FONTS = "boldsymbol|bm|math(?:bf|rm|it|sf|cal|bb)|text(?:rm|bf|it)?|operatorname"
_FONT = re.compile(rf"\\(?:{_FONTS})\b\s*(?:\{{([^{{}}]*)\}})?")
_ARGUMENTS = re.compile(r"\(.*\)$")
_MARKS = {"<sub>": "_", "<super>": "^", "<font>": "", "<compat>": ""}
_OVER = {"\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0302": "hat"}
_COMBINED = re.compile(rf"(\\?[A-Za-z]+)([{''.join(_OVER)}])")
_INDICES = re.compile(r"(?:[_^]\s*(?:\{[^{}]*\}|\\?[A-Za-z0-9]+)|\([^()]*\)|')")
_ACCENT = re.compile(r"\\(?:wide)?(bar|overline|tilde|hat)\s*\{?\s*\\?([A-Za-z]+)\s*\}?")
_JOINED = re.compile(rf"(a|eps|x|v|alpha|beta|mu|epsilon|sigma|gamma)({'|'.join(ACCENTS)})")


class Symbol(NamedTuple):
    """A symbol by its letter with its accent, and by its indices."""

    letter: str
    index: str

    def is_of(self, asked: "Symbol") -> bool:
        """Whether it is the symbol that is asked for; a letter alone asks for every index."""
        return self.letter == asked.letter and asked.index in ("", self.index)


def symbol(name: str) -> Symbol:
    """The symbol of a name or of its LaTeX: alpha_bar, abar, alphabar_t, \\bar{\\alpha}_t."""
    bare = _ARGUMENTS.sub("", latex(name)).split("^")[0]
    text = _ACCENT.sub(lambda m: f"{m[2]}_{m[1].replace('overline', 'bar')}", bare)
    letter, *rest = re.findall(r"[A-Za-z]+|\d+|'", text) or [""]
    if m := _JOINED.fullmatch(letter):
        letter, rest = m[1], [m[2], *rest]
    accented = bool(rest) and rest[0] in ACCENTS
    if accented or letter != "a":
        letter = _LETTERS.get(letter, letter)
    return Symbol(letter + rest[0], "_".join(rest[1:])) if accented else Symbol(letter, "_".join(rest))


def latex(text: str) -> str:
    """LaTeX without fonts, of what may have letters as they are printed: \\bar{\\alpha}_t for an alpha under a bar."""
    plain = text.strip().strip("$")
    if not plain.isascii():
        spelled = "".join(map(_spelled, unicodedata.normalize("NFD", plain)))
        plain = _COMBINED.sub(lambda m: rf"\{_OVER[m[2]]}{{{m[1]}}}", spelled)
    return _FONT.sub(r"\1", plain)


@cache
def _spelled(letter: str) -> str:
    """A Greek letter by its name, an index or exponent by its mark, one of another font in ours; else itself."""
    if m := re.match(r"GREEK (SMALL|CAPITAL) LETTER (?:FINAL )?(\w+)", unicodedata.name(letter, "")):
        plain = m[2].replace("LAMDA", "LAMBDA")
        return f"\\{plain.lower() if m[1] == 'SMALL' else plain.title()}"
    kind, _, plain = unicodedata.decomposition(letter).partition(" ")
    return _MARKS[kind] + _spelled(chr(int(plain, 16))) if kind in _MARKS and " " not in plain else letter


def is_symbol(query: str) -> bool:
    """Whether it is one symbol as a paper prints it, with its accent and indices, and no word."""
    text = latex(query)
    bare = _INDICES.sub("", _ACCENT.sub(r"\\\2", text, count=1)).strip()
    return "\\" in text and bool(re.fullmatch(r"\\?[A-Za-z]+", bare))


# -- words -------------------------------------------------------------------------------------

_PHRASES = (
    (re.compile(r"(?:\\nabla|\u2207)\s*(?:_\s*(?:\{[^{}]*\}|\\?\w+))?"), " grad "),
    (re.compile(r"\\mathcal\s*\{?\s*n\b\s*\}?"), " normal "),
    (re.compile(r"probability[- ]flow odes?|\bpf[- ]?odes?\b"), "probability flow"),
    (re.compile(r"classifier[- ]free(?: guidance)?"), "cfg"),
    (re.compile(r"signal[- ]to[- ]noise(?: ratio)?"), "snr"),
    (re.compile(r"kullback[- ]leibler"), "kl"),
    (re.compile(r"evidence lower bound"), "elbo"),
)
_SAME = (
    (re.compile(r"gauss(?:ians?)?|normals?"), "normal"),
    (re.compile(r"eps|epsilons?|noises?"), "noise"),
    (re.compile(r"weight(?:s|ed|ing|ings)?"), "weight"),
    (re.compile(r"(?:re)?param(?:et(?:e)?ri[sz]\w*)?|predict(?:s|ed|or|ors|ion|ions|ing)?"), "param"),
)
_QUIET = frozenset(
    ("a", "an", "and", "are", "between", "by", "do", "does", "for", "from", "how", "i", "in", "is", "of", "on", "the")
    + ("to", "two", "what", "which", "why", "with")
)
_WORD = re.compile(r"[a-z0-9_]+")


def words(text: str) -> list[str]:
    """The words of a text, each in one spelling, whatever its number."""
    plain = text.lower()
    for phrase, word in _PHRASES:
        plain = phrase.sub(word, plain)
    plain = plain if plain.isascii() else latex(plain)
    return [_folded(word) for word in _WORD.findall(plain)]


def asked(query: str) -> list[str]:
    """The words of a query but for those that say nothing, unless there are no others."""
    found = words(query)
    return [word for word in found if word not in _QUIET] or found


def _folded(word: str) -> str:
    for same, one in _SAME:
        if same.fullmatch(word):
            return one
    plain = word.replace("_", "")
    return plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith("ss") else plain
