"""The Kullback-Leibler divergence of two normals, KL(q || p) = E_q[log q - log p].

With z = mu_1 + sd_1 n the log-ratio is a polynomial in a standard normal n, so its mean needs only
E[n] = 0 and E[n^2] = 1. It is never negative, and 0 only for equal laws; for normals as for any densities
this follows from the tangent of the logarithm: log u <= u - 1, with equality only at u = 1.
"""

from sympy import Integer, Rational, log, pi, sqrt

from derivations.calculus.divergence import closed, divergence, log_ratio
from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean, Residual
from derivations.form.statement import AtMost, Equal
from derivations.notation.laws import Divergence, LawName
from derivations.notation.quantities import Log
from derivations.probability.gaussian import Normal
from derivations.symbols import mu_1, mu_2, n_1, omega, u, var, var_1, var_2, x

Q1, P1 = Normal(mu_1, var_1), Normal(mu_2, var_2)
BETWEEN = Divergence(LawName(*Q1), LawName(*P1), n_1)
BY_MOMENTS = divergence(Q1, P1)
KL = closed(Q1, P1)
EXAMPLE = {mu_1: 0, mu_2: 1, var_1: 1, var_2: 4}

gauss = Claim(
    name="kl.gauss",
    title="The KL divergence of two normals is (log(Sigma_2/Sigma_1) - 1 + (Sigma_1 + (mu_1 - mu_2)^2)/Sigma_2)/2",
    kind="expectation",
    says=lambda a: Equal(BETWEEN, a),
    answer=KL,
    example=EXAMPLE,
    trust=("the moments of a standard normal: E n = 0, E n^2 = 1",),
    means="one coordinate; for several see gauss.isotropic.reduction",
    proof=((by("the moments of n, with z = mu_1 + sd_1 n", BY_MOMENTS), by("collect", KL, eq="luo2022 (86)")),),
    wrong={
        "arguments swapped": Wrong(closed(P1, Q1), "it is KL(p || q), which differs: the divergence is not symmetric"),
        "no half": Wrong(2 * KL, "twice the divergence"),
        "log ratio inverted": Wrong(KL - log(var_2 / var_1), "it is negative for large Sigma_2"),
        "standard deviation for variance": Wrong(
            closed(Normal(mu_1, sqrt(var_1)), Normal(mu_2, sqrt(var_2))),
            "a standard deviation is put where the covariance belongs",
        ),
        "-d dropped": Wrong(KL + Rational(1, 2), "it is positive for equal laws"),
        "cross-entropy": Wrong(
            (log(2 * pi * var_2) + (var_1 + (mu_1 - mu_2) ** 2) / var_2) / 2,
            "it is larger by the entropy of q, and not zero for equal laws",
            ("note002 line 260",),
        ),
    },
    experiment=Experiment(
        process=((x, mu_1 + sqrt(var_1) * n_1),),
        normals=(n_1,),
        # log-ratio at the example: a - n/4 - 3 n^2/8, of variance 1/16 + 2 (3/8)^2 = 11/32
        checks=(Mean(of=log_ratio(Q1, P1, x), value=lambda a: a),),
        twins=("arguments swapped", "no half", "log ratio inverted", "-d dropped", "cross-entropy"),
    ),
)

TANGENT = log(omega) + (u - omega) / omega

tangent = Claim(
    name="log.tangent",
    title="The logarithm lies below its tangent at any omega, and touches it only at omega",
    kind="inequality",
    says=lambda a: AtMost(Log(u), log(omega) + a, {u: omega}, only=True),
    answer=(u - omega) / omega,
    example={u: 2, omega: 3},
    proof=(
        (
            by("the logarithm", log(u)),
            by(
                "(u - omega)/omega - log(u/omega) is convex in u; it and its slope vanish at omega",
                TANGENT,
                convex=(u, omega),
            ),
        ),
    ),
    wrong={
        "chord slope 1": Wrong(u - omega, "right only at omega = 1"),
        "slope at u": Wrong(
            (u - omega) / u, "the slope is taken at u, not at omega, and the line lies below the logarithm"
        ),
        "no constant": Wrong(u / omega, "true, but slack everywhere"),
    },
)

FLOOR = (mu_1 - mu_2) ** 2 / (2 * var_2)

nonnegative = Claim(
    name="kl.gauss.nonnegative",
    title="KL of two normals is at least (mu_1 - mu_2)^2/(2 Sigma_2), hence never negative, and 0 only for equal laws",
    kind="inequality",
    needs=("kl.gauss", "log.tangent"),
    says=lambda a: (
        AtMost(a, BETWEEN, {var_1: var_2}, only=True),
        AtMost(Integer(0), BETWEEN, {mu_1: mu_2, var_1: var_2}, only=True),
    ),
    answer=FLOOR,
    example=EXAMPLE,
    proof=(
        (
            by("the part of the means", FLOOR),
            by(
                "v - 1 - log v, at v = Sigma_1/Sigma_2, is convex, and least at v = 1, where it is 0",
                KL,
                convex=(var_1, var_2),
            ),
            by("kl.gauss", BY_MOMENTS),
        ),
        (
            by("equal laws", Integer(0)),
            by("a square over a variance", FLOOR, more=FLOOR),
            by("as above", KL, convex=(var_1, var_2)),
            by("kl.gauss", BY_MOMENTS),
        ),
    ),
    wrong={
        "always strictly positive": Wrong(
            FLOOR + Rational(1, 1000),
            "KL is exactly 0 for equal laws",
            ("web a public study note", "luo2022 text after (16)"),
        ),
        "variance of q": Wrong(FLOOR * var_2 / var_1, "it is no lower bound, as q may be arbitrarily narrow"),
        "no half": Wrong(2 * FLOOR, "it is above the divergence at equal variances"),
    },
)

MATCH = (mu_1 - mu_2) ** 2 / (2 * var)
SAME = (Normal(mu_1, var), Normal(mu_2, var))
SAME_BY_MOMENTS = divergence(*SAME)

equal_variance = Claim(
    name="vdm.kl.equal_variance",
    title="For equal variances, the KL of two normals is the squared distance of their means over twice the variance",
    kind="expectation",
    needs=("kl.gauss",),
    says=lambda a: Equal(Divergence(*(LawName(*law) for law in SAME), n_1), a),
    answer=MATCH,
    example={mu_1: 0, mu_2: 1, var: 1},
    means="one coordinate; for several see gauss.isotropic.reduction",
    proof=(
        (
            by("E_q[log q - log p] with one variance", SAME_BY_MOMENTS, eq="luo2022 (87), (95), (126), (144)"),
            by("insert Luo (86)", closed(*SAME), eq="luo2022 (88)"),
            by("log 1 = 0 and the trace is d", (0 - 1 + 1 + (mu_2 - mu_1) ** 2 / var) / 2, eq="luo2022 (89)"),
            by("only the quadratic form is left", (mu_2 - mu_1) / var * (mu_2 - mu_1) / 2, eq="luo2022 (90)-(91)"),
            by("covariance sigma_q^2 I", MATCH, eq="luo2022 (92)"),
        ),
    ),
    wrong={
        "no half": Wrong(2 * MATCH, "every weight of the loss is doubled"),
        "spectral norm squared": Wrong(
            MATCH / var,
            "1/sigma^4 stands for 1/sigma^2: ||Sigma||^2 of a covariance sigma^2 I",
            ("weng2021 the parameterisation of L_t",),
        ),
        "standard deviation for variance": Wrong(MATCH * sqrt(var), "1/sigma stands for 1/sigma^2"),
    },
    experiment=Experiment(
        process=((x, mu_1 + sqrt(var) * n_1),),
        normals=(n_1,),
        # equal variances: the log-ratio is linear in n, exactly normal, and its variance is twice its mean
        checks=(Residual(of=log_ratio(*SAME, x), law=lambda a: Normal(a, 2 * a)),),
        at={mu_1: 0, mu_2: 1, var: 4},
    ),
)

CLAIMS = (gauss, tangent, nonnegative, equal_variance)
