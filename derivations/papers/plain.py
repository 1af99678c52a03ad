"""A paper's LaTeX as a line of text: alpha_bar_t for \\bar\\alpha_t, a / b for \\frac{a}{b}, E_q[...] for a mean.

Nothing is evaluated or rearranged: signs stand in the paper's order, so that its readers recognise the equation.
"""

import re

from derivations.papers.spaced import Piece, is_sum, line, quotient, script

GREEK = frozenset(
    ("alpha", "beta", "gamma", "delta", "zeta", "eta", "theta", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau",
     "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta", "Lambda", "Sigma", "Phi", "Psi", "Omega")
)  # fmt: skip
RENAMED = {"epsilon": "eps", "varepsilon": "eps", "infty": "inf", "top": "T", "emptyset": "empty", "ldots": "...",
           "cdots": "..."}  # fmt: skip
ACCENTS = frozenset(("bar", "tilde", "hat", "dot"))
FONTS = frozenset(("mathbb", "mathcal", "mathrm", "mathbf", "text", "textrm"))
FUNCTIONS = frozenset(("exp", "log", "ln", "sin", "cos", "tan", "tanh", "arctan", "arccos", "det"))
BIG = {"sum": "sum", "prod": "prod", "int": "int", "min": "min", "max": "max", "arg": "arg", "nabla": "grad"}
RELATIONS = {"sim": "~", "le": "<=", "leq": "<=", "ge": ">=", "geq": ">=", "approx": "≈", "propto": "∝", "equiv": "≡",
             "in": "in", "leftarrow": "<-", "to": "->", "parallel": "||"}  # fmt: skip
OPERATORS = {"cdot": "·", "times": "x", "pm": "±", "odot": "⊙", "cup": "∪"}
GLUED = {"partial": "∂", "forall": "for all "}
BLANK = frozenset((",", ";", ":", "!", " ", "quad", "qquad", "left", "right", "therefore"))
ROWS = {"cases": "{}", "bmatrix": "[]"}
_TOKEN = re.compile(
    r"\\(?:text|textrm|mathrm|mathbf|mathcal|mathbb)\s*\{[^{}]*\}|\\[a-zA-Z]+|\\.|:=|=:|\d+(?:\.\d+)?|[^\s]", re.S
)
_FONT = re.compile(r"\\([a-z]+)\s*\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z]+")


def plain(latex: str) -> str:
    """Return the line.

    Raises:
        ValueError: a command that has no text, or a bracket that is not closed.
    """
    tokens = _TOKEN.findall(latex)
    reader = _Reader(tokens)
    found = line(reader.pieces())
    if reader.at < len(tokens):
        raise ValueError(f"expected LaTeX with closed braces, got {latex!r}")
    return found


class _Reader:
    """Tokens, of which each method takes what it reads."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens, self.at = tokens, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1] if self.at <= len(self.tokens) else ""

    def pieces(self) -> list[Piece]:
        """All pieces up to a closing brace, or the end of rows."""
        found = list[Piece]()
        while self.peek() not in ("", "}", r"\end"):
            before = self.tokens[self.at - 1] if self.at else ""
            one = self.piece(found, before)
            if one is not None:
                found.append(self.scripted(one))
        return found

    def scripted(self, one: Piece) -> Piece:
        """With what stands below and above it."""
        while self.peek() in ("_", "^", "'"):
            mark = self.take()
            one = one._replace(text=one.text + (mark if mark == "'" else mark + script(self.argument())))
        return one

    def argument(self) -> list[Piece]:
        """A group in braces, or one token, of a number its first digit."""
        token = self.peek()
        if token == "{":
            self.take()
            found = self.pieces()
            if self.take() != "}":
                raise ValueError(f"expected LaTeX with closed braces, got {''.join(self.tokens)!r}")
            return found
        if len(token) > 1 and token[0].isdigit():
            self.tokens[self.at] = token[1:]
            return [Piece(token[0], "number")]
        if _NAME.fullmatch(token):
            return [Piece(self.take(), "atom")]
        one = self.piece([], "")
        return [] if one is None else [one]

    def piece(self, before: list[Piece], token_before: str) -> Piece | None:
        """The next piece; nothing for blanks and the like."""
        if self.peek() == "{":
            return Piece(line(self.argument()), "atom")
        token = self.take()
        if token in ("|", r"\|"):
            return _bar(token, before, token_before)
        if token[0] == "\\":
            return self.command(token[1:])
        if (
            token == "d"
            and not (before and before[-1].kind == "number")
            and (_NAME.match(self.peek()) or self.peek()[:1] == "\\")
        ):
            return self.glued("d")
        return _sign(token)

    def glued(self, first: str) -> Piece | None:
        """What is differentiated, as dx; a differential before a function stands alone: d log alpha."""
        token = self.peek()[1:] if self.peek()[:1] == "\\" else self.peek()
        if (
            token in FUNCTIONS
            or token in BLANK
            or token in RELATIONS
            or token in OPERATORS
            or token in ("|", "frac", "^", "}")
        ):
            return Piece(first, "atom")
        one = self.scripted(Piece(line(self.argument()), "atom"))
        return one._replace(text=first + one.text)

    def command(self, name: str) -> Piece | None:
        if (m := _FONT.fullmatch(f"\\{name}")) is not None:
            return Piece(m[2].strip(), "word" if m[1].startswith("text") and not _NAME.fullmatch(m[2]) else "atom")
        if name in BLANK or name in FONTS:
            return None
        if name in GREEK or name in RENAMED:
            return Piece(RENAMED.get(name, name), "atom")
        for names, kind in ((BIG, "big"), (RELATIONS, "relation"), (OPERATORS, "operator")):
            if name in names:
                return Piece(names[name], kind)
        if name in FUNCTIONS:
            return Piece("log" if name == "ln" else name, "function")
        return self.built(name)

    def built(self, name: str) -> Piece | None:
        """A command with arguments, or a sign."""
        if name in ACCENTS:
            inner = line(self.argument())
            return Piece(f"{inner}_{name}" if _NAME.fullmatch(inner) else f"{name}({inner})", "atom")
        if name == "frac":
            return quotient(line(self.argument()), line(self.argument()))
        if name in ("sqrt", "cancel"):
            return Piece(f"{name}({line(self.argument())})", "atom")
        if name == "underbrace":
            return self.labelled()
        if name == "begin":
            return self.rows()
        if name in GLUED:
            return self.glued(GLUED[name])
        signs = {"{": ("{", "open"), "}": ("}", "close"), "\\": (";", "mark"), "lVert": ("||", "open"),
                 "rVert": ("||", "close"), "mid": ("|", "relation")}  # fmt: skip
        if name not in signs:
            raise ValueError(f"expected LaTeX whose commands have a text, got \\{name}")
        return Piece(*signs[name])

    def labelled(self) -> Piece:
        """What a brace below is the name of, with that name."""
        inner, label = line(self.argument()), ""
        if self.peek() == "_":
            self.take()
            label = f" [{line(self.argument())}]"
        return Piece((f"({inner})" if is_sum(inner) else inner) + label, "atom")

    def rows(self) -> Piece:
        """Rows between braces or brackets, with semicolons."""
        name = "".join(p.text for p in self.argument()).replace(" ", "")
        left, right = ROWS[name]
        inner = line([p for p in self.pieces() if p.text != "&"])
        self.take()
        self.argument()
        return Piece(f"{left}{inner}{right}", "atom")


def _sign(token: str) -> Piece | None:
    """A letter, a number or a sign."""
    if token in "([":
        return Piece(token, "open")
    if token in ")]!":
        return Piece(token, "close")
    if token in ",;":
        return Piece(token, "mark")
    if token == "&" or token == "~":
        return None
    if token in ("=", ":=", "=:", "<", ">"):
        return Piece(token, "relation")
    if token in "+-*":
        return Piece(token, "operator")
    if token in "/:.":
        return Piece(token, "tight")
    return Piece(token, "number" if token[0].isdigit() else "atom")


def _bar(token: str, before: list[Piece], token_before: str) -> Piece:
    """A condition, or a divergence, between two sides; else one of two bars around something."""
    sign = "||" if token == r"\|" else "|"
    if token_before == r"\,":
        return Piece(sign, "relation")
    bars = [p.kind for p in before if p.text.startswith(sign) and not p.text.startswith(f"{sign}|")]
    is_open = bars.count("open") > bars.count("close")
    begins = not before or before[-1].kind in ("open", "operator", "relation", "function", "mark", "big", "tight")
    if is_open and not begins:
        return Piece(sign, "close")
    return Piece(sign, "open" if begins or token == r"\|" else "relation")
