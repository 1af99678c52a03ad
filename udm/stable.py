r"""Scalar functions in float64, each accurate to a few units of u = 2^-53, eager and compiled.

.. math::
    1 - e^{-x} = \tanh(x/2)\,(1 + e^{-x}), \qquad
    a + b = \mathrm{hi} + \mathrm{lo} \ \text{(exactly)}, \qquad
    \sqrt{S(h + l)} \approx \sqrt{S(h)}\,\bigl(1 + \tfrac{l}{2} S(-h)\bigr),

where S is the logistic sigmoid. A sum of two words keeps what one float64 would round away: the sigmoid of a rounded
gamma has already lost |gamma|/2 units.
"""

import math
from fractions import Fraction
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd import forward_ad

PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494")
NO_FLOAT64 = {"mps"}  # devices that compute in float32 at most
_SPLIT = 1.5 * 2.0**26  # its unit in the last place is 2^-26
_NEAR = 0.7
_COTH = tuple(  # 2 B_2k / (2k)!, k = 1 .. 9: the tail is (0.7 / (2 pi))^20 < 2^-63
    float(Fraction(*b) * 2 / math.factorial(2 * k))
    for k, b in enumerate(
        ((1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798)), start=1
    )
)
_TERMS = 17  # (1/3)^(2 * 17) < 2^-53: the tail of the series of x - log(1 + x) on |x| <= 1/2


def float64_device(device: torch.device) -> torch.device:
    """Return the device that computes coefficients for data on ``device``: itself, or the CPU if it has no float64."""
    return torch.device("cpu") if device.type in NO_FLOAT64 else device


def widest(device: torch.device) -> torch.dtype:
    """Return float64, or float32 if ``device`` has no float64."""
    return torch.float32 if device.type in NO_FLOAT64 else torch.float64


def to_widest(a: Tensor, device: torch.device) -> Tensor:
    """Move a float64 result to ``device``, in the widest dtype that it has."""
    return a.to(widest(device)).to(device)


def to_float64(a: Tensor) -> Tensor:
    """Return the same numbers in float64, exactly, on the CPU if the device of ``a`` has no float64."""
    return a if a.dtype == torch.float64 else a.to(float64_device(a.device)).to(torch.float64)


def one_minus_exp_neg(x: Tensor) -> Tensor:
    """Return 1 - exp(-x), to 4 u for every x; its derivative is accurate to 4 u."""
    return 0.0 - expm1(-x)  # 0, not -0, at 0


def expm1(x: Tensor) -> Tensor:
    r"""Return exp(x) - 1, to 4 u for every x (its derivative to 4 u): -1 at -inf, inf where it overflows.

    Near 0 it is accurate to 2 u, by the series of :math:`x \coth(x/2) = 2 + q`; only a small part is rounded twice:

    .. math:: e^x - 1 = x + \frac{x (x - q)}{2 - (x - q)}, \qquad q = 2 \sum_{k \ge 1} \frac{B_{2k}}{(2k)!} x^{2k}.
    """
    e, near = torch.exp(x), x.abs() < _NEAR
    return torch.where(near, sloped(_near_0(x.detach()), e), e - 1)  # torch.expm1, compiled for a CPU, is exp(x) - 1


def plain_one_minus_exp_neg(x: Tensor) -> Tensor:
    """Return 1 - exp(-x) for x >= 0 by few operations, for what is differentiated: its slope, exp(-x), to 2 u."""
    e = torch.exp(-x)
    return sloped(torch.tanh(x.detach() / 2) * (1 + e.detach()), -e)


def _near_0(y: Tensor) -> Tensor:
    """Return exp(y) - 1 by the series, of no use far from 0."""
    y2 = y * y
    q = y2 * _COTH[-1]
    for b in reversed(_COTH[:-1]):
        q = y2 * (q + b)
    rest = y - q
    return y + y * rest / (2 - rest)


def sloped(value: Tensor, like: Tensor) -> Tensor:
    """Return ``value`` with the derivative of ``like``, which is finite: a series has many operations backward."""
    return value + (like - like.detach()) if differentiated(like) else value


def differentiated(a: Tensor) -> bool:
    """Return whether a derivative by what ``a`` depends on may be wanted; in a transform of torch.func, it may be."""
    return _transformed() or (a.requires_grad and torch.is_grad_enabled()) or dual(a)


def _transformed() -> bool:
    """Return whether a transform of torch.func is active: in vmap, a tensor does not say that it requires gradients."""
    functorch = cast(Any, torch)._C._functorch
    return functorch.peek_interpreter_stack() is not None


# The compiler guards the transforms that it is in. This is the mark that torch.compiler.assume_constant_result sets,
# without its import of the whole compiler, which takes as long as that of torch.
cast(Any, _transformed)._dynamo_marked_constant = True


def unmapped(a: Tensor) -> Tensor:
    """Return the tensor inside of vmap, which alone says whether it requires gradients or has a tangent."""
    if torch.compiler.is_compiling() or not _transformed():  # the compiler knows neither of the two below
        return a
    functorch = cast(Any, torch)._C._functorch
    while functorch.is_batchedtensor(a):
        a = functorch.get_unwrapped(a)
    return a


def dual(a: Tensor) -> bool:
    """Return whether a derivative in ``a`` is computed forward."""
    ad: Any = forward_ad
    return ad._current_level >= 0 and ad.unpack_dual(a).tangent is not None


def two_sum(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return hi + lo = a + b exactly, hi the rounded sum (Knuth 1969), without products that a compiler could fuse."""
    hi = a + b
    c = hi - a
    return hi, (a - (hi - c)) + (b - c)


def fast_two_sum(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Return hi + lo = a + b exactly, for |a| >= |b| or a = 0 (Dekker 1971)."""
    hi = a + b
    return hi, b - (hi - a)


def split(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return hi + lo = x exactly for 0 <= x <= 1, hi a multiple of 2^-26, so that its product with 26 bits is exact."""
    hi = (x + _SPLIT) - _SPLIT  # by sums: Veltkamp's products break when a compiler fuses them
    return hi, x - hi


def halves(c: Fraction) -> tuple[float, float]:
    """Return hi + lo = c to 79 bits, where hi has 26 bits."""
    scale = Fraction(2) ** (26 - math.frexp(float(c))[1])
    hi = round(c * scale) / scale
    return float(hi), float(c - hi)


def dot(
    *terms: tuple[Fraction, Tensor], constant: Fraction | None = None, where: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    r"""Return hi + lo = :math:`c_0 + \sum_k c_k x_k` to about 2^-78, for exact c_k and 0 <= x_k <= 1.

    The derivative is that of hi alone. The constant is 0 but ``where`` it is wanted.
    """
    products = [_product(c, x.detach()) for c, x in terms]
    (hi, lo), rest = products[0], products[1:]
    if constant is not None:
        words = float(constant), float(constant - Fraction(float(constant)))
        head, tail = (torch.full_like(hi, c) for c in words)
        head, tail = (head, tail) if where is None else (torch.where(where, a, 0.0) for a in (head, tail))
        rest.append((hi, tail))
        hi = head
    for head, tail in rest:
        hi, error = two_sum(hi, head)
        lo = lo + (error + tail)
    hi, lo = fast_two_sum(hi, lo)
    plain = [float(c) * x for c, x in terms]
    return sloped(hi, sum(plain[1:], plain[0])), lo


def _product(c: Fraction, x: Tensor) -> tuple[Tensor, Tensor]:
    (c_hi, c_lo), (x_hi, x_lo) = halves(c), split(x)
    return c_hi * x_hi, c_hi * x_lo + c_lo * x


def sigmoid(hi: Tensor, lo: Tensor) -> Tensor:
    """Return S(hi + lo) to 3 u, for |lo| <= u |hi| < 700 u."""
    s = torch.sigmoid(hi)
    return s + s * (lo * torch.sigmoid(-hi))


def sqrt_sigmoid(hi: Tensor, lo: Tensor | None = None) -> Tensor:
    """Return sqrt(S(hi + lo)) to 4 u, for |lo| <= u |hi| and hi >= -1416, below which it is subnormal: 0 at -inf."""
    negative = hi < 0
    e = torch.exp(torch.where(negative, hi, -hi))
    root = torch.exp(torch.where(negative, hi, 0.0) / 2) / torch.sqrt(1 + e)
    if lo is None:
        return root
    lo = torch.where(torch.isfinite(hi), lo, 0.0)  # inf - inf in two_sum
    return root + root * (lo / 2 * torch.sigmoid(-hi))


def norm_squared(alpha: Tensor, sigma: Tensor) -> Tensor:
    """Return alpha^2 + sigma^2, and exactly 1 within 4 eps of it, where rounding leaves a variance-preserving path.

    That changes the value by no more than its rounding. The derivative is that of the squares.
    """
    d = torch.square(alpha) + torch.square(sigma)
    near = (d - 1).abs() <= 4 * torch.finfo(torch.float64).eps
    return torch.where(near, d + (1 - d).detach(), d)  # 1 - d is exact there, by Sterbenz


def excess(x: Tensor, ratio: Tensor) -> Tensor:
    r"""Return x - log(1 + x) >= 0 on x > -1, given both x and ratio = 1 + x, neither computed from the other.

    With r = x/(2 + x), log(1 + x) = 2 artanh r and x - 2r = x r, so near 0

    .. math:: x - \log(1 + x) = x r - 2 (r^3/3 + r^5/5 + \dots).

    For x < 0 the terms are all positive; for x > 0 they lose less than a bit. The derivative is x/(1 + x) there, of
    every order, by few operations.
    """
    near = x.abs() <= 0.5
    y = torch.where(near, x, 0.0)
    inner = sloped(_excess_near_0(y.detach()), _climb(y)) if differentiated(y) else _excess_near_0(y)
    return torch.where(near, inner, x - torch.log(torch.where(near, 1.0, ratio)))


def _excess_near_0(y: Tensor) -> Tensor:
    r = y / (2 + y)
    r2, tail = r * r, torch.zeros_like(r)
    for k in range(_TERMS, 0, -1):
        tail = r2 * (tail + 1 / (2 * k + 1))
    return y * r - 2 * r * tail


def _climb(y: Tensor) -> Tensor:
    r"""Return 0 with all derivatives of y - log(1 + y), the first of them y/(1 + y) without a difference.

    From a fixed :math:`y - h` it climbs by :math:`h - \log\frac{1 + y}{1 + y - h} = h y/(1 + y) + k + \log(1 - k)`,
    with :math:`k = h/(1 + y)`; here h = 0, and the last two terms have the slope 0 exactly.
    """
    h = y - y.detach()
    k = h / (1 + y)
    return k * y + (k + torch.log1p(-k))
