"""The words that claims are written with: what they may import, call, and ask of an expression.

From a module of ours come only names that it defines itself: what it has imported is no part of the language.
"""

import ast
from inspect import isclass
from types import CodeType, FrameType, GeneratorType, MappingProxyType, TracebackType

import sympy
from sympy import Basic

from derivations import authoring

UNWATCHED = frozenset(
    {"Rational", "Integer", "Symbol", "Dummy", "Tuple", "S", "pi", "Expr", "Function", "Matrix"}
)  # which lose nothing
NAMES = UNWATCHED | {
    "Abs", "Derivative", "Integral", "Max", "Min", "Mod", "Mul", "Piecewise", "Subs", "ceiling", "cos", "cosh", "diff",
    "erf", "erfc", "exp", "factor", "log", "sin", "sinh", "sqrt", "tan", "tanh",
}  # fmt: skip
LIBRARIES = MappingProxyType({
    "collections.abc": frozenset({"Callable", "Iterator", "Mapping", "Sequence"}), "functools": frozenset({"cache"}),
    "itertools": frozenset({"product"}), "typing": frozenset({"NamedTuple"}),
})  # fmt: skip
FREELY = ("calculus", "claims", "notation", "symbols")  # of these modules, all that they define, but for the print
PRINT = (
    "notation.lines", "notation.names", "notation.named", "notation.printing", "notation.tex", "notation.wheres",
)  # fmt: skip
NAMED = MappingProxyType({  # of these, what is listed
    "authoring": tuple(authoring.__all__),
    "form.base": ("plain",), "form.claim": ("Below", "Chain", "Claim", "Line", "Wrong", "by"),
    "form.definition": ("Defined",), "form.experiment": ("Chance", "Experiment", "Mean", "Residual"),
    "form.improper": ("Improper",), "form.induction": ("Induction", "induction"),
    "form.law": ("Diffused", "Generating", "Given", "Law", "Made", "Pieces", "Through", "Weighed"),
    "form.statement": ("AtMost", "Below", "Equal", "Point", "Tends"), "form.unfilled": ("TO_FILL",),
    "notation.named": ("unnamed",),
    "probability.density": (
        "TWO", "DataDensity", "Density", "Marginal", "Positive", "Real", "Value", "at", "finite",
    ),
    "probability.mass": ("Mass",), "probability.mean": ("Excess", "Mean", "kl"),
    "probability.expected": ("Expected", "moments"), "probability.gaussian": ("Normal", "cov", "given", "law"),
    "probability.opening": ("opened",), "probability.smooth": ("smooth", "smooth_positive"),
    "probability.whole": ("REGULAR", "Whole", "line_density", "vanishing"),
    "probability.path": ("alpha_of", "free", "sigma_of", "snr_of_t", "unknown"),
})  # fmt: skip
CALLED = frozenset({
    "all", "any", "dict", "enumerate", "int", "len", "list", "map", "next", "property", "range", "sorted", "str", "sum",
    "tuple", "zip",
})  # fmt: skip
INSTEAD = MappingProxyType({  # what to write for names of SymPy and Python that claims may not use
    "oo": "S.Infinity, and an integral to it as Improper of derivations.authoring",
    "Eq": "Equal of derivations.authoring", "Lt": "Below of derivations.authoring",
    "Le": "AtMost of derivations.authoring", "symbols": "positive or real of derivations.authoring",
    "limit": "Tends of derivations.authoring", "Limit": "Tends of derivations.authoring",
    "Sum": "an induction of derivations.authoring", "Product": "an induction of derivations.authoring",
    "summation": "an induction of derivations.authoring", "product": "an induction of derivations.authoring",
    "integrate": "Integral, and its value in a line with primitive=...",
    "simplify": "the expression as a further line of the proof", "expand": "the method .expand()",
    "E": "exp(1)", "Float": "Rational", "float": "Rational", "Fraction": "Rational", "ln": "log",
    "cbrt": "a power of Rational(1, 3)", "Heaviside": "Piecewise", "print": "the claim alone: `udm show` prints it",
    "math": "names of sympy, as sqrt and pi", "numpy": "names of sympy, as sqrt and pi",
    "import sympy": "`from sympy import ...`, name by name",
    "import derivations": "`from derivations.authoring import ...`, name by name",
})  # fmt: skip
OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod, ast.BitOr)
OF_MATRICES = frozenset({"T", "inv", "det", "trace", "dot"})  # whose entries owe nothing: see test_kept
WATCHED = frozenset({"subs", "xreplace", "replace", "coeff", "diff", "doit", "expand", "factor", "together", "cancel"})
ASKED = frozenset(
    {"free_symbols", "is_positive", "is_Rational", "is_Integer", "atoms", "function", "expr"}
)  # of an expression; parts of it, as they stand
FIELDS = frozenset({  # of answers, statements and our own objects, which have names that expressions have too
    "lhs", "rhs", "slope", "z", "x", "y", "unit", "step", "items", "left", "right", "values", "term", "integrand",
    "apart", "scale", "end", "one", "start", "open", "get",
})  # fmt: skip
KINDS = tuple(kind for kind in vars(sympy).values() if isclass(kind) and issubclass(kind, Basic))
OF_EXPRESSIONS = frozenset(name for kind in KINDS for name in dir(kind))
FREE = WATCHED | ASKED | FIELDS | OF_MATRICES
CHANGING = frozenset({  # format and format_map by name: "{0.f_globals}".format(x)
    "append", "extend", "insert", "pop", "popitem", "clear", "update", "setdefault", "add", "remove", "discard", "sort",
    "reverse", "cache_clear", "format", "format_map",
})  # fmt: skip
RUNTIME = frozenset(name for kind in (type, CodeType, FrameType, GeneratorType, TracebackType) for name in dir(kind))
