"""Any path of a diffusion: smooth positive alpha(t) and sigma(t), of which nothing else is known, and their SNR."""

from sympy import Expr, Symbol

from derivations.probability.smooth import smooth_positive
from derivations.symbols import t

alpha_of, sigma_of = smooth_positive("alpha"), smooth_positive("sigma")
snr_of_t = alpha_of(t) ** 2 / sigma_of(t) ** 2
SNR_0, SNR_1 = snr_of_t.subs(t, 0), snr_of_t.subs(t, 1)


def unknown(*expressions: Expr) -> dict[Symbol, int]:
    """A stored point for the numbers that stand for the functions in some expressions, t aside."""
    found = set().union(*(e.free_symbols for e in expressions))
    return {v: 1 for v in sorted(found, key=str) if "." in v.name}


def free(numbers: dict[Symbol, int]) -> dict[str, str]:
    """Why the positive ones among them are kept positive."""
    return {f"0 < {v}": "of the polynomials that stand for alpha and sigma" for v in numbers if v.is_positive}
