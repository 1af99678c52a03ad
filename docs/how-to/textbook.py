"""Textbook facts of the field, each stated and proved as a claim of one's own."""

from sympy import Integral, Rational, S, cos, diff, exp, log, pi, sin, sqrt

from derivations.authoring import (
    AtMost,
    Below,
    Claim,
    Equal,
    Expected,
    Given,
    Improper,
    Law,
    Made,
    Normal,
    Tends,
    Wrong,
    by,
    given,
    induction,
    law,
    positive,
    real,
)

a, b, c, d = positive("a b c d")
x, z, mu, nu, eps, eps_1, eps_2, phi, rho = real("x z mu nu eps eps_1 eps_2 phi rho")
sigma, tau, h, r, N, w = positive("sigma tau h r N w")
SQUARED = "only its square is used"
CORRELATION = "no correlation lies beyond"

# -- normal laws -----------------------------------------------------------------------------------

P, Q = Normal(mu, sigma**2), Normal(nu, tau**2)
AT_P = mu + sigma * eps  # a draw of P, made of a standard normal eps
RATIO = Expected(P.log_density(AT_P) - Q.log_density(AT_P), eps)
KL = log(tau / sigma) + (sigma**2 + (mu - nu) ** 2) / (2 * tau**2) - Rational(1, 2)

divergence = Claim(
    name="textbook.kl",
    title="The KL divergence of two normal laws in closed form",
    kind="expectation",
    says=lambda answer: Equal(RATIO, answer),
    answer=KL,
    example={mu: 1, nu: 2, sigma: 1, tau: 3},
    proof=((by("the mean of log p/q under p", RATIO), by("the moments of eps", KL)),),
    wrong={
        "the laws swapped": Wrong(
            log(sigma / tau) + (tau**2 + (mu - nu) ** 2) / (2 * sigma**2) - Rational(1, 2), "it is KL(q || p)"
        ),
        "a half forgotten": Wrong(KL + Rational(1, 2), "it is not 0 for equal laws"),
    },
)

SURPRISE = Expected(-P.log_density(AT_P), eps)
ENTROPY = log(2 * pi * sigma**2) / 2 + Rational(1, 2)

entropy = Claim(
    name="textbook.entropy",
    title="The entropy of a normal law depends on its variance alone",
    kind="expectation",
    says=lambda answer: Equal(SURPRISE, answer),
    answer=ENTROPY,
    example={mu: 1, sigma: 2},
    proof=((by("the mean of -log p", SURPRISE), by("E[eps^2] = 1", ENTROPY)),),
    wrong={
        "a half forgotten": Wrong(log(2 * pi * sigma**2) / 2, "the mean of eps^2/2 is lost"),
        "the deviation for the variance": Wrong(log(2 * pi * sigma) / 2 + Rational(1, 2), "sigma is not squared"),
    },
)

SLOPE, SCORE = diff(P.log_density(x), x), (mu - x) / sigma**2

score = Claim(
    name="textbook.score",
    title="The score of a normal density points to its mean",
    kind="equality",
    says=lambda answer: Equal(SLOPE, answer),
    answer=SCORE,
    example={x: 1, mu: 0, sigma: 2},
    proof=((by("the slope of log p", SLOPE), by("collect", SCORE)),),
    wrong={
        "the other sign": Wrong((x - mu) / sigma**2, "it points away from the mean"),
        "the deviation for the variance": Wrong((mu - x) / sigma, "sigma is not squared"),
    },
)

NOISE = (eps_1, eps_2)
CLEAN = mu + tau * eps_1
SEEN = CLEAN + sigma * eps_2
MEAN = given(CLEAN, ((SEEN, x),), NOISE).mean
TWEEDIE = x + sigma**2 * diff(law(SEEN, NOISE).log_density(x), x)

tweedie = Claim(
    name="textbook.tweedie",
    title="Tweedie's formula for a normal prior",
    kind="equality",
    says=lambda answer: Equal(MEAN, answer),
    answer=TWEEDIE,
    example={mu: 0, x: 1, sigma: 1, tau: 2},
    convenience={"0 < sigma": SQUARED, "0 < tau": SQUARED},
    proof=((by("the mean given what is seen", MEAN), by("collect", TWEEDIE)),),
    wrong={
        "minus the score": Wrong(2 * x - TWEEDIE, "it moves away from the data"),
        "the mean of what is seen": Wrong(x, "the noise stays"),
    },
)

COMMON = 1 / (1 / sigma**2 + 1 / tau**2)
BETWEEN = COMMON * (mu / sigma**2 + nu / tau**2)
BOTH = diff(P.log_density(x) + Q.log_density(x), x)
ONE = diff(Normal(BETWEEN, COMMON).log_density(x), x)

product = Claim(
    name="textbook.product",
    title="The product of two normal densities has the score of a third",
    kind="equality",
    says=lambda answer: Equal(BOTH, diff(Normal(*answer).log_density(x), x)),
    answer=(BETWEEN, COMMON),
    example={mu: 0, nu: 1, sigma: 1, tau: 2, x: 3},
    proof=((by("the slope of the sum of logarithms", BOTH), by("complete the square", ONE)),),
    wrong={
        "the mean of the means": Wrong(((mu + nu) / 2, COMMON), "right only for equal variances"),
        "the sum of the variances": Wrong((BETWEEN, sigma**2 + tau**2), "it is that of a sum of two draws"),
    },
)

X, Y = mu + sigma * eps_1, nu + tau * (rho * eps_1 + sqrt(1 - rho**2) * eps_2)
REGRESSION = Normal(nu + rho * tau / sigma * (x - mu), tau**2 * (1 - rho**2))

conditional = Claim(
    name="textbook.conditional",
    title="The law of one of two jointly normal variables, given the other",
    kind="law",
    says=lambda answer: Law(z, Given(Y, ((X, x),), NOISE), answer),
    answer=REGRESSION,
    given=(Below(-1, rho), Below(rho, 1)),
    example={mu: 0, nu: 1, sigma: 1, tau: 2, rho: Rational(1, 2), x: 1},
    convenience={"0 < tau": "true for any tau", "-1 < rho": CORRELATION, "rho < 1": CORRELATION},
    proof=(
        (by("the mean given x", REGRESSION.mean), by("as it is stated", REGRESSION.mean)),
        (by("the variance given x", REGRESSION.var), by("as it is stated", REGRESSION.var)),
    ),
    wrong={
        "the other regression": Wrong(
            REGRESSION._replace(mean=nu + rho * sigma / tau * (x - mu)), "the slope is that of x given z"
        ),
        "the variance unchanged": Wrong(REGRESSION._replace(var=tau**2), "right only for rho = 0"),
    },
)

SUM, ADDED = Expected((sigma * eps_1 + tau * eps_2) ** 2, eps_1, eps_2), sigma**2 + tau**2

noises = Claim(
    name="textbook.noises",
    title="The variances of independent noises add up",
    kind="expectation",
    says=lambda answer: Equal(SUM, answer),
    answer=ADDED,
    example={sigma: 1, tau: 2},
    convenience={"0 < sigma": SQUARED, "0 < tau": SQUARED},
    proof=((by("the mean of the square", SUM), by("E[eps_1 eps_2] = 0", ADDED)),),
    wrong={
        "the deviations added": Wrong((sigma + tau) ** 2, "it is that of one noise, used twice"),
        "the mean of the two": Wrong((sigma**2 + tau**2) / 2, "nothing is divided by 2"),
    },
)

# -- diffusion processes ---------------------------------------------------------------------------

(abar,) = positive("abar")
FORWARD = law(sqrt(abar) * x + sqrt(1 - abar) * eps, (eps,))
LOG_SNR, TAKEN_APART = log(diff(FORWARD.mean, x) ** 2 / FORWARD.var), log(abar) - log(1 - abar)

snr = Claim(
    name="textbook.snr",
    title="The log SNR of a variance-preserving process is log(abar) - log(1 - abar)",
    kind="equality",
    says=lambda answer: Equal(LOG_SNR, answer),
    answer=TAKEN_APART,
    given=(Below(abar, 1),),
    example={abar: Rational(1, 2)},
    proof=((by("signal over noise", LOG_SNR), by("of a quotient", TAKEN_APART)),),
    wrong={
        "noise over signal": Wrong(log(1 - abar) - log(abar), "the sign is the other"),
        "amplitudes": Wrong((log(abar) - log(1 - abar)) / 2, "the coefficients are not squared"),
    },
)

f, g, dt = positive("f g dt")
STEP = Normal(x * (1 - f * dt), g**2 * dt)

euler = Claim(
    name="textbook.euler",
    title="The law of one Euler-Maruyama step with drift -f x",
    kind="law",
    says=lambda answer: Law(z, Made(x - f * x * dt + g * sqrt(dt) * eps, (eps,)), answer),
    answer=STEP,
    example={x: 1, f: 1, g: 1, dt: Rational(1, 10)},
    convenience={"0 < f": "true for any f", "0 < g": SQUARED, "0 < dt": "a step goes forward"},
    proof=(
        (by("the mean", x - f * x * dt), by("collect", STEP.mean)),
        (by("the square of the noise's coefficient", STEP.var), by("which is that", STEP.var)),
    ),
    wrong={
        "noise times dt": Wrong(STEP._replace(var=g**2 * dt**2), "it vanishes as the step does"),
        "drift without x": Wrong(STEP._replace(mean=x - f * dt), "right only at x = 1"),
    },
)

abar_s, abar_t = positive("abar_s abar_t")
X_HAT = (z - sqrt(1 - abar_t) * eps) / sqrt(abar_t)
DDIM = sqrt(abar_s) * X_HAT + sqrt(1 - abar_s) * eps
LINEAR = sqrt(abar_s / abar_t) * z + (sqrt(1 - abar_s) - sqrt(abar_s * (1 - abar_t) / abar_t)) * eps

ddim = Claim(
    name="textbook.ddim",
    title="DDIM's step without noise is linear in z and eps",
    kind="equality",
    says=lambda answer: Equal(DDIM, answer),
    answer=LINEAR,
    given=(Below(abar_s, 1), Below(abar_t, 1)),
    example={z: 1, eps: 1, abar_s: Rational(1, 2), abar_t: Rational(1, 4)},
    proof=((by("to x and back", DDIM), by("collect z and eps", LINEAR)),),
    wrong={
        "eps left out": Wrong(sqrt(abar_s / abar_t) * z, "right only for eps = 0"),
        "the ratio inverted": Wrong(
            LINEAR + (sqrt(abar_t / abar_s) - sqrt(abar_s / abar_t)) * z, "s and t are swapped"
        ),
    },
)

Z, V = cos(phi) * x + sin(phi) * eps, cos(phi) * eps - sin(phi) * x

velocity = Claim(
    name="textbook.v",
    title="x and eps are regained from z and v of a variance-preserving process",
    kind="equality",
    says=lambda answer: (
        Equal(cos(phi) * Z - sin(phi) * V, answer[0]),
        Equal(sin(phi) * Z + cos(phi) * V, answer[1]),
    ),
    answer=(x, eps),
    example={x: 1, eps: 2, phi: 1},
    proof=(
        (by("turned back", cos(phi) * Z - sin(phi) * V), by("cos^2 + sin^2 = 1", x)),
        (by("turned back", sin(phi) * Z + cos(phi) * V), by("cos^2 + sin^2 = 1", eps)),
    ),
    wrong={
        "swapped": Wrong((eps, x), "the two are exchanged"),
        "eps of the other sign": Wrong((x, -eps), "v is taken for its opposite"),
    },
)

RULE, BY_ODDS = a * c / (a * c + b * d), 1 / (1 + b * d / (a * c))

bayes = Claim(
    name="textbook.bayes",
    title="Bayes' rule for two classes, by the odds of the other one",
    kind="equality",
    says=lambda answer: Equal(RULE, answer),
    answer=BY_ODDS,
    example={a: 1, b: 2, c: 3, d: 4},
    convenience={f"0 < {v}": "chances are not negative, and none is 0" for v in (a, b, c, d)},
    proof=((by("prior times likelihood, normalised", RULE), by("divide by a c", BY_ODDS)),),
    wrong={
        "the likelihoods forgotten": Wrong(a / (a + b), "it is the prior"),
        "the odds themselves": Wrong(a * c / (b * d), "they are not normalised"),
    },
)

# -- means and inequalities ------------------------------------------------------------------------

TWO = (x, ((a, w), (b, 1 - w)))  # the values a and b, with chances w and 1 - w
CENTRE = Expected(z, (z, ((a, w), (b, 1 - w))))  # in a letter of its own, since it stands under another mean
SPREAD = Expected((x - CENTRE) ** 2, TWO)
MOMENTS = Expected(x**2, TWO) - Expected(x, TWO) ** 2

variance = Claim(
    name="textbook.variance",
    title="The variance of two values by their first two moments",
    kind="expectation",
    says=lambda answer: Equal(SPREAD, answer),
    answer=MOMENTS,
    given=(Below(w, 1),),
    example={a: 1, b: 2, w: Rational(1, 3)},
    convenience={
        "0 < a": "true for any a",
        "0 < b": "true for any b",
        "0 < w": "weights are positive",
        "w < 1": "weights are positive",
    },
    proof=((by("the mean of the squared distance", SPREAD), by("multiply out", MOMENTS)),),
    wrong={
        "the mean not squared": Wrong(Expected(x**2, TWO) - Expected(x, TWO), "units are mixed"),
        "the second moment": Wrong(Expected(x**2, TWO), "right only for the mean 0"),
    },
)

GEOMETRIC, ARITHMETIC = sqrt(a * b), (a + b) / 2

means = Claim(
    name="textbook.amgm",
    title="The geometric mean is at most the arithmetic mean",
    kind="inequality",
    says=lambda answer: AtMost(GEOMETRIC, answer, {a: b}),
    answer=ARITHMETIC,
    example={a: 1, b: 4},
    proof=(
        (
            by("the geometric mean", GEOMETRIC),
            by("a square is not negative", ARITHMETIC, more=(sqrt(a) - sqrt(b)) ** 2 / 2),
        ),
    ),
    wrong={
        "the first": Wrong(a, "too small where a < b"),
        "the harmonic mean": Wrong(2 * a * b / (a + b), "it is below the geometric mean"),
    },
)

u_1, u_2, v_1, v_2 = real("u_1 u_2 v_1 v_2")
INNER, LENGTHS = (u_1 * v_1 + u_2 * v_2) ** 2, (u_1**2 + u_2**2) * (v_1**2 + v_2**2)

cauchy = Claim(
    name="textbook.cauchy",
    title="The Cauchy-Schwarz inequality for two terms",
    kind="inequality",
    says=lambda answer: AtMost(INNER, answer, {u_1: v_1, u_2: v_2}),
    answer=LENGTHS,
    example={u_1: 1, u_2: 2, v_1: 3, v_2: 4},
    proof=((by("the square", INNER), by("Lagrange's identity", LENGTHS, more=(u_1 * v_2 - u_2 * v_1) ** 2)),),
    wrong={
        "without the cross terms": Wrong(u_1**2 * v_1**2 + u_2**2 * v_2**2, "it is not above the square"),
        "half of it": Wrong(LENGTHS / 2, "fails where u = v"),
    },
)

TANGENT = a - 1

logarithm = Claim(
    name="textbook.log",
    title="log(a) is at most its tangent at 1",
    kind="inequality",
    says=lambda answer: AtMost(log(a), answer, {a: 1}),
    answer=TANGENT,
    example={a: 2},
    proof=((by("the logarithm", log(a)), by("convex in a, and 0 at 1 with its slope", TANGENT, convex=(a, S(1)))),),
    wrong={
        "half the slope": Wrong((a - 1) / 2, "fails just above 1"),
        "lower by 1": Wrong(a - 2, "fails at 1"),
    },
)

TOGETHER, APART = (a + b) * log((a + b) / (c + d)), a * log(a / c) + b * log(b / d)

log_sum = Claim(
    name="textbook.logsum",
    title="The log-sum inequality for two terms",
    kind="inequality",
    says=lambda answer: AtMost(answer, APART, {a: b * c / d}),
    answer=TOGETHER,
    example={a: 1, b: 2, c: 3, d: 4},
    proof=((by("of the sums", TOGETHER), by("convex in a, least where a/c = b/d", APART, convex=(a, b * c / d))),),
    wrong={
        "the logarithm of the mean": Wrong((a + b) * log((a + b) / (2 * (c + d))) + a + b, "too large"),
        "twice": Wrong(2 * TOGETHER, "too large where it is positive"),
    },
)

# -- calculus, limits and inductions ---------------------------------------------------------------

SIGMOID = 1 / (1 + exp(-x))
RISE, RATE = diff(SIGMOID, x), SIGMOID * (1 - SIGMOID)

sigmoid = Claim(
    name="textbook.sigmoid",
    title="The slope of the sigmoid is the sigmoid times what it lacks of 1",
    kind="equality",
    says=lambda answer: Equal(RISE, answer),
    answer=RATE,
    example={x: 0},
    proof=((by("the slope", RISE), by("collect", RATE)),),
    wrong={
        "the other sign": Wrong(-RATE, "the sigmoid rises"),
        "the sigmoid": Wrong(SIGMOID, "only exp is its own slope"),
    },
)

INSIDE = Integral(exp(-a * x), (x, 0, 1 / h))  # the limit of proper integrals, as h -> 0

mass = Claim(
    name="textbook.mass",
    title="The integral of an exponential over a half-line",
    kind="limit",
    says=lambda answer: Improper(exp(-a * x), x, 0, S.Infinity, answer, h),
    answer=1 / a,
    example={a: 2},
    proof=(
        (
            by("up to 1/h", INSIDE),
            by("a primitive", (1 - exp(-a / h)) / a, primitive=-exp(-a * x) / a),
            by("the limit", 1 / a),
        ),
    ),
    wrong={
        "inverted": Wrong(a, "it falls with a"),
        "1": Wrong(1, "it is not normalised"),
        "twice": Wrong(2 / a, "both half-lines are counted"),
    },
)

QUOTIENT = (exp(a * h) - 1) / h

exponential = Claim(
    name="textbook.exponential",
    title="The slope of an exponential at the origin, as a limit of quotients",
    kind="limit",
    says=lambda answer: Tends(QUOTIENT, h, answer),
    answer=a,
    example={a: 2},
    convenience={"0 < a": "true for any a"},
    proof=((by("the quotient", QUOTIENT), by("the limit", a)),),
    wrong={
        "0": Wrong(0, "0/0 is taken for 0"),
        "1": Wrong(1, "right only for a = 1"),
    },
)

survival = Claim(
    name="textbook.survival",
    title="(1 - a h)^(1/h) tends to exp(-a) as h goes to 0",
    kind="limit",
    says=lambda answer: Tends((1 - a * h) ** (1 / h), h, answer),  # as (1 - a/T)^T for many steps
    answer=exp(-a),
    given=(Below(a * h, 1),),
    example={a: 2, h: Rational(1, 5)},
    convenience={"0 < a": "true for any a", "0 < h": "steps go forward", "a h < 1": "only small h matter"},
    proof=(
        (
            by("a power", (1 - a * h) ** (1 / h)),
            by("by its logarithm", exp(log(1 - a * h) / h)),
            by("the limit", exp(-a)),
        ),
    ),
    wrong={
        "the other sign": Wrong(exp(a), "it is the limit of (1 + a h)^(1/h)"),
        "1": Wrong(1, "1 to an infinite power is no number"),
    },
)

(held,) = real("S")
SQUARES = N * (N + 1) * (2 * N + 1) / 6

squares = Claim(
    name="textbook.squares",
    title="The sum of the first N squares",
    kind="induction",
    says=lambda answer: induction(
        value=answer, held=held, base=1, step=held + (N + 1) ** 2, first={N: 1}, next={N: N + 1}
    ),
    answer=SQUARES,
    example={N: 4},
    convenience={"0 < N": "true for any N"},
    proof=(
        (by("the first square", S(1)), by("1 2 3/6", S(1))),
        (by("one more square", SQUARES + (N + 1) ** 2), by("factor", (N + 1) * (N + 2) * (2 * N + 3) / 6)),
    ),
    wrong={
        "of the numbers": Wrong(N * (N + 1) / 2, "nothing is squared"),
        "the integral": Wrong(N**3 / 3, "the sum is not the area"),
    },
)

SERIES = (1 - r**N) / (1 - r)

series = Claim(
    name="textbook.geometric",
    title="The sum of N terms of the geometric series",
    kind="induction",
    says=lambda answer: induction(value=answer, held=held, base=1, step=held + r**N, first={N: 1}, next={N: N + 1}),
    answer=SERIES,
    given=(Below(r, 1),),
    example={r: Rational(1, 2), N: 3},
    convenience={"0 < N": "true for any N", "0 < r": "true for any r but 1", "r < 1": "true for any r but 1"},
    proof=(
        (by("the first term", S(1)), by("(1 - r)/(1 - r)", S(1))),
        (by("one more term", SERIES + r**N), by("a common denominator", (1 - r ** (N + 1)) / (1 - r))),
    ),
    wrong={
        "a term more": Wrong((1 - r ** (N + 1)) / (1 - r), "it begins with two terms"),
        "without end": Wrong(1 / (1 - r), "it is the sum of all terms"),
    },
)
