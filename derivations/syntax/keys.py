"""One spelling for a symbol, its key: marks, letter, primes, index, as \\bar\\alpha_{t-1}, however it was written.

A name in text has the key of what it stands for in LaTeX: alpha_bar_t and abar_t are \\bar\\alpha_{t}, x0 is x_{0},
eps_hat is \\hat\\epsilon. What is no letter of the field keeps its word: alphas_cumprod is \\mathrm{alphas}_{cumprod}.
"""

import re
from collections.abc import Sequence
from functools import cache

GREEK = frozenset({
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
    "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta",
    "Lambda", "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
})  # fmt: skip
MARKS = ("hat", "bar", "tilde", "dot", "check")
_LETTERS = {"eps": "\\epsilon", "lam": "\\lambda", "snr": "\\mathrm{SNR}", "SNR": "\\mathrm{SNR}", "g2": "g^{2}"}
_JOINED = re.compile(rf"([A-Za-z]+?)({'|'.join(MARKS)})")
_NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")
_WORDED = re.compile(r"\\mathrm\{([A-Za-z0-9]+)\}")
_INDEX = re.compile(r"_\{([^{}]*)\}$")
_LONE = re.compile(r"_\{([A-Za-z0-9])\}")  # braces around one character say nothing


def key(letter: str, marks: tuple[str, ...] = (), index: str = "", primes: int = 0) -> str:
    """Return the key of a letter with marks, outermost first, an index and primes."""
    if index in MARKS:  # SymPy writes x_{hat}
        marks, index = (*marks, index), ""
    accents = "".join(f"\\{mark}" for mark in marks)
    gap = " " if accents and not letter.startswith("\\") else ""
    return f"{accents}{gap}{letter}{chr(39) * primes}{f'_{{{index}}}' if index else ''}"


@cache
def word(name: str) -> str:
    """Return the key of a name in text."""
    index = []
    if re.search(r"_\{\s*\}$", name):  # an index was meant
        return f"\\mathrm{{{name}}}"
    if long := _INDEX.search(name):
        name, index = name[: long.start()], [normal(long[1])]
    bare = name.replace("'", "")
    letter, *rest = bare.split("_")
    if "" in (letter, *rest):  # x_ and x__t are no x and x_t
        return f"\\mathrm{{{name}}}"
    marks = tuple(part for part in rest if part in MARKS)
    if not (_plain(letter)) and (joined := _JOINED.fullmatch(letter)) and _plain(joined[1], abar=True):
        letter, marks = ("alpha" if letter == "abar" else joined[1]), (*marks, joined[2])
    if letter in MARKS and rest:  # bar_alpha_t
        letter, marks, rest = rest[0], (*marks, letter), rest[1:]
    if not _plain(letter) and (numbered := _NUMBERED.fullmatch(letter)) and _plain(numbered[1]):
        letter, rest = numbered[1], [numbered[2], *rest]
    index = [_indexed(part) for part in rest if part not in MARKS and part] + index
    return key(_letter(letter), marks, ",".join(index), len(name) - len(bare))


def _plain(letter: str, abar: bool = False) -> bool:
    """Return whether it is a letter of the field, which marks and numbers can be read off."""
    return len(letter) == 1 or letter in GREEK or letter in _LETTERS


def _letter(name: str) -> str:
    if name in _LETTERS:
        return _LETTERS[name]
    if name in GREEK:
        return f"\\{name}"
    return name if len(name) == 1 else f"\\mathrm{{{name}}}"


def _indexed(name: str) -> str:
    return f"\\{name}" if name in GREEK else name


def indexed(pieces: Sequence[str]) -> str:
    """Return the tokens of an index as one: fonts and spaces are left away, and a Greek word is its letter."""
    plain = [_WORDED.sub(r"\1", piece) for piece in _unbraced(pieces)]
    plain = [piece[1:] if piece in ("\\min", "\\max") else piece for piece in plain]
    pairs = zip(plain, [*plain[1:], ""], strict=True)
    joined = "".join(p + " " * (p[0] == "\\" and n[:1].isalnum()) for p, n in pairs)
    return _indexed(_LONE.sub(r"_\1", joined))


def _unbraced(pieces: Sequence[str]) -> list[str]:
    """Return the pieces without braces that raise or lower nothing, as those of a font."""
    out: list[str] = []
    kept: list[bool] = []
    for n, piece in enumerate(pieces):
        if piece == "{":
            kept.append(n > 0 and pieces[n - 1] in ("_", "^"))
        keep = piece not in ("{", "}") or not kept or kept[-1]
        if piece == "}" and kept:
            kept.pop()
        out += [piece] if keep else []
    return out


def subject(key: str) -> tuple[str, str]:
    """Return the letter and the index of a key, however it is applied: \\gamma(t) and \\gamma_{t} have one."""
    letter, _, arguments = key.partition("(")
    letter, _, index = letter.partition("_{")
    index = index.removesuffix("}")
    return letter, index if index or "," in arguments else arguments.removesuffix(")")


def normal(text: str) -> str:
    """Return what stands in a subscript of Python, in one spelling without spaces."""
    return re.sub(r"\s+", "", text)
