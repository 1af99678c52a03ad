"""What a left side that was typed is the name of: the claims whose formulas papers write after it.

A name says what stands after it where all of these formulas are one quantity, and where it is no choice: a state, a
variance of the reverse step or a schedule may be set to other things too.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from sympy import Expr, Integer, Pow, S

from derivations import symbols as o
from derivations.query.candidates.search import Index, same
from derivations.query.index.lefts import as_written, keys, names, read
from derivations.query.index.matrices import of_left
from derivations.query.left.laws import score_of
from derivations.query.left.letters import known, letter_of
from derivations.query.left.rates import TWEEDIE, flows, mean_of
from derivations.query.left.side import NO_LEFT, Left
from derivations.query.writing.conventions import Convention, conventions, key_of
from derivations.query.writing.equation import Equation
from derivations.query.writing.guesses import GUESSED, THINGS, excluded
from derivations.syntax.build import evaluated
from derivations.syntax.tree import Beside, Node, shown
from derivations.syntax.unread import Unread

DETERMINED = frozenset(
    map(
        str,
        (
            o.beta_tilde, o.mu_1, o.mu_hat, o.snr_s, o.snr_t, o.snr, o.v, o.v_hat, o.x_hat, o.eps_hat, o.score,
            o.score_hat, o.alpha_ts, o.sigma_ts, o.v_phi, o.x_cfg,
        ),
    )
)  # fmt: skip

# One state by two names, which stand for each other on a left side.
TWINS = {str(a): str(b) for one in ((o.x_t, o.z_t), (o.x_s, o.z_s), (o.x_0, o.x)) for a, b in (one, one[::-1])}
GUIDED = frozenset((o.score_c, o.grad))  # scores on a left side that Bayes' rule gives
NOTHING: Mapping[str, str] = MappingProxyType({})
TIMES = frozenset({"t", "i"})  # of which a name may be said to be, whatever stands on the right


def named(
    left: str,
    by: Iterable[str],
    index: Index,
    exprs: Iterable[Expr] = (),
    tex: bool = False,
    right: Mapping[str, str] = NOTHING,
) -> Left:
    """Return what a left side names in conventions, by their names; `exprs` is what it means in these.

    It is of an equation in `tex`, where it may not look like it: E[x | z] is no subscript. On the `right` stand names.
    """
    node = _node(f"${left}$" if tex and left and "\\" not in left else left)
    own = [c for c in conventions() if c.name in set(by)]
    if node is None:
        said = _sentence(left, own, index, right)
        return said._replace(exprs=tuple(exprs)) if GUIDED.intersection(exprs) else said
    key = tuple(_keys(node, right))
    is_known = _is_known(key, own)
    written = {name for c in own for name in names(key, c)}
    is_elsewhere = is_known and any(c.papers for c in own)  # what those who write another thing so mean by it
    written |= set() if is_elsewhere else {as_written(left)}
    means = tuple(dict.fromkeys(map(evaluated, exprs))) or _of_name(key, own)
    first = {name for c in own if (name := _closest(key, c, index))}
    first |= {name for v in map(str, means) if v in TWINS for name in (v, TWINS[v])}
    written |= {str(e) for v in means for e in (v, *GUESSED.get(v, ()))}
    claims = {n: where for n, of in index.items() if (where := _where(sorted(first), of["lefts"]))}
    letter = letter_of(node)
    letter = "" if is_known or means or letter in known(index) else letter
    whole = _places(written, index)
    whole |= {n: (*whole.get(n, ()), *where) for n, where in _powers(means, index).items()}
    return Left(
        is_known, claims, _is_one(key, own, claims, index), left, whole, letter, means,
        without=excluded(node, means, own), shape="" if letter else of_left(node, left),
        is_determined=bool(claims) and _is_determined(key, own),
    )  # fmt: skip


def _sentence(left: str, own: Collection[Convention], index: Index, right: Mapping[str, str]) -> Left:
    """Return what is named by what is no name: as papers write it, or as a rate, a mean or the score of a law."""
    if not left:
        return NO_LEFT
    written, states = as_written(left), _states(own)
    if found := {name: where for name, where in flows(written, states).items() if name in index}:
        return Left(True, found, False, left, found, states=states, without=THINGS)
    if (mean := mean_of(written, states, right)) is not None:
        return Left(True, {}, False, left, states=states, exprs=(mean,), without=THINGS, by=TWEEDIE)
    whole = _places({written}, index)
    is_one = bool(whole) and "D_KL" in written
    names, without = score_of(written)
    whole = whole or _places(names, index)
    return Left(bool(whole), whole, is_one, left, whole, states=states, without=without, shape=of_left(None, left))


def _keys(node: Node, right: Collection[str]) -> Iterator[str]:
    """Yield the keys of a name: without its arguments only where these are times, or what stands on the right too."""
    is_of_those = not isinstance(node, Beside) or _is_of({_bare(shown(e)) for e in node.arguments}, right)
    whole = key_of(node)  # none where the arguments are formulas, as in D(2x), which is not D
    yield from (key for key in keys(node) if is_of_those or key == whole)


def _is_of(arguments: set[str], right: Collection[str]) -> bool:
    """Whether arguments are times, or stand on the right: alone, as an index, or as arguments there."""
    there = {part for name in right for part in (_bare(name), *re.split(r"[_^(),;|]", _bare(name)))}
    is_other_time = "t" in there and bool(arguments & {"s", "u"}) and "t" not in arguments
    return arguments <= TIMES | there and not is_other_time


def _bare(name: str) -> str:
    return re.sub(r"[{}\s]", "", name)


def _states(own: Iterable[Convention]) -> dict[str, str]:
    """Return what the conventions mean by the names of states, as these are written: what they all mean."""
    found: dict[str, set[Expr]] = {}
    for key, meant in ((key, meant) for c in own for key, meant in c.meanings.items() if key[0] in "xyz"):
        found.setdefault(_bare(key), set()).update(meant)
    return {written: str(next(iter(meant))) for written, meant in found.items() if len(meant) == 1}


def _of_name(own_keys: Iterable[str], own: Iterable[Convention]) -> tuple[Expr, ...]:
    """Return what a name means in conventions, without its arguments where these do not know it with them."""
    for key in own_keys:
        if found := tuple(dict.fromkeys(m for c in own for m in c.meanings.get(key, ()))):
            return found
    return ()


def _powers(means: Iterable[Expr], index: Index) -> dict[str, tuple[str, ...]]:
    """Where claims have the square, or the root, of what is named."""
    found = dict[str, tuple[str, ...]]()
    for v in means:
        power = {S.Half: "root", Integer(2): "square"}.get(v.exp) if isinstance(v, Pow) else None
        for n, where in _places([str(v.base)], index).items() if power is not None else ():
            fields = (w.removeprefix("answer.") for w in where if w.startswith("answer."))
            found[n] = (*found.get(n, ()), *(f"{power} {field}" for field in fields))
    return found


def _places(written: Iterable[str], index: Index) -> dict[str, tuple[str, ...]]:
    """Where claims have, as a whole, what is named under any of the names."""
    return {n: where for n, of in index.items() if (where := _where(written, of["named"]))}


def _closest(own_keys: Iterable[str], convention: Convention, index: Index) -> str:
    """Return the first name by which a convention knows what is on the left: as it stands, then what it means."""
    return next((name for name in names(own_keys, convention) if any(name in of["lefts"] for of in index.values())), "")


def _where(written: Iterable[str], of: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Where a claim has what is named, under any of the names."""
    return tuple(dict.fromkeys(w for name in written for w in of.get(name, ())))


def _node(left: str) -> Node | None:
    try:
        return read(Equation(left), 0) if left else None
    except Unread:
        return None


def _is_known(own_keys: Iterable[str], own: Collection[Convention]) -> bool:
    return any(key in c.meanings for c in own for key in own_keys)


def _is_determined(own_keys: Iterable[str], own: Iterable[Convention]) -> bool:
    """Whether the name is no choice."""
    plain = {key.rpartition("^{")[0] or key for key in own_keys}
    return {str(m) for c in own for key in plain for m in c.meanings.get(key, ())} <= DETERMINED


def _is_one(
    own_keys: Iterable[str], own: Iterable[Convention], claims: Mapping[str, tuple[str, ...]], index: Index
) -> bool:
    """Whether the name is no choice, and all that papers write after it has the same values."""
    if not claims or not _is_determined(own_keys, own):
        return False
    first, *others = ([e for e in index[name]["entries"] if e["where"] in where] for name, where in claims.items())
    return all(any(same(a, b) for a in first for b in of) for of in others)
