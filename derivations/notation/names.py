"""How names are written: `alpha_ts` as it stands in text, and as \\alpha_{t|s} in LaTeX.

A name is a base with marks (hat, bar, tilde) and an index, joined by underscores: eps_hat, abar_s, sigma_ts, dgamma_t.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from sympy import Basic, Symbol

GREEK = {
    "alpha", "beta", "gamma", "delta", "eta", "kappa", "lambda", "mu", "nu", "omega", "phi", "pi", "rho", "sigma",
    "tau", "theta", "xi", "Gamma", "Delta", "Sigma", "Phi",
}  # fmt: skip
WRITTEN = {
    "eps": "\\epsilon", "lam": "\\lambda", "abar": "\\bar\\alpha", "snr": "\\mathrm{SNR}", "g2": "g^2",
    "score": "S",
}  # fmt: skip
OPERATORS = {"E", "Var", "Cov", "KL", "N", "grad", "argmax", "lim", "integral", "ELBO", "VLB"}  # of the notation itself
MARKS = ("hat", "bar", "tilde")
BETWEEN = {"ts": "t|s", "ut": "u|t", "us": "u|s"}  # an index of two times: from the second to the first
_PRIMED = re.compile(r"d(2?)(alpha|sigma|gamma|snr|v|w|N|p|F|x|eps|score)$")  # a slope, or the second


TEXT = {"lam": "lambda", "g2": "g^2"}  # names that text spells another way
INDEX = re.compile(r"_\{([^}]*)\}$")  # of several letters, as in x_{t+1}


_renamed: list[Mapping[Symbol, Basic]] = []  # what an index does to names, while something at that index is printed


_PROPER = re.compile(r"[A-Za-z][A-Za-z0-9]*(_([A-Za-z0-9]+|\{[A-Za-z0-9+|,:-]+\}))*'*", re.ASCII)
# What a reader takes for a known function, a number or a word of the sentence.
TAKEN = (
    "expm1", "log1p", "exp2", "log2", "log_2", "log10", "log_10", "logit", "sigmoid", "softplus", "softmax",
    "relu", "asin", "acos", "arcsin", "arccos", "asinh", "acosh", "atanh", "arctanh", "atan2", "cot", "sec",
    "csc", "coth", "sinc", "sign", "sgn", "floor", "ceil", "round", "mod", "gcd", "lcm", "Gamma", "Beta",
    "Phi", "erfinv", "median", "cov", "corr", "diag", "Tr", "div", "curl", "infinity", "infty", "Infinity",
    "Inf", "NaN", "zero", "one", "int", "not", "to", "and", "or", "if", "iff", "is", "of", "with", "from",
    "at", "for", "where", "when", "only", "any", "all", "some", "no",
)  # fmt: skip
# What operates on others, and numbers: no symbol, function, law or quantity has such a name.
RESERVED = frozenset(
    ("log", "ln", "exp", "sqrt", "cbrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "arctan", "erf", "erfc")
    + ("abs", "Abs", "max", "Max", "min", "Min", "sup", "inf", "argmax", "argmin", "lim", "integral", "sum", "prod")
    + ("det", "tr", "E", "Var", "Cov", "KL", "pi", "oo", "nan", "zoo", *TAKEN)
)


def proper(name: str) -> bool:
    """Return whether it reads as one name: ASCII letters and digits, with indices, and primes: gamma, sigma_ts, N'."""
    return bool(_PROPER.fullmatch(name))


def proper_name(name: object, kind: str) -> str:
    """Return the name of an object.

    Raises:
        ValueError: it does not read as one name, or is that of an operation or a number.
    """
    if str(name) in RESERVED:
        raise ValueError(f"expected a name of {kind} that is none of an operation or a number, got {str(name)!r}")
    if not proper(str(name)):
        raise ValueError(f"expected a name of {kind} that reads as one, of ASCII letters and digits, got {str(name)!r}")
    return str(name)


def is_square(name: str) -> bool:
    """Return whether it is printed as a square: d^2; and g2, which is g^2."""
    return name.endswith("^2") or WRITTEN.get(name.split("_")[0], "").endswith("^2")


# Words of names for what is never negative, unless another word of the name is for a change, a logarithm or a share.
NEVER_NEGATIVE = frozenset(
    ("sq", "squared", "square", "var", "Var", "variance", "std", "sd", "stdev", "norm", "KL", "kl")
    + (
        "SNR",
        "snr",
        "mse",
        "MSE",
        "mmse",
        "MMSE",
        "rmse",
        "RMSE",
        "prob",
        "probability",
        "density",
        "pdf",
        "likelihood",
    )
    + ("distance", "length", "magnitude")
)
OF_EITHER_SIGN = frozenset(
    (
        "log",
        "ln",
        "nll",
        "d",
        "diff",
        "difference",
        "gap",
        "change",
        "delta",
        "slope",
        "rate",
        "grad",
        "excess",
        "error",
    )
    + ("bias", "shift", "of", "flow", "velocity", "field")
)


def promised(name: str) -> str:
    """Return why what is called so is no negative number, as a name says; "" where it does not."""
    if is_square(name):
        return "is printed as a square"
    words = set(re.split(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])", name))
    said = sorted(words & NEVER_NEGATIVE) if "'" not in name and words.isdisjoint(OF_EITHER_SIGN) else []
    return f"is called {said[0]!r}, of which none is negative" if said else ""


@contextmanager
def renaming(names: Mapping[Symbol, Basic]) -> Iterator[None]:
    """Write some symbols another way."""
    _renamed.append(names)
    try:
        yield
    finally:
        _renamed.pop()


def is_renamed(v: Basic) -> bool:
    """Whether a print is at some index that this symbol counts."""
    return any(v in names for names in _renamed)


def written_as(v: Symbol, write: Callable[[Basic], str], name: Callable[[Symbol], str]) -> str:
    """A symbol by its name, or as an index has it: n as n + 1, where n is what it is."""
    e = next((names[v] for names in reversed(_renamed) if v in names), v)
    if isinstance(e, Symbol):
        return name(e)
    with renaming({own: own for own in e.free_symbols}):  # type: ignore[misc]
        return write(e)


@cache
def text_of(v: Symbol | str) -> str:
    """A name in text."""
    return TEXT.get(str(v), str(v))


@cache
def latex_of(v: Symbol | str) -> str:
    """A name in LaTeX."""
    name = str(v)
    if name.endswith("^2"):
        return f"{latex_of(name[:-2])}^2"
    if long := INDEX.search(name):
        return _indexed(latex_of(name[: long.start()]), long[1])
    if name.startswith(("log_", "log ")):
        return f"\\log {latex_of(name[4:])}"
    base, *rest = name.split("_")
    marks = [r for r in rest if r in MARKS]
    index = ",".join(BETWEEN.get(r, _letter(r)) for r in rest if r not in MARKS)
    written = _base(base)
    for mark in marks:
        written = f"\\{mark}{{{written}}}"
    return _indexed(written, index)


def _indexed(name: str, index: str) -> str:
    return f"{name}_{{{index}}}" if index else name


def _base(name: str) -> str:
    if primed := _PRIMED.match(name):
        return _base(primed[2]) + ("''" if primed[1] else "'")
    return WRITTEN.get(name) or _letter(name)


def _letter(name: str) -> str:
    if name in GREEK:
        return f"\\{name}"
    trailing = re.fullmatch(r"([a-zA-Z]+?)(\d+)", name)
    if trailing:
        return f"{_letter(trailing[1])}_{{{trailing[2]}}}"
    return name if len(name) <= 2 else f"\\mathrm{{{name}}}"
