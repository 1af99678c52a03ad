"""Titles promise no more than their statements, for refuted claims and where titles once promised more."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sympy import Expr, Function, Integer, Rational, S, diff, expand
from typer.testing import CliRunner

from derivations.catalogue import claims, tags
from derivations.claims.forward import process as forward
from derivations.claims.gaussian import kl
from derivations.claims.guidance import limits as guidance_limits
from derivations.claims.sampling import ddim_forward, langevin
from derivations.engines.enclose import enclose
from derivations.engines.prove import prove
from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.judge.certificate import Certificate
from derivations.judge.refutation import TEMPTING, charged, refutation
from derivations.judge.titles.promises import faults
from derivations.notation.quantities import Quantity, Slope, Squared
from derivations.notation.slopes import SlopeAt
from derivations.notation.values import QuantityAt
from derivations.probability.expected import Expected
from derivations.symbols import t
from tests.support.forged import a, b, c, claim, h, n, stated
from tests.support.judged import green, red_for
from udm.cli.app import app

pytestmark = pytest.mark.xdist_group("every claim")  # one worker builds all claims

TEMPTING_READINGS = {
    "vdm.posterior.reverse_mixture", "vdm.loss.invariance.finite_T",
    "vdm.loss.invariance.variance", "ddim.sigma_hat", "sde.pfode.coupling", "cfg.not_a_diffusion",
}  # fmt: skip

# -- refuted claims: the false sentence, who prints it, and what is true instead --------------------


@cache
def refuted() -> list[Claim]:
    return [c for c in claims().values() if c.kind == "refuted"]


def unclear(claim: Claim) -> list[str]:
    """Return what a reader could misunderstand about a refuted claim."""
    faults = [] if claim.refutes else ["the false sentence is not stated in words"]
    faults += [] if claim.printed is not None else ["the false sentence is no statement"]
    faults += [f"its title says {word!r} of the true sentence" for word in ("false", "efuted") if word in claim.title]
    return faults


def test_a_refuted_claim_shows_its_false_sentence_and_who_prints_it() -> None:
    assert {c.name: unclear(c) for c in refuted() if unclear(c)} == {}
    assert {c.name for c in refuted() if not c.printed_in} == TEMPTING_READINGS
    assert not [c.name for c in claims().values() if c.kind != "refuted" and (c.refutes or c.printed_in or c.printed)]


@pytest.mark.parametrize(
    "change",
    [{"refutes": ""}, {"printed": None}, {"title": "Refuted: it is not so"}, {"title": "that it is so is false"}],
)
def test_a_refuted_claim_that_could_be_misunderstood_is_reported(change: dict[str, Any]) -> None:
    assert unclear(replace(refuted()[0], **change))


def test_no_sentence_is_charged_to_a_source_that_does_not_print_it() -> None:
    """Line 172 of study note 004 is about the continuous model, and true of its loss."""
    seen = [(c.name, where) for c in claims().values() for w in c.wrong.values() for where in w.seen_in]
    assert [name for name, where in seen if "note004 line 172" in where] == []


def udm(*args: str, cache: Path) -> str:
    """Return what a command prints, its lines joined, since they wrap at the terminal's width."""
    printed = CliRunner().invoke(app, list(args), env={"UDM_CACHE": str(cache), "COLUMNS": "300"}).stdout
    return " ".join(printed.split())


@pytest.mark.parametrize("tag", ["07HJ", "0P3P"])
def test_commands_show_what_is_false_and_what_is_true_instead(tag: str, tmp_path: Path) -> None:
    claim = next(c for c in refuted() if tags()[c.name] == tag)
    who = "Luo v1, text before (31)" if claim.printed_in else TEMPTING
    cited = udm("cite", tag, cache=tmp_path)
    assert f"Refutes: {claim.refutes} ({'printed in ' if claim.printed_in else ''}{who}). True instead: " in cited
    assert f"True instead: {claim.title}." in cited and "what is true instead is proved" in cited
    assert "Verdict: Refuted: the sentence fails, off by " in cited
    page = " ".join(udm("show", tag, cache=tmp_path).split())  # whatever its line breaks
    assert page.index("Refuted") < page.index(claim.refutes) < page.index("counterexample") < page.index("True instead")
    trusted = udm("trust", tag, cache=tmp_path)
    assert f"refuted: {claim.refutes}" in trusted and f"proved instead: {claim.title}" in trusted
    facts = json.loads(udm("cite", tag, "--json", cache=tmp_path))["refuted"]
    assert facts["sentence"] == claim.refutes and bool(facts["printed_in"]) == bool(claim.printed_in)


def test_a_citation_of_a_true_claim_begins_with_its_title(tmp_path: Path) -> None:
    claim = claims()["vdm.posterior"]
    assert f"({claim.name}). {claim.title}." in udm("cite", claim.name, cache=tmp_path)


def test_what_is_true_instead_is_not_called_proved_where_the_claim_is_red() -> None:
    row = refutation(refuted()[0], Certificate("refuted", complaints=["an engine disagrees"]))
    assert row is not None and row["instead_is"] == "not_evaluated"
    assert charged(row | {"printed_in": []}) == TEMPTING


# -- the points at which titles said more than was stated -------------------------------------------


def says(name: str, statement: Any) -> Claim:
    """Return the claim with one statement that its title once promised, and no derivation."""
    return replace(claims()[name], says=lambda _: statement, proof=())


WITNESSES = {
    "the factor of a quieter guided output is above 1": (
        guidance_limits.R.factor,
        {guidance_limits.pos: 2, guidance_limits.cfg: 1, guidance_limits.share: Rational(1, 2)},
        Rational(3, 2),
    ),
    "sigma-hat has too little noise where sigma falls": (
        ddim_forward.L.excess,
        {ddim_forward.alpha_ts: Rational(1, 10), ddim_forward.sigma_s: 3, ddim_forward.sigma_ts: 1},
        Rational(-791, 109),
    ),
    "the step's variance is 0 where the SNR stays": (
        forward.FACTORS,
        {forward.alpha_s: 1, forward.sigma_s: 2, forward.alpha_t: 2, forward.sigma_t: 4},
        S.Zero,
    ),
    "a Langevin step of 2c keeps the distance": (langevin.shrink**2, {langevin.h: 2, langevin.c: 1}, S.One),
}


@pytest.mark.parametrize("what", WITNESSES)
def test_the_false_statement_fails_at_its_witness(what: str) -> None:
    e, at, value = WITNESSES[what]
    assert e.subs(at) == value


PROMISED: dict[str, tuple[str, Any]] = {
    "the mean shrinks whatever the spreads": ("cfg.rescale", Below(guidance_limits.R.factor, Integer(1))),
    "too noisy on every path": ("ddim.sigma_hat", Below(Integer(0), ddim_forward.L.excess)),
    "a positive variance in any order of times": (
        "vdm.forward.sigma2_ts.positive",
        Below(Integer(0), forward.FACTORS),
    ),
    "every size of step contracts": (
        "langevin.gaussian",
        Below(langevin.shrink.subs(langevin.h, langevin.omega) ** 2, S.One),
    ),
    "a divergence is always positive": (
        "kl.gauss.nonnegative",
        AtMost(Integer(1), kl.BY_MOMENTS, {kl.mu_1: kl.mu_2}),
    ),
}


@pytest.mark.parametrize("what", PROMISED)
def test_a_promise_without_its_condition_is_refuted(what: str) -> None:
    assert enclose(says(*PROMISED[what]), count=200).verdict == "refuted"


def strict(name: str) -> list[Any]:
    return [s for s in claims()[name].statements() if isinstance(s, Below) or (isinstance(s, AtMost) and s.only)]


STRICT = {  # at least so many strict statements, or with equality in one case only
    "cfg.rescale": 3, "ddim.sigma_hat": 2, "vdm.forward.sigma2_ts.positive": 2, "ddpm.snr.monotone": 1,
    "langevin.gaussian": 3, "kl.gauss.nonnegative": 2, "log.tangent": 1, "ddpm.loss.mu": 1, "vdm.vlb.bound": 2,
    "vdm.vlb.exact": 1, "bayes.excess": 1, "vdm.loss.invariance.finite_T": 2, "vdm.loss.invariance.variance": 1,
    "vdm.loss.discrete.refine": 1, "vdm.loss.discrete.refine.unconditional": 2, "ddpm.marginal.variance": 2,
    "cfg.tilt": 2, "cfg.not_a_diffusion": 1, "sde.pfode.coupling": 1, "vdm.score.pathwise": 1,
    "vdm.vlb.prior.exact_zero": 1, "vdm.posterior.reverse_mixture": 1,
}  # fmt: skip


@pytest.mark.parametrize("name", STRICT)
def test_a_strict_promise_of_a_title_is_stated_strictly(name: str) -> None:
    assert len(strict(name)) >= STRICT[name]


def slack(e: Expr) -> Claim:
    """Return a claim that a divergence is 0 only for equal laws, though it is also 0 elsewhere."""
    zero = AtMost(Integer(0), e, {kl.mu_1: kl.mu_2, kl.var_1: kl.var_2}, only=True)
    return replace(claims()["kl.gauss.nonnegative"], says=lambda _: zero, proof=(kl.nonnegative.proof[1],))


def test_a_divergence_that_vanishes_elsewhere_is_not_only_there() -> None:
    assert {engine(slack(kl.FLOOR)).verdict for engine in (enclose, prove)} == {"not_evaluated"}
    assert enclose(slack(kl.BY_MOMENTS)).verdict == "consistent" and prove(slack(kl.BY_MOMENTS)).verdict == "proved"


# -- words that promise a form of statement ----------------------------------------------------------

SQUARE = a * b + (a - b) ** 2 / c


def bounded(title: str, **form: Any) -> Claim:
    """Return a b <= a b + (a - b)^2/c, equal at a = b, beside an equality that pins the answer."""
    case = {"only": False, **form}
    bound = AtMost(a * b, SQUARE, {a: b}, **case)
    chain = (by("the left", a * b), by("a square", SQUARE, more=(a - b) ** 2 / c))
    return titled(title, (bound, Equal(expand(SQUARE), SQUARE)), (chain, (by("", expand(SQUARE)), by("", SQUARE))))


def titled(title: str, statement: tuple[Any, ...], proof: Any, **changes: Any) -> Claim:
    """Return a claim whose answer is its last statement's right side."""
    says = lambda q: (*statement[:-1], statement[-1]._replace(rhs=q))  # noqa: E731
    right = statement[-1].rhs
    wrong = {"one more": Wrong(right + 1, ""), "twice": Wrong(2 * right, "")}
    free = set().union(*(e.free_symbols for one in statement for e in one[:2]))
    kept, at = {f"0 < {v}": "kept" for v in free}, {a: 1, b: 2, c: 3}
    changes = {"kind": "equality", "convenience": kept, "wrong": wrong, "example": at} | changes
    return claim(statement[-1].lhs, right, title=title, says=says, proof=proof, **changes)


def strictly_more(title: str) -> Claim:
    more, same = a * b + c, expand(a * (a * b + c)) / a
    chain = (by("the left", a * b), by("more", more, more=c))
    return titled(title, (Below(a * b, more), Equal(same, more)), (chain, (by("", same), by("", more))))


def plain(title: str) -> Claim:
    return titled(title, (Equal(expand((a + b) ** 2), (a + b) ** 2),), (SQUARED,))


def beside_a_lemma(title: str) -> Claim:
    """Return a claim about the square of a sum, beside an unrelated strict inequality."""
    lemma = (by("", S.Zero), by("", b * c, more=b * c))
    return titled(title, (Below(S.Zero, b * c), Equal(expand((a + b) ** 2), (a + b) ** 2)), (lemma, SQUARED))


def beside_what_holds_it(title: str) -> Claim:
    """Return a claim about the square of a sum, beside a strict inequality of something that only contains it."""
    holds = (by("", c), by("", (a + b) ** 2 + 2 * c, more=(a + b) ** 2 + c))
    statement = (Below(c, (a + b) ** 2 + 2 * c), Equal(expand((a + b) ** 2), (a + b) ** 2))
    return titled(title, statement, (holds, SQUARED))


def small(title: str) -> Claim:
    """Return the limit of a c + h b as h goes to 0."""
    limit = stated(lambda q: Tends(a * c + h * b, h, q), a * c, "limit", title=title)
    return replace(limit, proof=((by("", a * c + h * b), by("", a * c + h * b)),))


SQUARED = (by("", expand((a + b) ** 2)), by("", (a + b) ** 2))
CHEATS = {
    "strictly, over a bound that is met": (bounded("a b lies strictly below"), "the title says 'strictly'"),
    "only, where equality is not stated to be unique": (bounded("equal only at a = b"), "the title says 'only'"),
    "no other, over an equality": (plain("the square, and no other"), "the title says 'no other'"),
    "positive, over an equality": (plain("(a + b)^2 is positive"), "the title says 'positive'"),
    "falls, over an equality": (plain("The SNR falls"), "the title says 'falls'"),
    "best, over an equality": (plain("The best square"), "the title says 'best'"),
    "least, over a stationary point": (
        titled("a^2 is least at 0", (Equal(diff(a**2, a).subs(a, b), 2 * b),), ((by("", 2 * b), by("", 2 * b)),)),
        "the title says 'least'",
    ),
    "above, over what only contains the answer": (beside_what_holds_it("The square is above c"), "says 'above'"),
    "rises, over a comparison": (strictly_more("a b + c rises"), "the title says 'rises'"),
    "monotone, over a comparison": (strictly_more("a b + c is monotone"), "the title says 'monotone'"),
    "below, the other way round": (strictly_more("a b + c is below a b"), "the title says 'below'"),
    "at most, the other way round": (strictly_more("a b + c is at most a b"), "the title says 'most'"),
    "promises that a lemma keeps": (beside_a_lemma("The square strictly falls"), "the title says 'strictly'"),
    "decreases, over an equality": (plain("(a + b)^2 decreases in a"), "the title says 'decreases'"),
    "monotone, over an equality": (plain("The square is monotone in a"), "the title says 'monotone'"),
    "convex, over an equality": (plain("The square is convex"), "the title says 'convex'"),
    "unbiased, over an equality": (plain("The square is unbiased"), "the title says 'unbiased'"),
    "free of what it has": (plain("The square is independent of b"), "the title says 'independent of b'"),
    "exactly when, over an equality": (plain("Equal exactly when a = b"), "the title says 'exactly when'"),
    "if and only if, over an equality": (plain("Equal if and only if a = b"), "the title says 'only'"),
    "exceeds, over an equality": (plain("The square exceeds every bound"), "the title says 'exceeds'"),
    "minimum, over an equality": (plain("The minimum is zero"), "the title says 'minimum'"),
    "sharp, over an equality": (plain("A sharp lower bound"), "the title says 'sharp'"),
    "converges, over an equality": (plain("The square converges for all c"), "the title says 'converges'"),
    "a sign of order, over an equality": (plain("(a + b)^2 < 0"), "the title says '<'"),
    "diverges, which no form says": (small("a c + h b diverges as h goes to 0"), "no form of statement says"),
    "decays, to what is not 0": (small("a c + h b decays with h"), "the title says 'decays'"),
    "of third order, where nothing is divided": (small("b h is of third order in h"), "says 'of third order'"),
    "unique, over a strict inequality": (strictly_more("a b + c is unique"), "the title says 'unique'"),
    "impossible, where equality is met": (bounded("a b exceeding it is impossible", only=True), "says 'impossible'"),
    "concave, over a bound": (bounded("The bound is concave in a"), "the title says 'concave'"),
    "invertible, over a comparison": (strictly_more("a b + c is invertible in a"), "the title says 'invertible'"),
    "free of a parameter that it has": (
        plain("The square does not depend on the parameter a"),
        "expected an answer without a",
    ),
    "free of two, one of which it has": (plain("The square is independent of c and b"), "an answer without b"),
    "unbiased, by a mean of a letter of the title": (
        claim(
            c * (a + b) ** 2,
            c * (a + b) ** 2,
            kind="expectation",
            title="A square and 7 is an unbiased estimate of b",
            says=lambda q: Equal(Expected(n, n) + Expected(c * (n * (a + b)) ** 2, n), q),
        ),
        "the title says 'unbiased'",
    ),
    "a definition that rises": (
        claim(a, b, title="a, which rises with b", kind="definition", says=lambda q: Equal(Function("f")(a), q)),
        "expected no title of a definition, which states nothing, got 'a, which rises with b'",
    ),
}
HARMLESS = {
    "converges": small("a c + h b converges to a c"),
    "free of another parameter": plain("The square does not depend on the parameter c"),
    "a condition with a sign of order": plain("For a decreasing schedule, with a > 0, the square is just a sum"),
    "only through": plain("The square depends on a only through its sum with b"),
    "impossible": strictly_more("that a b is a b + c is impossible"),
    "at most": bounded("a b is at most a b + (a - b)^2/c, its best bound"),
    "only": bounded("a b is at most a b + (a - b)^2/c, with equality only at a = b", only=True),
    "strictly": strictly_more("a b is strictly below a b + c"),
    "nothing": plain("The square of a sum"),
    "free of what it lacks": plain("The square is independent of c"),
    "a lemma, and no promise": beside_a_lemma("The square of a sum"),
    "what contains the answer, and no promise": beside_what_holds_it("The square of a sum"),
    "a condition": strictly_more("a b is strictly below a b + c, also where c grows"),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_title_that_promises_more_than_is_stated_goes_red(name: str) -> None:
    cheat, expected = CHEATS[name]
    red_for(cheat, expected)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_title_that_is_kept_is_green(name: str) -> None:
    green(HARMLESS[name])


SNR_T = Quantity("SNR", (t,), a**2 / (b * c))


@pytest.mark.parametrize(
    "lemma, kept",
    [(Below(S.Zero, SNR_T), True), (Below(S.Zero, Slope(SNR_T, a)), False), (Below(S.Zero, SNR_T**2 + 1), False),
     (Below(S.Zero, Quantity("w", (t,), SNR_T**2 + 1)), False), (Below(S.Zero, Squared("w", b**2)), False)],
)  # fmt: skip
def test_a_promise_is_kept_of_the_object_whose_value_the_answer_is(lemma: Below, kept: bool) -> None:
    """A strict inequality of the object itself keeps it; its slope, or an expression that contains it, does not."""
    attack = claim(
        a, a, answer=a**2 / (b * c), title="SNR(t) is positive", says=lambda q: (Equal(SNR_T, q), lemma), proof=(),
        wrong={},
    )  # fmt: skip
    assert kept != any("the title says 'positive'" in fault for fault in faults(attack))


SNR_A = Quantity("SNR", (a,), a**2 / (b * c))
LATER, EARLIER = QuantityAt(SNR_A, (a, a + b)), QuantityAt(SNR_A, (a, a / 2))
ORDERS: dict[str, tuple[str, Below, bool]] = {
    "a slope": ("rises", Below(S.Zero, Slope(SNR_A, a)), True),
    "a falling slope": ("rises", Below(Slope(SNR_A, a), S.Zero), False),
    "a value further on": ("rises", Below(SNR_A, LATER), True),
    "a value before": ("falls", Below(EARLIER, SNR_A), False),
    "monotone by a slope": ("is monotone", Below(S.Zero, Slope(SNR_A, a)), True),
    "monotone by values": ("is monotone", Below(EARLIER, SNR_A), True),
    "a sign": ("rises", Below(S.Zero, SNR_A), False),
    "another object's slope": ("rises", Below(S.Zero, Slope(Quantity("f", (a,), a), a)), False),
    "two objects": ("rises", Below(SNR_A, Quantity("f", (a,), a**2 / (b * c) + 1)), False),
    "the greater": ("exceeds b", Below(b, SNR_A), True),
    "the lesser": ("exceeds b", Below(SNR_A, b), False),
    "what contains the greater": ("exceeds b", Below(b, Quantity("f", (a,), a**2 / (b * c) + b)), False),
    "at least, on the greater side": ("is at least b", Below(b, SNR_A), True),
    "at least, on the lesser side": ("is at least b", Below(SNR_A, b), False),
    "convex by a second slope": ("is convex", Below(S.Zero, SlopeAt(SNR_A, a, b, 2)), True),
    "concave by a second slope above 0": ("is concave", Below(S.Zero, SlopeAt(SNR_A, a, b, 2)), False),
    "convex by a slope": ("is convex", Below(S.Zero, Slope(SNR_A, a)), False),
    "at most, on the lesser side": ("is at most b", Below(SNR_A, b), True),
}


@pytest.mark.parametrize("name", ORDERS)
def test_a_word_of_order_is_kept_by_an_inequality_of_its_shape_and_direction(name: str) -> None:
    word, lemma, kept = ORDERS[name]
    says = lambda q: (Equal(SNR_A, q), lemma)  # noqa: E731
    attack = claim(a, a, answer=a**2 / (b * c), title=f"The SNR {word}", says=says, proof=(), wrong={})
    assert kept != any("the title says" in fault for fault in faults(attack))
