"""The divergence of two laws of a class: the mean of the logarithm of their ratio, 0 for equal laws alone.

Two classes are stated. Of more, one class against all others gives the part of that class, and `kl.chain` the rest.
"""

from sympy import S, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.probability.expected import Expected

# isort: off
from derivations.symbols import guessed as p, hit, of_data as q

LAW = (hit, ((S.One, q), (S.Zero, 1 - q)))
RATIO = hit * log(q / p) + (1 - hit) * log((1 - q) / (1 - p))
MEAN = Expected(RATIO, LAW)
KL = q * log(q / p) + (1 - q) * log((1 - q) / (1 - p))

categorical = Claim(
    name="kl.categorical",
    title="The mean of the log ratio of two laws of two classes is a sum over the classes, and at least 0",
    kind="expectation",
    says=lambda a: (Equal(MEAN, a), AtMost(S.Zero, a, {q: p})),
    answer=KL,
    given=(Below(q, S.One), Below(p, S.One)),
    example={q: S.One / 4, p: S.One / 2},
    convenience={
        "0 < x_{0k}": "a class that does not occur adds 0",
        "x_{0k} < 1": "as at 0",
        "0 < f_k": "at 0 the divergence is infinite unless the class does not occur",
        "f_k < 1": "as at 0",
    },
    proof=(
        (
            by("the mean of the log ratio", MEAN),
            by("each class with its probability", KL),
        ),
        (
            by("nothing", S.Zero),
            by("convex in q, and with the slope 0 at q = p, where it is 0", KL, convex=(q, p)),
        ),
    ),
    wrong={
        "the other way round": Wrong(
            p * log(p / q) + (1 - p) * log((1 - p) / (1 - q)),
            "a mean over the second law",
        ),
        "one class alone": Wrong(q * log(q / p), "negative where q < p: the other classes are left out"),
        "the cross entropy": Wrong(-q * log(p) - (1 - q) * log(1 - p), "the entropy of the first is not subtracted"),
    },
    means="two classes, of any probabilities",
)

CLAIMS = (categorical,)
