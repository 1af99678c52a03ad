"""What has two readings, or none, is refused: with what was expected, the piece and its place in the user's text."""

import time

import pytest

from derivations.query.reading import Unread, readings

REFUSED: dict[str, tuple[str, str]] = {  # a formula, the piece that is refused, and a part of what is expected
    # two readings
    r"\alpha_t/\beta_t x_0": ("x", "below the stroke"),
    r"1/2\sigma_t^2": (r"\sigma", "below the stroke"),
    r"\alpha_t/\beta_t/x_0": ("/", "below each stroke"),
    "alpha_t/beta_t x_0": ("x_0", "below the stroke"),
    r"\log\alpha_t\beta_t": (r"\beta", "brackets around the argument"),
    r"\sin x_t y": ("y", "brackets around the argument"),
    r"\log\alpha_t/\beta_t": ("/", "brackets around the argument"),
    r"\log\alpha_t\cdot\beta_t": (r"\cdot", "brackets around the argument"),
    r"\log{\alpha_t\beta_t}": (r"{\alpha_t\beta_t}", "brackets that show"),
    r"\log(\alpha_t)^2": ("^", "inside the brackets"),
    r"\log(\alpha_t)(\beta_t)": ("(", r"\cdot before a second bracket"),
    r"\exp -\alpha_t": ("-", "the argument of the function"),
    r"\log x_t (1 - \alpha_t)": (r"x_t (1 - \alpha_t)", "an operation before the brackets"),
    r"\frac{\alpha_t}{\beta_t}^2": ("^", "brackets around the fraction"),
    r"{\alpha_t + \beta_t}x_0": (r"{\alpha_t + \beta_t}", "brackets that show"),
    r"{\alpha_t \beta_t}^2": (r"{\alpha_t \beta_t}", "brackets that show"),
    r"\alpha_t^-1": ("-", "an exponent, in braces"),
    r"$2^10$": ("10", "braces around an exponent"),
    r"\alpha_t^2^3": ("^", "one index and one exponent"),
    r"x_t_0": ("x_t_0", "a symbol that some convention has"),
    r"$x_t_0$": ("_", "one index and one exponent"),
    r"$x_10$": ("10", "one letter or digit as the index"),
    r"\beta_t(x_0)": (r"\beta_t(x_0)", "an operation before the brackets"),
    r"\beta(t)\alpha_t": (r"\beta(t)", "an operation before the brackets"),
    r"\beta_t(t-1)": (r"\beta_t(t-1)", "an operation before the brackets"),
    r"\epsilon_\theta(\sqrt{\bar\alpha_t}x_0+\sqrt{1-\bar\alpha_t}\epsilon,t)": (
        r"\epsilon_\theta(",
        "an operation before",
    ),
    r"x_t^i": ("i", "a letter may be an index"),
    r"x_t^T x_t": ("^T", "transpose"),
    r"x_t^{T}": ("^{T}", "transpose"),
    r"(x_t-x_0)^T(x_t-x_0)": ("^T", "transpose"),
    r"\mathbf{x}_t - x_t": ("x_t", "one font"),
    r"\epsilon - \varepsilon": (r"\varepsilon", "one font"),
    r"\Delta t": (r"\Delta t", "a symbol that some convention has"),
    r"\frac{dx_t}{dt}": (r"\frac", "no derivative"),
    r"\frac{d}{dt}\alpha_t": (r"\frac", "no derivative"),
    r"\frac{\mathrm{d}\sigma_t}{\mathrm{d}t}": (r"\frac", "no derivative"),
    r"\frac{\partial x_t}{\partial t}": (r"\frac", "no derivative"),
    r"\beta_t eps": ("eps", "spaces between symbols"),
    r"\alpha_t 2": ("2", "an operation before the number"),
    r"2 3 \alpha_t": ("3", "an operation before the number"),
    r"\alpha_t--\beta_t": ("-", "a term after the sign"),
    r"\alpha_t\cdot-\beta_t": ("-", "a number, a symbol"),
    r"\sqrt(\alpha_t)": ("(", "braces, a digit or a letter"),
    r"\sqrt\bar\alpha_t": (r"\bar", "braces, a digit or a letter"),
    r"\epsilon + \epsilon_t": (r"\epsilon + \epsilon_t", "are one in"),
    r"x_0{-x_t}": ("{-x_t}", "brackets that show"),
    r"x_0{+x_t}": ("{+x_t}", "brackets that show"),
    r"x_0/{2 x_t}": ("{2 x_t}", "brackets that show"),
    r"{x_0/x_t} \beta_t": ("{x_0/x_t}", "brackets that show"),
    r"{\log x_0} x_t": (r"{\log x_0}", "brackets that show"),
    r"x_0^{{1}{2}}": ("{2}", "an operation before the number"),
    r"2{3}\beta_t": ("{3}", "an operation before the number"),
    r"2\frac{1}{2}\beta_t": (r"\frac{1}{2}", "an operation before the number"),
    r"x_0 - {\alpha_t + \beta_t}": (r"{\alpha_t + \beta_t}", "brackets that show"),
    r"\underbrace{\alpha_t + \beta_t}_{a} x_0": (r"{\alpha_t + \beta_t}", "brackets that show"),
    r"x_0 \color{red}{+ x_t}": ("{+ x_t}", "brackets that show"),
    r"\underbrace x_0": (r"\underbrace", "braces after it"),
    r"{\alpha_t \over \beta_t}^2": ("^", "brackets around the fraction"),
    r"\alpha_t \over \beta_t": (r"\over", "an operation or the end"),
    r"\left(x_0\beta_t)": (r"\left", r"a \right for the"),
    r"(x_0\beta_t\right)": (r"\right", r"a \left before"),
    r"\left x_0\right)": (r"\left", r"a bracket after \left"),
    # none
    r"\|x_t-x_0\|": (r"\|x_t-x_0\|", "the square of a norm"),
    r"\|x_t-x_0\|_1^2": (r"\|x_t-x_0\|_1^2", "the square of a norm"),
    r"\|x_0\|^2\|x_t\|^2": (r"\|x_0\|^2\|x_t\|^2", "one squared norm in every term"),
    r"\sqrt{\|x_0\|^2}": (r"\sqrt", "one squared norm in every term"),
    r"\beta_t + \|x_0\|^2": (r"\beta_t +", "one squared norm in every term"),
    r"1/\|x_0\|^2": (r"1/\|", "one squared norm in every term"),
    r"\|x_0 \|x_t\|^2 \|^2": (r"\|x_0 \|", "the square of a norm"),
    r"x_t\|x_0\|^2": ("x_t", "no vector beside a squared norm"),
    r"\beta_t % half": ("% half", "no comment at the end"),
    r"\mathbb{E}[x_0]": (r"\mathbb", "a number, a symbol"),
    r"\int_0^1\beta_t": (r"\int", "a number, a symbol"),
    r"\sum_t\beta_t": (r"\sum", "a number, a symbol"),
    r"\prod_{s=1}^t\alpha_s": (r"\prod", "a number, a symbol"),
    r"\nabla\log x_t": (r"\nabla", "a number, a symbol"),
    r"q(x_t|x_0)": ("|", "an operation, or )"),
    r"D_{KL}(x_t\|x_0)": (")", "the end of the norm"),
    r"\mathcal{N}(x_t;x_0,\beta_t)": (r"\mathcal", "a number, a symbol"),
    r"x_0 \pm \beta_t": (r"\pm", "an operation or the end"),
    r"\alpha_t!": ("!", "an operation or the end"),
    r"\log_2\alpha_t": ("_", "the argument of the function"),
    r"\sin^{-1}(\alpha_t)": ("^{-1}", "no exponent between"),
    r"x_0^*": ("*", "an exponent, in braces"),
    r"x_0^\dagger": (r"\dagger", "an exponent, in braces"),
    r"\alpha_t \approx \beta_t": (r"\approx", "no other relation"),
    r"\alpha_t \propto \beta_t": (r"\propto", "no other relation"),
    r"\alpha_t < \beta_t": ("<", "no other relation"),
    r"\beta_t \in (0, 1)": (r"\in", "no other relation"),
    r"x_t \sim \beta_t": (r"\sim", "no other relation"),
    r"\alpha_t \quad \text{for all } t": (r"\text", "an operation or the end"),
    r"\alpha_t, \beta_t": (",", "an operation or the end"),
    r"\alpha_t \\ \beta_t": (r"\\", "one equation"),
    r"\alpha_t = ": ("", "a number, a symbol"),
    r"\foo_t": (r"\foo", "a number, a symbol"),
    r"\alpha_q": (r"\alpha_q", "a symbol that some convention has"),
    r"\bar\alpha_{t-2}": (r"\bar\alpha_{t-2}", "a symbol that some convention has"),
    r"$x'_t$": ("x'_t", "a symbol that some convention has"),
    r"\alpha_t^{(1)}": (r"\alpha_t^{(1)}", "a symbol that some convention has"),
    r"\alpha_t z_t + \bar\alpha_t": ("z_t", "symbols of one convention (DDPM lacks z_t"),
    "quux + x": ("quux", "a symbol that some convention has"),
    "x @ y": ("@", "an operation or the end"),
    "": ("", "a formula"),
    "   ": ("   ", "a formula"),
    "$$": ("$", "a formula"),
    "=": ("", "a number"),
    # unbalanced
    r"(\alpha_t": ("", "an operation, or )"),
    r"\alpha_t)": (")", "an operation or the end"),
    r"(\alpha_t]": ("]", "an operation, or )"),
    r"\frac{\alpha_t}": ("", "braces, a digit"),
    r"\frac{\alpha_t}{\beta_t": ("", "an operation, or }"),
    r"\bar{\alpha_t": ("", "an operation, or }"),
    r"\beta_{t-1": ("{t-1", "an index in braces"),
    r"|\alpha_t": ("", "an operation, or |"),
    r"\alpha_t/0": ("0", "a denominator other than 0"),
    r"\frac{\alpha_t}{1-1}": ("1-1", "a denominator other than 0"),
    r"\left.\alpha_t\right|": (r"\left", "a bracket after"),
}


@pytest.mark.parametrize(("text", "refused"), REFUSED.items(), ids=[text[:40] or "empty" for text in REFUSED])
def test_refuses(text: str, refused: tuple[str, str]) -> None:
    piece, expected = refused
    with pytest.raises(Unread) as caught:
        readings(text)
    fault = caught.value
    assert expected in fault.expected
    assert fault.text[fault.at : fault.end].startswith(piece) if piece else True
    assert fault.text[fault.at : fault.end] == "" or (fault.text[fault.at : fault.end] in text)
    assert f"at character {fault.at + 1}" in str(fault)


HOSTILE = {
    "deep brackets": "(" * 2000 + "x" + ")" * 2000,
    "deep fractions": r"\frac{1}{" * 400 + "x" + "}" * 400,
    "deep roots": r"\sqrt{" * 30 + "x" + "}" * 29,
    "deep functions": r"\log" * 900 + " x",
    "deep marks": r"\bar" * 900 + r"\alpha",
    "a long chain of powers": "x^{" * 45 + "2" + "}" * 45,
    "towers": r"9^{9^{9^{9}}}",
    "a tower of symbols": "(((x^{60})^{60})^{60})^{60}",
    "a great number": "1" * 3000,
    "a great exponent": "x**123456789123456789",
    "a great decimal": "1e999",
    "a long sum": "x+" * 1999 + "x",
    "a long text": "x" * 1_000_000,
    "many spaces": " " * 3999 + "^",
    "many primes": "x" + "'" * 3000,
    "many braces": r"\text{" * 600,
    "many labels": r"\label{" * 500,
    "many begins": r"\begin{equation}" * 240,
    "many dollars": "$" * 3999,
    "many subscripts": "x" + "_{t" * 38,
    "null bytes": "x\0+\0y",
    "control characters": "x\x1b[31m",
    "code": "__import__('os').system('true')",
    "a lambda": "(lambda: 1)()",
    "a format": "{0.__class__}",
    "directions": "x\u202e+y",
    "surrogates": "x\ud800",
    "many equalities": "x=" * 200 + "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_at_once(name: str) -> None:
    readings("x")  # the tables are made once
    start = time.process_time()
    with pytest.raises(Unread) as caught:
        readings(HOSTILE[name])
    assert time.process_time() - start < 1
    assert len(str(caught.value)) < 1000 and str(caught.value).isprintable()
