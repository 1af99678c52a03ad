r"""Exact values to 60 digits, written from the definitions and sharing no line with the code that they judge.

.. math::
    \alpha_{t|s} = \frac{\alpha_t}{\alpha_s}, \quad
    \sigma_{t|s}^2 = \sigma_t^2 - \alpha_{t|s}^2 \sigma_s^2, \quad
    \sigma_Q^2 = \frac{\sigma_{t|s}^2 \sigma_s^2}{\sigma_t^2}, \quad
    \mathrm{SNR} = \frac{\alpha^2}{\sigma^2}, \quad \dots

Everything is subtracted as written, since there are digits enough. A spacing (ulp) is that of the target dtype at the
exact value, subnormals included; infinity is right where the exact value rounds to it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from mpmath import cos, diff, exp, inf, isnan, log, mp, mpf, nan, pi, sqrt

mp.dps = 60

Path: TypeAlias = Callable[[mpf], tuple[mpf, mpf]]
Values: TypeAlias = dict[str, mpf]


class Format(NamedTuple):
    """A binary floating format: significand bits, least exponent of a normal number, largest finite number."""

    bits: int
    emin: int
    largest: mpf


FORMATS = {
    "float64": Format(53, -1022, (2 - mpf(2) ** -52) * mpf(2) ** 1023),
    "float32": Format(24, -126, (2 - mpf(2) ** -23) * mpf(2) ** 127),
    "bfloat16": Format(8, -126, (2 - mpf(2) ** -7) * mpf(2) ** 127),
    "float16": Format(11, -14, mpf(65504)),
}


def spacing(value: mpf, form: Format) -> mpf:
    """Return one unit in the last place of ``form`` at a finite value."""
    exponent = form.emin if value == 0 else max(mp.frexp(value)[1] - 1, form.emin)
    return mpf(2) ** (exponent - form.bits + 1)


def ulps(got: float, exact: mpf, form: Format) -> float:
    """Return |got - exact| in spacings; infinity is right where the exact value overflows, and NaN never is."""
    if isnan(exact):
        raise ValueError("ulps: expected an exact number, got NaN")
    limit = form.largest + spacing(form.largest, form) / 2
    if abs(exact) >= limit or abs(got) == inf:
        return 0.0 if abs(exact) >= limit and got == (inf if exact > 0 else -inf) else float("inf")
    return float("inf") if got != got else float(abs(mpf(got) - exact) / spacing(exact, form))


def over(a: mpf, b: mpf) -> mpf:
    """Return a / b, infinite at b = 0, NaN for 0 / 0, where no value is right."""
    if b != 0:
        return a / b
    return nan if a == 0 else inf if a > 0 else -inf


def coefficients(s: tuple[mpf, mpf], t: tuple[mpf, mpf]) -> Values:
    """Return every coefficient of one step, from (alpha, sigma) at s and at t."""
    (alpha_s, sigma_s), (alpha_t, sigma_t) = s, t
    alpha_ts = over(alpha_t, alpha_s)
    var_ts = sigma_t**2 - alpha_ts**2 * sigma_s**2
    snr_s, snr_t = over(alpha_s**2, sigma_s**2), over(alpha_t**2, sigma_t**2)
    d = alpha_t**2 + sigma_t**2
    w_x, w_z = alpha_s * var_ts / sigma_t**2, alpha_ts * sigma_s**2 / sigma_t**2
    return (
        {
            "alpha": alpha_t,
            "sigma": sigma_t,
            "SNR": snr_t,
            "alpha_ts": alpha_ts,
            "sigma_ts^2": var_ts,
            "posterior variance": var_ts * sigma_s**2 / sigma_t**2,
            "posterior z": w_z,
            "posterior x": w_x,
            "VLB weight x": (snr_s - snr_t) / 2,
            "VLB weight eps": (over(snr_s, snr_t) - 1) / 2,
            "VLB weight v": (snr_s - snr_t) / 2 * sigma_t**2 / d**2,
            "VLB weight score": (over(snr_s, snr_t) - 1) / 2 * sigma_t**2,
            "mean eps, z": over(mpf(1), alpha_ts),
            "mean eps, eps": over(-var_ts, alpha_ts * sigma_t),
            "mean score, score": over(var_ts, alpha_ts),
            "mean v, z": w_z + w_x * alpha_t / d,
            "mean v, v": -w_x * sigma_t / d,
        }
        | solver(s, t)
        | conversions(alpha_t, sigma_t)
    )


def solver(s: tuple[mpf, mpf], t: tuple[mpf, mpf]) -> Values:
    """Return the gap and the coefficients of deterministic steps, NaN where the gap is infinite."""
    (alpha_s, sigma_s), (alpha_t, sigma_t) = s, t
    inner = sigma_s > 0 and alpha_t > 0
    growth = alpha_s * sigma_t / (sigma_s * alpha_t) if inner else nan
    half = sqrt(sigma_s**2 - (sigma_s**2 - alpha_t**2 * sigma_s**4 / (alpha_s * sigma_t) ** 2) / 4) / sigma_t
    return {
        "gap": 2 * log(growth) if inner else nan,
        "ddim z": sigma_s / sigma_t,
        "ddim x": alpha_s - sigma_s / sigma_t * alpha_t,
        "ddim z, eta 1/2": half,
        "ddim x, eta 1/2": alpha_s - half * alpha_t,
        "heun": alpha_s * (growth - 1) / 2,
    }


def slopes(path: Path, t: mpf) -> Values:
    """Return gamma, where it is 1 or more in size, its slope, and the weights of the continuous bound at 0 < t < 1."""
    (alpha, sigma), slope = path(t), diff(lambda u: gamma(path(u)), t)
    level, d = gamma((alpha, sigma)), alpha**2 + sigma**2
    return {
        "gamma": level if abs(level) >= 1 else nan,
        "gamma'": slope,
        "continuous weight x": slope / 2 * alpha**2 / sigma**2,
        "continuous weight eps": slope / 2,
        "continuous weight v": slope / 2 * (alpha / d) ** 2,
        "continuous weight score": slope / 2 * sigma**2,
    }


def conversions(alpha: mpf, sigma: mpf) -> Values:
    """Return each conversion's (z, prediction) coefficients, by way of x: source = p z + q x, target = k z + l x."""
    through_x = {
        "x": (mpf(0), mpf(1)),
        "eps": (over(mpf(1), sigma), over(-alpha, sigma)),
        "score": (over(mpf(-1), sigma**2), over(alpha, sigma**2)),
        "v": (over(alpha, sigma), over(-(alpha**2) - sigma**2, sigma)),
    }
    values: Values = {}
    for source, (p, q) in through_x.items():
        for target, (k, m) in through_x.items():
            if source != target:
                inner = alpha > 0 and sigma > 0  # at an end the conversion cannot go by way of x
                values[f"{source} to {target}, z"] = difference(k, m * p / q) if inner else nan
                values[f"{source} to {target}, {source}"] = m / q if inner else nan
    return values


def difference(a: mpf, b: mpf) -> mpf:
    """Return a - b, exactly 0 if they agree to 50 digits."""
    return mpf(0) if abs(a - b) <= abs(a) * mpf(10) ** -50 else a - b


def preserving(gamma: mpf) -> tuple[mpf, mpf]:
    """Return (alpha, sigma) with alpha^2 + sigma^2 = 1 and alpha^2/sigma^2 = exp(-gamma)."""
    return sqrt(1 / (1 + exp(gamma))), sqrt(1 / (1 + exp(-gamma)))


def by_alpha_bar(alpha_bar: Callable[[mpf], mpf]) -> Path:
    """Return the variance-preserving path of an alpha-bar."""
    return lambda t: (sqrt(alpha_bar(t)), sqrt(1 - alpha_bar(t)))


def linear(low: float, high: float) -> Path:
    """Return the path with gamma = low + (high - low) t."""
    return lambda t: preserving(mpf(low) + (mpf(high) - mpf(low)) * t)


def cosine(offset: float = 0.0) -> Path:
    """Return the path with alpha-bar = f(t)/f(0), f = cos^2."""
    return by_alpha_bar(lambda t: squared_cosine(t, offset) / squared_cosine(mpf(0), offset))


def squared_cosine(t: mpf, offset: float) -> mpf:
    """Return cos^2((t + o)/(1 + o) pi/2), exactly 0 at t = 1."""
    return mpf(0) if t == 1 else cos((t + mpf(offset)) / (1 + mpf(offset)) * pi / 2) ** 2


def integral(low: float, high: float, t: mpf) -> mpf:
    """Return the integral of beta = low + (high - low) t."""
    return mpf(low) * t + (mpf(high) - mpf(low)) * t**2 / 2


def beta_linear(low: float, high: float) -> Path:
    """Return the path with alpha-bar = exp(-B)."""
    return by_alpha_bar(lambda t: exp(-integral(low, high, t)))


def part(path: Path, start: float, width: float) -> Path:
    """Return the path from ``start`` to ``start + width``, stretched over [0, 1]."""
    return lambda t: path(mpf(start) + mpf(width) * t)


def sub_vp(low: float, high: float) -> Path:
    """Return the path with alpha = exp(-B/2), sigma = 1 - exp(-B)."""
    return lambda t: (exp(-integral(low, high, t) / 2), 1 - exp(-integral(low, high, t)))


def sigmoid(start: float, end: float, tau: float) -> Path:
    """Return the path whose alpha-bar is a rescaled sigmoid."""

    def s(t: mpf) -> mpf:
        return 1 / (1 + exp(-(mpf(start) + t * (mpf(end) - mpf(start))) / mpf(tau)))

    return by_alpha_bar(lambda t: (s(mpf(1)) - s(t)) / (s(mpf(1)) - s(mpf(0))))


def edm(low: float, high: float, rho: float) -> Path:
    """Return the path with alpha = 1, sigma^(1/rho) linear in t."""
    a, b = mpf(low) ** (1 / mpf(rho)), mpf(high) ** (1 / mpf(rho))
    return lambda t: (mpf(1), (a + t * (b - a)) ** mpf(rho))


def rectified() -> Path:
    """Return the path with alpha = 1 - t, sigma = t."""
    return lambda t: (1 - t, t)


def table(betas: Sequence[float]) -> Path:
    """Return the path whose alpha-bar_i is the product of 1 - beta_j, at the time nearest to i/T."""
    products = [mpf(1)]
    for beta in betas:
        products.append(products[-1] * (1 - mpf(beta)))
    return by_alpha_bar(lambda t: products[round(t * len(betas))])


def betas_linear(steps: int, first: float, last: float) -> list[float]:
    """Return the float64 values of first + (last - first) (i - 1)/(T - 1)."""
    return [first + (last - first) * i / (steps - 1) for i in range(steps)]


def betas_cosine(steps: int, offset: float, clip: float) -> list[float]:
    """Return the float64 nearest to 1 - f(i/T)/f((i-1)/T), at most clip."""
    f = [squared_cosine(mpf(i) / steps, offset) for i in range(steps + 1)]
    return [min(float(1 - f[i + 1] / f[i]), clip) for i in range(steps)]


def learned(ends: Sequence[float], w_1: float, w_2: Sequence[float], b: Sequence[float], w_3: Sequence[float]) -> Path:
    """Return the path whose gamma is the monotone network of these weights, rescaled to its ends."""

    def network(t: mpf) -> mpf:
        steps = (mpf(w) / (1 + exp(-(mpf(k) * t + mpf(c)))) for k, c, w in zip(w_2, b, w_3, strict=True))
        return mpf(w_1) * t + sum(steps, mpf(0))

    low, high = network(mpf(0)), network(mpf(1))
    return lambda t: preserving(mpf(ends[0]) + (mpf(ends[1]) - mpf(ends[0])) * (network(t) - low) / (high - low))


def gamma(point: tuple[mpf, mpf]) -> mpf:
    """Return -log SNR."""
    alpha, sigma = point
    return -inf if sigma == 0 else inf if alpha == 0 else 2 * log(sigma / alpha)
