"""What is said of a formula, in lines for a person, and in one line that a review may quote."""

from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version

from derivations.query.meant import meant, noted
from derivations.query.verdict import Answer, Near, Read, Verdict
from derivations.query.writing.echo import decimal, echoed

HEADINGS: Mapping[str, str] = {
    "equal": "equal",
    "wrong_form": "wrong form",
    "different": "different",
    "unknown": "unknown",
}
SHOWN, WRONG, LONGEST = 4, 2, 160  # other claims, wrong forms of others, and characters of a formula
Lines = Iterator[tuple[str, str]]  # what a line tells, and its text


def lines(read: Read) -> Lines:
    """Yield what is told of one reading: the verdict, how it was read, and why."""
    v = read.verdict
    yield HEADINGS[v.kind], _headline(v)
    if read.conventions:
        yield "read as", f"{read.read_as}, in the symbols of {_list(read.conventions)}"
    yield from (("note", said) for said in noted(read))
    if read.left and echoed(read.left) not in v.reason:
        yield "", _of_left(read)
    yield from _why(read)
    if v.also_wrong and not (v.kind == "equal" and read.left):  # what stands on the left says what it is meant for
        yield "elsewhere", _as_wrong(v.also_wrong[:WRONG])


def differing(answer: Answer) -> Lines:
    """Yield the sides that are not each other, after the conventions that read them so."""
    for text in dict.fromkeys(answer.differing.values()):
        yield _list(tuple(c for c, said in answer.differing.items() if said == text)), text


def _headline(v: Verdict) -> str:
    if v.kind == "unknown":
        return f"{v.tag} {v.claim}: {v.reason}".removeprefix(" : ") if v.claim else v.reason
    place = f"{v.tag} {v.claim}"
    if v.kind == "equal" and not v.claim:
        return f"{v.part}, which is no claim"
    if v.kind == "equal":
        return f"{place}: {_part(v)} ({_standing(v)})"
    if v.kind == "wrong_form":
        return f"{place}: {v.wrong!r} in {_part(v)}"
    if not v.claim:
        return f"from {v.part}, off by {v.off}"
    return f"from {place}: {_part(v)}" + (_times(v.near[0]) or f", off by {v.off}")


def _part(of: Verdict | Near) -> str:
    """Return what is said of a part, at the end of a line: a remark set off by commas needs no second one there."""
    return of.part.rstrip(",")


def _standing(v: Verdict) -> str:
    engines = f": {', '.join(v.proved_by)}" if v.proved_by else ""
    return f"{v.standing}{engines}"


def _why(read: Read) -> Lines:
    v = read.verdict
    if v.view:
        yield "", v.view
    if v.using:
        yield "with", "; ".join(v.using)
    if v.where:
        yield "where", ", ".join(v.where)
    if v.kind == "wrong_form":
        yield "breaks", v.breaks
        if v.seen_in:
            yield "seen in", "; ".join(v.seen_in)
        yield "right", v.right
        if v.off:
            yield "off by", f"{v.off} at {_point(v.at)}"
    if v.kind == "different" and not v.near:
        yield "off by", f"{v.off} at {_point(v.at)}"
    if v.kind == "different":
        yield from (pair for n, near in enumerate(v.near) for pair in _near(near, n))
    at = dict.fromkeys(name for at in (v.at, *(near.at for near in v.near if v.kind == "different")) for name in at)
    if at and (letters := "; ".join(meant(at, read))):
        yield "letters", letters
    if v.kind == "unknown":
        yield from (("nearest" if not n else "or", _nearest(near)) for n, near in enumerate(v.near))
    if v.sources:
        yield "printed in", _list(v.sources)
    if v.also:
        yield "by value", f"also in {_list(v.also[:SHOWN])}"


def _of_left(read: Read) -> str:
    """Say what the left side is taken for, where it has no value of its own."""
    if read.verdict.kind == "equal":
        return f"what stands on the left, {echoed(read.left)}, is taken for its name"
    return f"what stands on the left, {echoed(read.left)}, is not compared"


def _as_wrong(among: tuple[str, ...]) -> str:
    """Say where a formula would be wrong: in the place of another one, of which it is a known wrong form."""
    pairs = (said.split(", ", 1) for said in among)
    return "; ".join(
        f"in the answer of {claim} this formula would be wrong: there it is {name}" for claim, name in pairs
    )


def _nearest(near: Near) -> str:
    """What a formula is not that is not known to be meant for it."""
    return f"{near.tag} {near.claim}: {_part(near)}, {_short(near.text)}{_times(near)}"


def _times(near: Near) -> str:
    """Say which number the formula is of the other, if it is one: everywhere, or at the points looked at."""
    if not near.ratio:
        return ""
    return f", {near.ratio} times that everywhere" if near.everywhere else f", {near.ratio} times that"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def _near(near: Near, n: int) -> Lines:
    if n:
        yield "or", f"{near.tag} {near.claim}: {_part(near)}{_times(near)}"
    yield "which is", _short(near.text)
    yield "off by", f"{near.off} at {_point(near.at)}"


def _point(at: Mapping[str, str]) -> str:
    return ", ".join(f"{k} = {decimal(v)}" for k, v in at.items())


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names)


# -- to quote ------------------------------------------------------------------------------------


def quoted(answer: Answer) -> str:
    """Return a line for a review: of the best reading, which comes first."""
    read = answer.read[0]
    v, formula = read.verdict, echoed(read.written if read.left else answer.formula)
    step = f", with t for {read.shift}" if read.shift else ""
    by = f" (in the symbols of {read.conventions[0]}{step})" if read.conventions else ""
    head = f"Checked with udm {_version()}: `{formula}`{by}"
    is_plain = v.kind in ("equal", "unknown") or not v.claim
    if is_plain and read.conventions and answer.differing.keys() >= set(read.conventions):
        return f"{head}: the equation is false, {answer.differing[read.conventions[0]]}."
    if v.kind == "equal" and not v.claim:
        return f"{head}: its sides are equal, by what the symbols mean."
    if v.kind == "equal":
        where = f", as in {_list(v.sources[:3])}" if v.sources else ""
        way = {"by definition": "by definition", "consistent": "consistent"}.get(v.standing, "proved")
        return f"{head} equals {v.part} of {v.claim} ({v.tag}){where}; {way}, engines: {_list(v.proved_by) or 'none'}."
    if v.kind == "wrong_form":
        off = f"; off by {v.off} at {_point(v.at)}" if v.off else ""
        return f"{head} is a known wrong form of {v.claim} ({v.tag}), {v.wrong!r}: {v.breaks}{off}."
    if v.kind == "different":
        times = _times(v.near[0]).replace(", ", "it is ", 1)
        return f"{head} is not {v.part} of {v.claim} ({v.tag}): {times or f'off by {v.off} at {_point(v.at)}'}."
    return f"{head} is unknown: {v.reason}."


def _version() -> str:
    try:
        return version("udm")
    except PackageNotFoundError:
        return "(not installed)"
