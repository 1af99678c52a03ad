"""Each malformed claim gives a complaint in the words of its author, and no traceback."""

from typing import Any

import pytest
from sympy import Float, Integer, Matrix, MatrixSymbol, Rational, S, Symbol, exp, nan, oo

from derivations.form.claim import Claim, Wrong, by
from derivations.form.experiment import Experiment, Mean, Residual
from derivations.form.improper import Improper
from derivations.form.induction import Induction
from derivations.form.law import Diffused, Generating, Given, Law, Made, Pieces, Through
from derivations.form.statement import AtMost, Below, Equal, Tends
from derivations.form.typed import Malformed
from derivations.judge.certificate import certify
from derivations.notation.laws import LawName
from derivations.probability.gaussian import Normal
from tests.support.forged import LEFT, RIGHT, a, b, c, claim, h, n, x

CHAIN = (by("the left", LEFT), by("so", RIGHT))
WRONG = {"one": Wrong(a, "all"), "other": Wrong(b, "all")}
LAW = Normal(S.Zero, S.One)
GROWN: dict[str, Any] = {
    "value": (a,),
    "held": (x,),
    "base": (S.One,),
    "step": (x,),
    "first": {a: 1},
    "next": {a: a + 1},
}
RUN: dict[str, Any] = {"process": ((x, n * a),), "checks": (Residual(x, lambda q: LAW),), "normals": (n,)}

PARTS: dict[str, tuple[dict[str, Any], str]] = {
    "a number for the name": ({"name": 3}, "name: expected words, as a string, got 3, an int"),
    "no title": ({"title": None}, "title: expected words, as a string, got None"),
    "an unknown kind": ({"kind": "theorem"}, "kind: expected one of definition, equality, .*, got 'theorem'"),
    "a statement for its function": ({"says": Equal(a, b)}, "says: expected a function of the answer, got Equal"),
    "a list for the answer": ({"answer": [a, b]}, r"answer: expected an expression or .*, got \[a, b\], a list"),
    "a float for the answer": ({"answer": 0.5}, "answer: expected an expression or a tuple of .*, got 0.5, a float"),
    "words for the answer": ({"answer": "a + b"}, "answer: expected an expression or .*, got 'a \\+ b', a str"),
    "no answer": ({"answer": None}, "answer: expected an expression or a tuple of expressions, got None"),
    "a matrix for the answer": ({"answer": Matrix([a, b])}, "answer: expected an expression or a tuple"),
    "an empty tuple for the answer": ({"answer": ()}, r"answer: expected an expression or a tuple .*, got \(\)"),
    "a tuple in a tuple": ({"answer": (a, (b, c))}, "answer: expected an expression or a tuple of expressions"),
    "one line for the proof": ({"proof": CHAIN[0]}, "proof 1: expected a tuple of lines, as by.why, expr., got 'the"),
    "one chain for the proof": ({"proof": CHAIN}, r"proof 1 1: expected Line\(why, expr\), got 'the left', a str"),
    "no chain": ({"proof": None}, "proof: expected a tuple of chains of lines, got None"),
    "an expression for a line": ({"proof": ((LEFT, RIGHT),)}, r"proof 1 1: expected Line\(why, expr\), got"),
    "words for a line's expression": ({"proof": ((by("so", "a"),),)}, "Line.expr: expected an expression, got 'a'"),
    "the parts of a line exchanged": ({"proof": ((by(a, "so"),),)}, "Line.why: expected words, as a string, got a"),
    "an excess in words": ({"proof": ((by("so", a, more="b"),),)}, "Line.more: expected an expression, got 'b'"),
    "a symbol for the convex pair": ({"proof": ((by("", a, convex=a),),)}, r"Line.convex: expected a pair \(symbol"),
    "a change of variable by name": ({"proof": ((by("", a, change=("u", a)),),)}, "Line.change: expected a symbol"),
    "one name for the needs": ({"needs": "log.tangent"}, "needs: expected a tuple of strings, got 'log.tangent'"),
    "one assumption": ({"given": Below(a, b)}, r"given 1: expected Below\(lesser, greater\), got a, a Symbol"),
    "a pair for an assumption": ({"given": ((a, b),)}, r"given 1: expected Below\(lesser, greater\), got \(a, b\)"),
    "an assumption of words": ({"given": (Below(0, "a"),)}, "given 1: Below.greater: expected an expression, got 'a'"),
    "a set for the conveniences": ({"convenience": {"0 < a"}}, "convenience: expected {the text of an assumption"),
    "an assumption for its text": ({"convenience": {Below(0, a): "kept"}}, "convenience: expected words, as"),
    "a list for the point": ({"example": [a, 1]}, "example: expected a point, as {a: 1, b: .*, got"),
    "a name in the point": ({"example": {"a": 1}}, "example: expected a symbol, got 'a', a str"),
    "a symbol for a number": ({"example": {a: b}}, "expected an exact number, .*, for a of a point, got b"),
    "a float in the point": ({"example": {a: Float(1) / 3}}, "expected an exact number, .* for a of a point, got 0.3"),
    "infinity in the point": ({"example": {a: oo}}, "expected an exact number, .*, for a of a point, got oo"),
    "no number in the point": ({"example": {a: nan}}, "expected an exact number, .*, for a of a point, got nan"),
    "wrong answers in a tuple": ({"wrong": (Wrong(a, ""),)}, r"wrong: expected {name: Wrong\(answer"),
    "an expression for a wrong answer": ({"wrong": {"one": a}}, r"wrong, one: expected Wrong\(answer, breaks\), got a"),
    "a list for a wrong answer": ({"wrong": {"one": Wrong([a], "")}}, "Wrong.answer: expected an expression"),
    "one source for its list": ({"wrong": {"one": Wrong(a, "", "ho2020")}}, "Wrong.seen_in: expected a tuple of"),
    "a wrong answer of two fields": ({"wrong": {"one": Wrong((a, b), "")}}, "fields of the answer, answer, got 0, 1"),
    "a dictionary for the experiment": ({"experiment": {}}, r"experiment: expected Experiment\(process, checks\), got"),
    "one string for the trust": ({"trust": "Fubini"}, "trust: expected a tuple of strings, got 'Fubini', a str"),
    "no meaning": ({"means": None}, "means: expected words, as a string, got None"),
    "words for the printed statement": ({"printed": "a = b"}, r"printed: expected Equal\(lhs, rhs\) or .* got 'a"),
    "a law for the printed statement": ({"printed": Law(x, Made(n, (n,)), LAW)}, "printed: expected Equal.* got Law"),
    "a string for a number": ({"printed_at": {a: "1"}}, "printed_at: expected an exact number, .*, got '1'"),
}  # fmt: skip
STATEMENTS: dict[str, tuple[Any, str]] = {
    "nothing": (None, "expected a statement, as Equal.*, or a tuple of them, got None"),
    "a list of statements": ([Equal(a, b)], "expected a statement, .*, got .Equal"),
    "a relation of SymPy": (a < b, "expected a statement, .*, got a < b"),
    "words": ("a = b", "expected a statement, .*, got 'a = b', a str"),
    "a statement and an expression": ((Equal(a, b), a), "statement 2: expected Equal"),
    "a list for a side": (Equal([a], b), r"statement 1: Equal.lhs: expected an expression, got \[a\], a list"),
    "a matrix for a side": (Equal(Matrix([a]), b), "Equal.lhs: expected an expression, got Matrix"),
    "a symbol of matrices": (Equal(MatrixSymbol("A", 2, 2), b), "Equal.lhs: expected an expression, got A"),
    "a float for a side": (Equal(a, 0.5), "Equal.rhs: expected an expression, got 0.5, a float"),
    "a truth for a side": (Equal(a, True), "Equal.rhs: expected an expression, got True, a bool"),
    "a law for a side": (Equal(LawName(S.Zero, S.One, "q", x), b), "Equal.lhs: expected an expression, got q"),
    "a normal law for a side": (Equal(a, LAW), "Equal.rhs: expected an expression, got Normal"),
    "one symbol that is not unpacked": (Equal((a,), b), r"got \(a,\), a tuple; one name gives a tuple too"),
    "an equality case of one symbol": (AtMost(a, b, a), "AtMost.equal_at: expected {a: b} for a = b, got a"),
    "an equality case by name": (AtMost(a, b, {"a": b}), "AtMost.equal_at: expected a symbol or a density to set"),
    "a limit of a number": (Tends(a, 0, b), "Tends.var: expected a symbol, got 0"),
    "a law that is none": (Law(x, Made(n, (n,)), a), r"Law.law: expected Normal\(mean, var\) or Generating"),
    "an expression for a procedure": (Law(x, n, LAW), r"Law.how: expected Made\(expr, noise\) or .*, got n"),
    "one symbol of noise": (Law(x, Made(n, n), LAW), "Made.noise: expected a tuple of symbols, got n"),
    "a condition that is no pair": (Law(x, Given(n, (n,), (n,)), LAW), r"Given.on 1: expected a pair \(variable"),
    "a start that is no law": (Law(x, Through(a, n, LAW), LAW), r"Through.start: expected Normal\(mean, var\), got a"),
    "rates in a tuple": (Law(x, Diffused(x, a, (a,)), LAW), "Diffused.rates: expected {symbol: its slope}, got"),
    "a piece of two parts": (Law(x, Pieces(a, ((a, 0),)), Generating(n, a)), "Pieces.pieces 1: expected a piece"),
    "an end in words": (Improper(exp(-x), x, 0, "oo", S.One, h), "Improper.high: expected an expression, got 'oo'"),
    "an induction of no tuple": (Induction(**GROWN | {"value": a}), "Induction.value: expected a tuple of expressions"),
}  # fmt: skip
EXPERIMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "one step for the process": ({"process": (x, n)}, r"Experiment.process 1: expected a pair .*, got x"),
    "a law for its function": ({"checks": (Residual(x, LAW),)}, "Residual.law: expected a function of the answer"),
    "an expression for a check": ({"checks": (x,)}, r"checks 1: expected Residual\(of, law\) or .*, got x"),
    "words for a statistic": ({"checks": (Mean("x", lambda q: q),)}, "Mean.of: expected an expression, got 'x'"),
    "one normal": ({"normals": n}, "Experiment.normals: expected a tuple of symbols, got n"),
    "half a sample": ({"size": Rational(1, 2)}, "Experiment.size: expected a whole number, got 1/2"),
    "a number for a size": ({"detects": {"var": 1}}, r"detects, var: expected Size\(by, why\), got 1"),
    "a name in the point": ({"at": {"a": 1}}, "Experiment.at: expected a symbol, got 'a'"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_the_wrong_type_is_refused_where_the_claim_is_made(name: str) -> None:
    changes, expected = PARTS[name]
    with pytest.raises(Malformed, match=expected):
        claim(**changes)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_a_part_of_an_experiment_of_the_wrong_type_is_refused(name: str) -> None:
    changes, expected = EXPERIMENTS[name]
    with pytest.raises(Malformed, match=expected):
        claim(experiment=Experiment(**RUN | changes))


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_that_is_none_is_a_complaint_of_the_judges(name: str) -> None:
    said, expected = STATEMENTS[name]
    certificate = certify(claim(says=lambda q: said), "digest")
    assert certificate.verdict == "not_evaluated"
    (complaint,) = certificate.complaints
    assert complaint.startswith("attack: says: ")
    with pytest.raises(Malformed, match=expected):
        claim(says=lambda q: said).said()


def test_a_function_of_the_answer_that_fails_is_named() -> None:
    (complaint,) = certify(claim(says=lambda q: Equal(LEFT, q.mean)), "digest").complaints
    assert "attack: says: expected a statement for the answer" in complaint and "no attribute 'mean'" in complaint


def test_all_parts_of_the_wrong_type_are_named_at_once() -> None:
    with pytest.raises(Malformed, match=r"(?s)title: .*answer: .*wrong: "):
        claim(title=None, answer=[a], wrong=None)


def test_whole_numbers_and_every_form_pass() -> None:
    made: list[Claim] = [claim(answer=1, says=lambda q: Equal(1, q)), claim(given=(Below(0, a),), wrong=WRONG)]
    made.append(claim(experiment=Experiment(**RUN), proof=(CHAIN,)))
    assert all(one.said() for one in made) and made[0].answer == Integer(1) and Symbol("x", real=True) == x
