"""What a left side that was typed is the name of: the claims whose formulas papers write after it.

A name says what stands after it where all of these formulas are one quantity, and where it is no choice: a state, a
variance of the reverse step or a schedule may be set to other things too.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from derivations import symbols as o
from derivations.query.conventions import Convention, conventions
from derivations.query.described import Described, Entry
from derivations.query.equation import Equation
from derivations.query.lefts import keys, names
from derivations.query.search import Candidate, Index, same
from derivations.query.tree import Node
from derivations.query.unread import Unread

DETERMINED = frozenset(
    map(
        str,
        (
            o.beta_tilde, o.mu_1, o.mu_hat, o.snr_s, o.snr_t, o.snr, o.v, o.v_hat, o.x_hat, o.eps_hat, o.score,
            o.score_hat, o.alpha_ts, o.sigma_ts, o.v_phi, o.x_cfg,
        ),
    )
)  # fmt: skip


class Left(NamedTuple):
    """A left side: whether it is a name at all, the claims that it names, and whether it says what they are."""

    is_known: bool = False
    claims: Mapping[str, tuple[str, ...]] = {}
    is_one: bool = False
    typed: str = ""

    def takes(self, where: str) -> bool:
        """Whether the root of a variance, or the square of a factor, may stand here: not after the name of the thing.

        Without a left side nothing says which is meant; a power on the left is that of a variance.
        """
        if not self.typed:
            return True
        is_power = "^" in self.typed
        if where.startswith("square"):
            return is_power
        return not is_power and ("sigma" in self.typed or self.typed.startswith(("g", "std")))

    def entries(self, index: Index) -> list[Entry]:
        """Return the formulas that the name is of, in every view."""
        return [
            e for name, where in self.claims.items() for e in index[name]["entries"]
            if e["where"] in where and not e["wrong"]
        ]  # fmt: skip

    def allows(self, c: Candidate, index: Index) -> bool:
        """Whether a wrong form is one of what is named: of such a claim, or of another that has the same quantity."""
        if not self.claims:
            return not self.is_known
        right = [e for e in index[c.claim]["entries"] if e["where"] == c.entry["where"] and not e["wrong"]]
        return c.claim in self.claims or any(same(a, b) for a in self.entries(index) for b in right)


NO_LEFT = Left()


def named(left: str, by: Iterable[str], index: Index) -> Left:
    """Return what a left side names in conventions, by their names."""
    node = _node(left)
    if node is None:
        return Left(typed=left)
    own = [c for c in conventions() if c.name in set(by)]
    written = sorted({name for c in own if (name := _closest(node, c, index))})
    claims = {n: _where(written, of) for n, of in index.items()}
    claims = {name: where for name, where in claims.items() if where}
    return Left(_is_known(node, own), claims, _is_one(node, own, claims, index), left)


def _closest(node: Node, convention: Convention, index: Index) -> str:
    """Return the first name by which a convention knows what is on the left: as it stands, then what it means."""
    return next((name for name in names(node, convention) if any(name in of["lefts"] for of in index.values())), "")


def _where(written: Iterable[str], of: Described) -> tuple[str, ...]:
    """Where a claim has what is named, under any of the names."""
    return tuple(dict.fromkeys(w for name in written for w in of["lefts"].get(name, ())))


def _node(left: str) -> Node | None:
    try:
        return Equation(left).side(0).node if left else None
    except Unread:
        return None


def _is_known(node: Node, own: Iterable[Convention]) -> bool:
    return any(key in c.meanings for c in own for key in keys(node))


def _is_one(node: Node, own: Iterable[Convention], claims: Mapping[str, tuple[str, ...]], index: Index) -> bool:
    """Whether the name is no choice, and all that papers write after it has the same values."""
    plain = {key.rpartition("^{")[0] or key for key in keys(node)}
    meanings = {str(m) for c in own for key in plain for m in c.meanings.get(key, ())}
    if not claims or not meanings <= DETERMINED:
        return False
    first, *others = ([e for e in index[name]["entries"] if e["where"] in where] for name, where in claims.items())
    return all(any(same(a, b) for a in first for b in of) for of in others)
