"""LaTeX to expressions: the paper's symbols become ours by a convention, and latex2sympy reads the rest.

Each symbol that a paper lists is replaced, as a whole, by one that the reader knows: so \\bar\\alpha_{t-1} is one
number and never a product. What is no symbol of the paper and no LaTeX of arithmetic is refused.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from sympy import Basic, Expr, Symbol, sympify

from derivations import symbols
from derivations.papers.tokens import TOKEN

_HELD = re.compile(r"[yY]_\{?(\d+)\}?")
_SPELLED = MappingProxyType({"\\log": "\\ln", "\\left": "", "\\right": "", "\\,": "", "\\big": "", "\\Big": ""})
# Whatever else stands beside a symbol, as a prime or an asterisk, would be dropped by the reader: it is refused.
_ARITHMETIC = frozenset((*"{}()^+-/.0123456789", r"\frac", r"\sqrt", r"\exp", r"\ln", r"\cos", r"\sin", r"\cdot"))


class Unread(ValueError):
    """LaTeX that has no reading as an expression."""


def read(latex: str, convention: Mapping[str, str], own: Iterable[Symbol] = ()) -> Expr:
    """The expression that the LaTeX is, in our symbols and those of a claim of its `own`.

    Raises:
        Unread: a symbol that the convention does not have, or LaTeX that is not arithmetic.
    """
    names = tuple(convention)
    read = _read(latex, names)
    put = {Symbol(f"Y{n}"): ours(convention[name], frozenset(own)) for n, name in enumerate(names)}
    return _built(read, put)


@cache
def ours(text: str, own: frozenset[Symbol] = frozenset()) -> Expr:
    """An expression of our symbols, or of a claim's own, as Python writes it."""
    known = {**_numbers(), **{str(v): v for v in own}}
    e = sympify(text, locals=known)
    if foreign := e.free_symbols - set(known.values()):
        raise Unread(f"expected symbols of derivations.symbols, got {', '.join(map(str, foreign))} in {text!r}")
    return e


@cache
def _numbers() -> dict[str, Symbol]:
    """Our symbols, without labels, by their names in Python and by those that print, which come first."""
    own = {name: v for name, v in vars(symbols).items() if isinstance(v, Symbol) and v.is_real}
    return own | {str(v): v for v in own.values()}


def _held(latex: str, names: tuple[str, ...]) -> str:
    """The LaTeX with each of the paper's symbols, the longest first, as one numbered name."""
    tokens, table = TOKEN.findall(latex), {tuple(TOKEN.findall(name)): n for n, name in enumerate(names)}
    longest, out, at = max(map(len, table), default=0), [], 0
    while at < len(tokens):
        lengths = range(min(longest, len(tokens) - at), 0, -1)
        found = next((n for n in lengths if tuple(tokens[at : at + n]) in table), 0)
        if found:
            out.append(f" Y_{{{table[tuple(tokens[at : at + found])]}}} ")
        else:
            out.append(_plain(tokens[at], latex))
        at += found or 1
    return "".join(out)


def _plain(token: str, latex: str) -> str:
    """Return a token of arithmetic as latex2sympy spells it."""
    spelled = _SPELLED.get(token, token)
    if spelled and spelled not in _ARITHMETIC:
        raise Unread(f"expected arithmetic of symbols of the convention, got {token!r} in {latex!r}")
    return spelled + (" " if token[0] == "\\" else "")


@cache
def _read(latex: str, names: tuple[str, ...]) -> Basic:
    from latex2sympy2_extended import latex2sympy

    try:
        e = latex2sympy(_held(latex, names))
    except Exception as fault:  # whatever its grammar raises
        raise Unread(
            f"expected arithmetic, got {latex!r}: {(str(fault).splitlines() or [type(fault).__name__])[0]}"
        ) from fault
    if not isinstance(e, Expr):
        raise Unread(f"expected arithmetic, got {latex!r}")
    held = {v: Symbol(f"Y{m[1]}") for v in e.free_symbols if (m := _HELD.fullmatch(str(v)))}
    if foreign := [str(v) for v in e.free_symbols if v not in held]:
        raise Unread(f"expected symbols of the convention, got {', '.join(sorted(foreign))} in {latex!r}")
    return e.xreplace(held)


def _built(e: Basic, put: Mapping[Basic, Expr]) -> Expr:
    """Built anew from its leaves: the reader leaves its result unevaluated."""
    if e in put:
        return put[e]
    return e.func(*(_built(a, put) for a in e.args)) if e.args else e  # type: ignore[return-value]
