"""The views of a claim: what its symbols are in the papers' conventions, beside our own.

A variance-preserving path is DDPM's at alpha_s^2 = abar_s and alpha_ts^2 = alpha, and a path that only adds noise, as
EDM's, has alpha = 1. Other views are those by which a paper's equation is compared with the claim that carries it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sympy import Expr, Integer, Symbol, log, sqrt

from derivations import symbols as o
from derivations.form.claim import Claim, leaves
from derivations.form.statement import Below
from derivations.papers.latex import ours
from derivations.papers.paper import papers
from derivations.query.index.formulas import drawn, is_noisy, once
from derivations.query.index.relations import positive
from derivations.query.writing.conventions import conventions

free = lru_cache(maxsize=2**12)(lambda e: e.free_symbols)  # of a formula, which is asked for them in each view
Convention = str  # by name, as readings have it
EXPLODING: frozenset[Convention] = frozenset(
    {"EDM", "EDM (a step of Euler)", "Score SDE", "code (k-diffusion)"}
)  # in which a path without alpha may be meant

STRAIGHT: frozenset[Convention] = frozenset({"flow matching (noise at t = 0)", "rectified flow (data at t = 0)"})


class View(NamedTuple):
    """What is put for the symbols of a claim, the domain beyond that of the claim, and how a reader is told."""

    name: str
    says: str
    put: Mapping[Symbol, Expr] = MappingProxyType({})
    given: tuple[Below, ...] = ()

    def __call__(self, e: Expr) -> Expr:
        return e if not self.put or free(e).isdisjoint(self.put) else e.xreplace(dict(self.put))

    @property
    def is_true(self) -> bool:
        """Whether the data and the noise themselves stand in the place of guesses of them."""
        return self.name.endswith(THING)

    def suits(self, e: Expr) -> bool:
        """Whether a formula may be seen so: a guess does not take the place of what stands beside it."""
        if o.n_1 in self.put and o.n_1 not in free(e):
            return False
        guesses = set(GUESSES.values())
        if self.is_true:
            return bool(free(e) & guesses) and not free(e) & THINGS
        return not (free(e) & guesses and guesses & {v for v in self.put.values() if isinstance(v, Symbol)})


THING = "true"
OWN = View("", "")
_ABAR = o.abar_s * o.alpha
DDPM = View(
    "ddpm",
    "in DDPM's symbols: the path preserves variance, alpha_s^2 = abar_s, alpha_ts^2 = alpha",
    MappingProxyType(
        {
            o.alpha_s: sqrt(o.abar_s), o.sigma_s: sqrt(1 - o.abar_s),
            o.alpha_ts: sqrt(o.alpha), o.sigma_ts: sqrt(1 - o.alpha),
            o.alpha_t: sqrt(_ABAR), o.sigma_t: sqrt(1 - _ABAR),
            o.snr_s: o.abar_s / (1 - o.abar_s), o.snr_t: _ABAR / (1 - _ABAR),
            o.gamma_s: log((1 - o.abar_s) / o.abar_s), o.gamma_t: log((1 - _ABAR) / _ABAR),
            o.x: o.x_0, o.z_s: o.x_s, o.z_t: o.x_t,
        }
    ),
    (Below(o.alpha, Integer(1)), Below(o.abar_s, Integer(1))),
)  # fmt: skip
UNSCALED = View(
    "unscaled",
    "where data are not scaled, alpha = 1",
    MappingProxyType(
        {
            o.alpha_s: Integer(1), o.alpha_t: Integer(1), o.alpha_ts: Integer(1), o.dalpha: Integer(0),
            o.sigma_ts: sqrt(o.sigma_t**2 - o.sigma_s**2),
        }
    ),
)  # fmt: skip
# A network's guess in the place of the thing itself, in formulas that have no guess.
GUESSES: Mapping[Symbol, Symbol] = MappingProxyType(
    {o.x: o.x_hat, o.x_0: o.x_hat, o.eps: o.eps_hat, o.v: o.v_hat, o.score: o.score_hat}
)
# The other way about: the thing in the place of a network's guess, in formulas that have guesses alone.
TRUE: Mapping[Symbol, Symbol] = MappingProxyType({o.eps_hat: o.eps, o.v_hat: o.v, o.score_hat: o.score})
THINGS = frozenset((o.x, o.x_0, *TRUE.values()))
REVERSE = View(
    "reverse",
    "the variance of the reverse step is Sigma",
    MappingProxyType({o.sigma_t: sqrt(o.var)}),
)
STEPS = UNSCALED._replace(
    name="unscaled steps",
    put=MappingProxyType({**UNSCALED.put, o.x: o.x_0, o.z_s: o.x_s, o.z_t: o.x_t}),
)
# What a drift and a noise are on the two paths of the SDE paper, whose beta is -2 (log alpha)'.
SDES = (
    View(
        "preserving sde",
        "where the path preserves variance, f = alpha'/alpha, g^2 = -2 alpha'/alpha",
        MappingProxyType({o.drift_f: o.dalpha / o.alpha_t, o.g2: -2 * o.dalpha / o.alpha_t}),
    ),
    View(
        "exploding sde",
        "where data are not scaled, f = 0, g^2 = 2 sigma' sigma",
        MappingProxyType({o.drift_f: Integer(0), o.g2: 2 * o.sigma_t * o.dsigma}),
    ),
)
# By Bayes' rule, for guidance by a classifier; and the mean of a network's step in the place of any second one.
CLASSIFIED = View(
    "classified",
    "by Bayes' rule, the score given y is that of the state alone and the gradient of log p(y | x_t)",
    MappingProxyType({o.score_c: o.score_u + o.grad}),
)
TWO_STEPS = View(
    "two steps",
    "over two of DDPM's steps: alpha_ts^2 = alpha (1 - beta_s)",
    MappingProxyType(
        {
            o.alpha_s: sqrt(o.abar_s / (1 - o.beta_s)), o.sigma_s: sqrt(1 - o.abar_s / (1 - o.beta_s)),
            o.alpha_t: sqrt(_ABAR), o.sigma_t: sqrt(1 - _ABAR), o.z_s: o.x_before, o.z_t: o.x_t,
        }
    ),
    (Below(o.alpha, Integer(1)), Below(o.beta_s, Integer(1)), Below(o.abar_s, 1 - o.beta_s)),
)  # fmt: skip
OTHER = View("of a network", "the second mean is that of a network's step", MappingProxyType({o.mu_2: o.mu_hat}))
FRESH = "fresh"
PATH = frozenset({o.alpha_s, o.alpha_t, o.alpha_ts, o.sigma_s, o.sigma_t, o.sigma_ts, o.snr_s, o.snr_t})
DISCRETE = frozenset({o.alpha, o.abar, o.abar_s, o.beta, o.x_0, o.x_s, o.x_t})


def admits(convention: Convention, view: str) -> bool:
    """Whether a formula of this convention may be meant as in a view, by its name.

    A path is unscaled, or special as a paper has it, only in the symbols of those who say so, the first of the
    convention's papers: elsewhere a forgotten alpha would be called right.
    """
    name = view.removesuffix(FRESH).strip().removesuffix("guess").removesuffix(THING).strip()
    if name in (OWN.name, DDPM.name, REVERSE.name, CLASSIFIED.name, OTHER.name, TWO_STEPS.name):
        return True
    if name in (UNSCALED.name, STEPS.name, *(v.name for v in SDES)):
        return convention in EXPLODING
    return any(c.name == convention and c.papers[:1] == (name.split()[0],) for c in conventions())


def views(claim: Claim) -> tuple[View, ...]:
    """Return the views of a claim, its own symbols first, each set of replacements once; they are made once."""
    return once(claim, "views", lambda: tuple(_views(claim)))


def _views(claim: Claim) -> Iterator[View]:
    own, seen = symbols_of(claim) | _of_draw(claim), set[frozenset[tuple[Symbol, Expr]]]()
    general = (OWN, *_general(own), *_steps(claim))
    seen_so = (*general, *_guessed(own, general), *_true(own, general))
    fresh = tuple(_fresh(own, (v for v in seen_so if not v.is_true))) if is_noisy(claim) else ()
    own |= {o.n_1} if fresh else set()
    for view in (*seen_so, *_of_papers(claim), *fresh):
        put = {v: e for v, e in view.put.items() if v in own and e != v}
        if (key := frozenset(put.items())) not in seen and (put or view is OWN):
            seen.add(key)
            narrower = (*view.given, *positive({v: e for v, e in put.items() if v.is_positive}))
            yield view._replace(put=MappingProxyType(put), given=tuple(dict.fromkeys(narrower)))


def _of_draw(claim: Claim) -> set[Symbol]:
    """Return the symbols of the law that the answer is, as the latent before a step."""
    law = drawn(claim.answer)
    return set() if law is None else law.mean.free_symbols | law.var.free_symbols  # type: ignore[return-value]


def symbols_of(claim: Claim) -> set[Symbol]:
    """Return the symbols of a claim, and those of its answer, which its statement may open."""
    return set(claim.symbols()).union(*(e.free_symbols for _, e in leaves(claim.answer)))


def _general(own: set[Symbol]) -> Iterator[View]:
    if o.sigma_t in own and o.alpha in own:  # DDPM calls any variance of the reverse step so
        yield REVERSE
    if own & PATH and not own & DISCRETE:
        yield DDPM
    if own & {o.alpha_s, o.alpha_t, o.alpha_ts}:
        yield from (UNSCALED, STEPS)
    if {o.drift_f, o.g2} <= own:
        yield from SDES
    if {o.score_c, o.score_u} <= own:
        yield CLASSIFIED
    if {o.mu_1, o.mu_2} <= own:
        yield OTHER


def _steps(claim: Claim) -> Iterator[View]:
    """Yield the view of a step from one state to another as two of DDPM's."""
    law = drawn(claim.answer)
    if law is not None and law.mean == o.alpha_t * o.z_s / o.alpha_s:
        yield TWO_STEPS


def _guessed(own: set[Symbol], general: Iterable[View]) -> Iterator[View]:
    """Yield the views with a network's guesses."""
    if own & set(GUESSES):
        for view in general:
            put = {**view.put, **GUESSES}
            says = "; ".join(filter(None, (view.says, "with a network's prediction in place of what it predicts")))
            yield View(f"{view.name} guess".strip(), says, MappingProxyType(put), view.given)


def _true(own: set[Symbol], general: Iterable[View]) -> Iterator[View]:
    """Yield the views with what a network predicts: its formulas are those of any noise and of any data."""
    if own & set(GUESSES.values()):
        for view in general:
            data = o.x_0 if own & DISCRETE or o.x in view.put else o.x
            put = {**view.put, **TRUE, o.x_hat: data}
            says = "; ".join(filter(None, (view.says, "with what a network predicts in place of its prediction")))
            yield View(f"{view.name} {THING}".strip(), says, MappingProxyType(put), view.given)


def _fresh(own: set[Symbol], among: Iterable[View]) -> Iterator[View]:
    """Yield the views in which fresh noise is called eps, where that is not the name of another."""
    for view in among:
        if o.eps not in own or o.eps in view.put:
            says = "; ".join(filter(None, (view.says, "with eps for the fresh noise")))
            put = MappingProxyType({**view.put, o.n_1: o.eps})
            yield view._replace(name=f"{view.name} {FRESH}".strip(), says=says, put=put)


def _of_papers(claim: Claim) -> Iterator[View]:
    for key, name, says in _special().get(claim.name, ()):
        convention = papers()[key].conventions[name]
        names = {str(v): v for v in symbols_of(claim)}
        put = {names[k]: ours(v, frozenset(names.values())) for k, v in convention.claim.items() if k in names}
        yield View(f"{key} {name}", says, MappingProxyType(put))


def special(claim: str) -> tuple[tuple[str, ...], ...]:
    """Return the special cases in which papers print a claim, each with what is put for its symbols."""
    rows = _special().get(claim, ())
    return tuple((*row, *map(str, papers()[row[0]].conventions[row[1]].claim.items())) for row in rows)


@cache
def special_papers() -> frozenset[str]:
    """The keys of the papers that have views of their own."""
    return frozenset(key for rows in _special().values() for key, *_ in rows)


@cache
def _special() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """The conventions by which claims are compared with equations, where these are special cases: by claim."""
    found: dict[str, dict[tuple[str, str, str], None]] = {}
    for paper in papers().values():
        for equation in paper.equations:
            for part in equation.compared:
                if put := paper.conventions[part.under].claim:
                    says = f"as {paper.short} has it, {', '.join(f'{k} = {v}' for k, v in put.items())}"
                    found.setdefault(equation.claim, {})[paper.key, part.under, says] = None
    return {name: tuple(rows) for name, rows in found.items()}
