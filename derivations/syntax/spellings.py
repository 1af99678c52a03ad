"""How LaTeX spells what a formula is made of: functions, relations, signs, brackets, marks, fonts and spaces."""

from types import MappingProxyType

from derivations.syntax.keys import MARKS

FUNCTIONS = MappingProxyType(
    {
        name: name
        for name in (
            "exp",
            "log",
            "sin",
            "cos",
            "tan",
            "tanh",
            "sinh",
            "cosh",
            "sech",
            "expm1",
            "log1p",
            "sigmoid",
            "softplus",
        )
    }
    | {name: name for name in ("sinh", "cosh", "sech")}
    | {"ln": "log", "sqrt": "sqrt", "abs": "abs", "Abs": "abs"}
)
EQUAL = frozenset({"=", ":=", "\\coloneqq", "\\equiv", "\\triangleq", "\\coloneq", "\\doteq"})
RELATIONS = frozenset({
    "approx", "propto", "le", "leq", "ge", "geq", "ll", "gg", "sim", "simeq", "to", "rightarrow", "in", "neq",
    "ne", "cong", "leqslant", "geqslant",
})  # fmt: skip
RELATION_SIGNS = frozenset("<>~∼≈≤≥∝≠≔→∈")

SET_OUT = frozenset({
    "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl",
    "Biggr", "displaystyle", "textstyle", "limits", "nonumber", "notag", "nolimits", "middle",
})  # fmt: skip
SPACES = frozenset(("\\,", "\\;", "\\:", "\\!", "\\ ", "\\>", "~", "&", "\\/"))
FONTS = frozenset({
    "mathbf", "boldsymbol", "bm", "mathrm", "mathit", "mathsf", "mathnormal", "bf", "rm", "pmb", "symbf",
    "symbfit", "textbf", "vec",
})  # fmt: skip
ACCENTS = {**{mark: mark for mark in MARKS}, "overline": "bar", "widehat": "hat", "widetilde": "tilde"}
VARIANTS = MappingProxyType(
    {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varrho": "rho", "varsigma": "sigma"}
)
OPEN = MappingProxyType({"(": ")", "[": "]", "\\{": "\\}", "\\lbrace": "\\rbrace", "\\lbrack": "\\rbrack"})
SIGNS = MappingProxyType(
    {"+": "+", "-": "-", "\N{MINUS SIGN}": "-", "*": "*", "/": "/", "\\cdot": "*", "\\times": "*", "\\ast": "*"}
    | {"\N{MIDDLE DOT}": "*", "\N{DOT OPERATOR}": "*", "\N{MULTIPLICATION SIGN}": "*"}
)
PLAIN = MappingProxyType(
    {"^": "sup", "_": "sub", "{": "begin", "}": "end", ",": "between", ";": "between", "'": "prime", "|": "bar"}
    | {"\\prime": "prime", "\\mid": "bar", "\\vert": "bar", "\\middle": "bar"}
    | {"\\lvert": "open", "\\rvert": "close"}
    | dict.fromkeys(("||", "\\|", "\\Vert", "\\lVert", "\\rVert", "\N{DOUBLE VERTICAL LINE}"), "norm")
    | dict.fromkeys(OPEN, "open")
    | dict.fromkeys(OPEN.values(), "close")
)
SPELLED = MappingProxyType(
    {
        "\\lbrace": "\\{",
        "\\rbrace": "\\}",
        "\\lbrack": "[",
        "\\rbrack": "]",
        "\\prime": "'",
        "\\lvert": "|",
        "\\rvert": "|",
        "\\mid": "|",
        "\\vert": "|",
    }
)
UNICODE = MappingProxyType({  # letters that are one character
    "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\epsilon", "ζ": "\\zeta", "η":
    "\\eta", "θ": "\\theta", "ι": "\\iota", "κ": "\\kappa", "λ": "\\lambda", "μ": "\\mu", "ν": "\\nu", "ξ":
    "\\xi", "π": "\\pi", "ρ": "\\rho", "σ": "\\sigma", "τ": "\\tau", "υ": "\\upsilon", "φ": "\\phi", "χ":
    "\\chi", "ψ": "\\psi", "ω": "\\omega", "Γ": "\\Gamma", "Δ": "\\Delta", "Θ": "\\Theta", "Λ": "\\Lambda", "Ξ":
    "\\Xi", "Π": "\\Pi", "Σ": "\\Sigma", "Φ": "\\Phi", "Ψ": "\\Psi", "Ω": "\\Omega", "ϵ": "\\epsilon", "ϕ":
    "\\phi",
})  # fmt: skip
