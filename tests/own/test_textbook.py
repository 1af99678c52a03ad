"""The gallery of the documentation: each fact is green, and a false neighbour of each goes red for its own reason."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from derivations.form.claim import Claim
from derivations.judge.certificate import certify
from derivations.own import loaded
from tests.support.shell import ROOT

GALLERY = ROOT / "docs/how-to/textbook.py"
STARTS, ENDS = ("statement {}: expected a proof that " + how for how in ("starts with", "ends with"))
GAP = " does not follow: the line .* is -?[0-9.]+ at .*, and not 0"
AMGM = """sqrt(a * b), (a + b) / 2

means = Claim(
    name="textbook.amgm",
    title="The geometric mean is at most the arithmetic mean",
"""
# without the title, which is red by itself: a third of a + b is no arithmetic mean
UNNAMED = AMGM.replace("(a + b) / 2", "(a + b) / 3").replace("the arithmetic mean", "that")
FORGED = {  # the false neighbour of each claim: what is written in its place, and why it is red
    "kl": ("(2 * tau**2) - Rational(1, 2)\n", "tau**2 - Rational(1, 2)\n", f"'the moments of eps'{GAP}"),
    "entropy": ("ENTROPY = log(2 * pi", "ENTROPY = log(4 * pi", rf"'E\[eps\^2\] = 1'{GAP}"),
    "score": ("(mu - x) / sigma**2\n", "(mu - x) / sigma\n", f"'collect'{GAP}"),
    "tweedie": ("TWEEDIE = x + sigma**2", "TWEEDIE = x + tau**2", f"'collect'{GAP}"),
    "product": ("COMMON = 1 / (1 / sigma**2 + 1 /", "COMMON = 1 / (1 / sigma**2 + 2 /", f"'complete the square'{GAP}"),
    "conditional": ("* (1 - rho**2))", "* (1 - rho))", STARTS.format(2)),
    "noises": ("eps_2), sigma**2 + tau**2\n", "eps_2), sigma**2 + 2 * tau**2\n", rf"'E\[eps_1 eps_2\] = 0'{GAP}"),
    "snr": (", x) ** 2 / FORWARD.var)", ", x) ** 2 * FORWARD.var)", f"'of a quotient'{GAP}"),
    "euler": ("g**2 * dt)\n", "g * dt)\n", STARTS.format(2) + r" dt\*g\*\*2, got dt\*g"),
    "ddim": ("(1 - abar_t) / abar_t)) * eps\n", "(1 - abar_t) / abar_s)) * eps\n", f"'collect z and eps'{GAP}"),
    "v": ("* eps - sin(phi) * x\n", "* eps + sin(phi) * x\n", rf"'cos\^2 \+ sin\^2 = 1'{GAP}"),
    "bayes": ("1 / (1 + b * d / (a * c))\n", "1 / (1 + b * c / (a * d))\n", f"'divide by a c'{GAP}"),
    "variance": ("MOMENTS = Expected(x**2, TWO) - ", "MOMENTS = Expected(x**2, TWO) + ", f"'multiply out'{GAP}"),
    "amgm": (AMGM, UNNAMED, f"'a square is not negative'{GAP}"),
    "cauchy": ("(u_1 * v_2 - u_2 * v_1)", "(u_1 * v_2 + u_2 * v_1)", f'"Lagrange\'s identity"{GAP}'),
    "log": ("TANGENT = a - 1", "TANGENT = 2 * a - 2", r"vanish at a = 1, got 1: the slope is 2 - 1/a"),
    "logsum": ("APART = (a + b) * log(", "APART = (a + c) * log(", r"vanish at a = b\*c/d, got"),
    "sigmoid": ("SIGMOID * (1 - SIGMOID)\n", "SIGMOID * (2 - SIGMOID)\n", f"'collect'{GAP}"),
    "mass": ("primitive=-exp(-a * x) / a", "primitive=-exp(-a * x)", r"a primitive with the slope exp\(-a\*x\)"),
    "exponential": ("QUOTIENT = (exp(a * h)", "QUOTIENT = (exp(2 * a * h)", r"tends to a, got one that tends to 2\*a"),
    "survival": ("exp(log(1 - a * h) / h)", "exp(log(1 - a * h) / (2 * h))", f"'by its logarithm'{GAP}"),
    "squares": ("(N + 1) * (2 * N + 1) / 6\n", "(N + 1) * (2 * N + 1) / 3\n", ENDS.format(1) + " 2, got 1"),
    "geometric": ("SERIES = (1 - r**N) / (1 - r)", "SERIES = (1 - r**N) / (1 + r)", ENDS.format(1)),
}  # fmt: skip


@pytest.fixture(scope="module")
def right() -> Iterator[dict[str, Claim]]:
    (file,) = loaded.load([GALLERY])
    yield {claim.name.removeprefix("textbook."): claim for claim in file.claims}
    loaded.forget()


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory, right: dict[str, Claim]) -> Iterator[dict[str, Claim]]:
    text = GALLERY.read_text()
    for old, new, _ in FORGED.values():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = Path(tmp_path_factory.mktemp("forged")) / "forged.py"
    path.write_text(text)
    (file,) = loaded.load([path])
    yield {claim.name.removeprefix("textbook."): claim for claim in file.claims}


@pytest.mark.parametrize("name", FORGED)
def test_a_fact_is_green(name: str, right: dict[str, Claim]) -> None:
    certificate = certify(right[name], name)
    assert certificate.complaints == [] and certificate.verdict == "proved"


@pytest.mark.parametrize("name", FORGED)
def test_its_false_neighbour_is_red_for_its_own_reason(name: str, wrong: dict[str, Claim]) -> None:
    certificate = certify(wrong[name], name, until="the derivation is not proved")
    assert not certificate.green
    assert re.search(FORGED[name][2], "\n".join(certificate.complaints)), certificate.complaints


def test_every_claim_of_the_gallery_has_a_false_neighbour(right: dict[str, Claim]) -> None:
    assert right.keys() == FORGED.keys() and len(right) >= 20
