"""A general path of a diffusion: smooth positive alpha(t) and sigma(t), otherwise unknown, and their SNR."""

from sympy import Expr, Symbol

from derivations.probability.smooth import smooth_positive
from derivations.symbols import t

alpha_of, sigma_of = smooth_positive("alpha"), smooth_positive("sigma")
snr_of_t = alpha_of(t) ** 2 / sigma_of(t) ** 2
SNR_0, SNR_1 = snr_of_t.subs(t, 0), snr_of_t.subs(t, 1)


def unknown(*expressions: Expr) -> dict[Symbol, int]:
    """Return a stored point for the coefficients of the unknown functions in some expressions."""
    symbols = set().union(*(e.free_symbols for e in expressions))
    return {v: 1 for v in sorted(symbols, key=str) if "." in v.name}


def free(numbers: dict[Symbol, int]) -> dict[str, str]:
    """Return why the positive ones among these numbers are kept positive."""
    positive = {v: v.name.partition(".")[0] for v in numbers if v.is_positive}
    return {f"0 < {v}": f"a coefficient of the polynomial that stands for {f} in numbers" for v, f in positive.items()}
