"""The divergence of two laws of a class: the mean of the logarithm of their ratio, 0 for equal laws.

Two classes are stated. Of more, one class against all others gives the part of that class, and `kl.chain` the rest.
"""

from sympy import S, log

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal
from derivations.probability.expected import Expected

# isort: off
from derivations.symbols import guessed, hit, of_data as x

LAW = (hit, ((S.One, x), (S.Zero, 1 - x)))
RATIO = hit * log(x / guessed) + (1 - hit) * log((1 - x) / (1 - guessed))
MEAN = Expected(RATIO, LAW)
KL = x * log(x / guessed) + (1 - x) * log((1 - x) / (1 - guessed))

categorical = Claim(
    name="kl.categorical",
    title="The mean of the log ratio of two laws of two classes is a sum over the classes, and at least 0",
    kind="expectation",
    says=lambda a: (Equal(MEAN, a), AtMost(S.Zero, a, {x: guessed})),
    answer=KL,
    given=(Below(x, S.One), Below(guessed, S.One)),
    example={x: S.One / 4, guessed: S.One / 2},
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
            by("convex in the first law, and with the slope 0 at equal ones, where it is 0", KL, convex=(x, guessed)),
        ),
    ),
    wrong={
        "the other way round": Wrong(
            guessed * log(guessed / x) + (1 - guessed) * log((1 - guessed) / (1 - x)),
            "a mean over the second law",
        ),
        "one class alone": Wrong(
            x * log(x / guessed), "negative where the class is rarer: the other classes are left out"
        ),
        "the cross entropy": Wrong(
            -x * log(guessed) - (1 - x) * log(1 - guessed), "the entropy of the first is not subtracted"
        ),
    },
    means="two classes, of any probabilities",
)

CLAIMS = (categorical,)
