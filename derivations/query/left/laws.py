"""The score on a left side: of which law, and so by which symbols it may be given."""

import re
from collections.abc import Collection

from derivations import symbols as o
from derivations.query.index.lefts import as_written

_OF = r"(?P<of>(?P<letter>[xz])(?:_[ti])?)"
_LAW = r"\\log(?:q|p|\\hatp)(?:_t|_\\theta|_\\sigma)?"
_TIME = r"(?:[;,](?:t|i|\\sigma(?:_t|\(t\))?))?"
_SCORE = re.compile(rf"written: \\nabla(?:_(?P<by>[xz](?:_[ti])?))?{_LAW}\({_OF}(?P<given>\|x(?:_0)?)?{_TIME}\)")
_DENSITY = re.compile(r"\\log(?P<letter>[pq](?:_[a-z\\]+)?)\((?P<of>[^()]*)\)")
_TRUE = frozenset(map(str, (o.x, o.x_0, o.eps, o.v)))
_GUESSED = frozenset(map(str, (o.x_hat, o.eps_hat, o.v_hat, o.score_hat)))


def score_of(written: str) -> tuple[Collection[str], frozenset[str]]:
    """Return the names of the score that is written, and what its formula may not have; of anything else, none.

    Given the data it is a formula of data or noise. That of the marginal law is none, but may be guessed.
    """
    found = _SCORE.fullmatch(written)
    if found is None or found["by"] not in (None, found["of"], found["letter"]):
        return (), frozenset()
    names = (str(o.score), str(o.score_hat))
    return names, _GUESSED if found["given"] else _TRUE


def are_of_one(*written: str) -> bool:
    """Whether all densities that are written are of one letter, of one state and of one label."""
    found = [m for text in written for m in _DENSITY.finditer(as_written(text))]
    variables = {v for m in found for v in re.split(r"\\?\||[,;]", m["of"])} - {"t"}
    return len({m["letter"] for m in found}) <= 1 and len(variables) <= 2


def unscored(without: frozenset[str], others: str) -> str | None:
    """Say why a score is no formula of others, if it is the score of a law that such a formula may not have."""
    if without == _TRUE:
        given = "\\nabla\\log q(x_t|x_0)"
        return (
            f"the score of the law of the state alone, which is no formula of {others}: that is the score given the "
            f"data, {given}, and the score of the law alone is its mean over the data given the state"
        )
    return (
        f"the score given the data, which has no {others}: that is a network's guess" if without == _GUESSED else None
    )
