"""The ways in which a theorem may be proved, by name, in the order in which they are tried."""

from collections.abc import Iterator, Mapping

from sympy import Add, Expr
from sympy.functions.elementary.trigonometric import TrigonometricFunction

from derivations.form.claim import Claim
from derivations.kernel import scripts
from derivations.kernel.integrals import by_primitive, has_integral
from derivations.kernel.stated import LINE, Theorem, chain_of, lines
from derivations.kernel.tangents import tangent, total, written

TRIED = {
    "=": ("field", "only", "touching", "primitive", "angles", "lines", "products", "arithmetic"),
    "<": ("excess", "further", "sign"),
    "<=": ("excess", "further", "tangent", "lines", "sign"),
}
TANGENT = frozenset({"tangent", "touching"})  # ways that need lemmas on tangents
FURTHER = frozenset({"further", "only"}) | TANGENT  # ways that need more lemmas
ONLY = "_only_"
WAYS = frozenset(way for ways in TRIED.values() for way in ways)
Proofs = Mapping[str, str]


def suffix(theorem: Theorem) -> str:
    """Return what tells a theorem from the others of its claim, as "2" or "2_equal"."""
    return theorem.name.split("_", 2)[2]


def ways(claim: Claim, number: int, theorem: Theorem, known: Proofs) -> Iterator[str]:
    """Yield the names of the ways that there are for a theorem of a statement, given what is proved above it."""
    for way in TRIED[theorem.conclusion[1]]:
        if way in ("field", "only", "touching") and (way == "field") == (ONLY in theorem.name):
            continue
        if way == "primitive" and not has_integral(theorem):
            continue
        if way in TANGENT and not tangent(claim, number):
            continue
        if way == "angles" and not any(side.has(TrigonometricFunction) for side in theorem.conclusion[::2]):
            continue
        if way in ("excess", "further") and excess(claim, number, theorem) is None:
            continue
        if way == "lines" and not follows(claim, number, theorem, known):
            continue
        yield way


def script(claim: Claim, number: int, theorem: Theorem, way: str) -> str:
    """Return the script of a theorem in one of its ways."""
    at = dict(claim.example)
    more = excess(claim, number, theorem)
    if way in ("excess", "further"):
        assert more is not None, f"{theorem.name} has no excess"
        return scripts.by_excess(theorem, at, more, "signs" if way == "excess" else "further")
    if way == "primitive":
        return by_primitive(claim, theorem)
    if way in TANGENT:
        return _tangent(claim, number, theorem, way)
    if way == "only":
        return scripts.by_only(theorem, at, more)
    if way == "lines":
        return scripts.by_lines(theorem, lines(claim, number, theorem.name.rpartition("_")[0]))
    by = {
        "field": scripts.by_field,
        "products": scripts.by_products,
        "angles": scripts.by_angles,
        "sign": scripts.by_sign,
        "arithmetic": scripts.by_arithmetic,
    }
    return by[way](theorem, at)


def _tangent(claim: Claim, number: int, theorem: Theorem, way: str) -> str:
    parts, at = tangent(claim, number), dict(claim.example)
    more, text = total(parts), written(parts, theorem.names)
    if way == "tangent":
        return scripts.by_excess(theorem, at, more, "touching", text)
    return scripts.by_only(theorem, at, more, text, "touching")


def follows(claim: Claim, number: int, theorem: Theorem, known: Proofs) -> bool:
    """Return whether a statement is what the lines of its derivation say together, all of which are proved."""
    if suffix(theorem) != str(number):
        return False
    found = lines(claim, number, theorem.name.rpartition("_")[0])
    ends = found and (found[0].conclusion[0], found[-1].conclusion[2]) == (theorem.conclusion[0], theorem.conclusion[2])
    return bool(ends) and all(suffix(line) in known for line in found)


def excess(claim: Claim, number: int, theorem: Theorem) -> Expr | None:
    """Return by how much the lines of the derivation exceed each other, all together, or a line the one above it."""
    chain = chain_of(claim, number)
    if chain is None or any(line.convex for line in chain):
        return None
    if LINE in theorem.name:
        return chain[int(theorem.name.rpartition("_")[2])].more
    more = [line.more for line in chain[1:] if line.more is not None]
    return Add(*more) if more and (suffix(theorem) == str(number) or ONLY in theorem.name) else None
