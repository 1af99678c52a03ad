"""What the letters of statements mean, where no line says so: the symbols' own meanings, from `derivations.symbols`.

A line after "where" defines a letter that stands first on its left, or before "~". Letters that only the glossary
explains are listed with what stands there. A letter with an index of its own, as beta_{t+1}, is one of a row: it is
explained by a line that begins the row, as mean_1 of mean_n, or as its stem is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Basic, Symbol, preorder_traversal
from sympy.core.function import AppliedUndef

from derivations import symbols
from derivations.form.claim import Claim
from derivations.form.reading import Reading, grouped, needed, readings
from derivations.notation.printing import text
from derivations.papers.glossary import Declaration, meanings
from derivations.probability.density import Density, Real
from derivations.probability.mass import Mass
from udm.cli.layout import line

# a letter with all that belongs to it: sigma_{t|s}, beta_{t+1}, z_s^Euler, I^2M, gamma', I.0
NAME = re.compile(
    r"[A-Za-z](?:[A-Za-z0-9]|_(?:\{[^}]*\}|[A-Za-z0-9]+)|\^(?:[A-Za-z][A-Za-z0-9+-]+|\d+[A-Z]\w*)|\{[^}]*\}|\.\d)*'*"
)
ROW = re.compile(r"_\{?(?:\w\+1|[in])\}?$")  # the index of a letter that stands for its row
RUNNING = re.compile(r"_\{?[in](?:\+1)?\}?$")  # the index of a letter of a list
OPERATORS = {"grad", "argmax"}
DENSITIES = {"p", "q"}
ANY, DENSITY, MASS = (
    Declaration(("any",), "real", f"any {what}") for what in ("function", "density", "law of finitely many values")
)
SAID = re.compile(r" (?:~|∝|any|equally|the) ")  # between letters and what they are said to be
Meaning = tuple[tuple[str, ...], str]  # letters of one meaning, and it


def names(lines: Iterable[str]) -> list[str]:
    """Return the names in lines of text, each once, in the order in which they are read."""
    return list(dict.fromkeys(name for one in lines for name in NAME.findall(one)))


def lines_of(group: Sequence[Reading]) -> list[str]:
    """Return the lines of a statement, and of what its names mean."""
    pairs = ((text(left), "" if right is None else f" = {text(right)}") for left, right in needed(*group))
    return [*map(line, group), *(left + right for left, right in pairs)]


def defined(group: Sequence[Reading]) -> set[str]:
    """Return the names that lines define: after "where", and as the numbers of a row in an induction."""
    found = {name for left, right in needed(*group) for name in _defined(text(left), right is not None)}
    return found | {name for one in group if one.inner for name in NAME.findall(text(one.left))[:1]}


def _defined(left: str, equation: bool) -> Iterator[str]:
    """Yield the name that an equation defines, or the names of which a phrase says what they are."""
    if equation:
        yield from NAME.findall(left)[:1]
    elif said := SAID.search(left):
        yield from NAME.findall(left[: said.start()])


def letters(group: Sequence[Reading]) -> dict[str, Declaration]:
    """Return the letters in lines that the glossary has, or that are functions, as they are read, with their meanings.

    A word of a phrase may read as a letter: one without an index has to be a symbol of the lines.
    """
    sides = [e for one in group for e in (one.left, one.right, *one.note)]
    sides += [e for pair in needed(*group) for e in pair]
    parts = {v for e in sides if isinstance(e, Basic) for v in preorder_traversal(e)}
    known = {text(v): meanings()[v.name] for v in parts if isinstance(v, Symbol) and v.name in meanings()}
    known = {NAME.findall(letter)[0]: declared for letter, declared in known.items()}
    known |= {str(v.args[0]): ANY for v in parts if isinstance(v, Real) and v.args}
    known |= {str(v.args[0]): MASS if isinstance(v, Mass) else DENSITY for v in parts if isinstance(v, Density)}
    known |= {str(v.func): ANY for v in parts if isinstance(v, AppliedUndef) and str(v.func) not in DENSITIES}
    found, rows = names(lines_of(group)), {stem(name) for name in names(lines_of(group)) if RUNNING.search(name)}
    return {name: means for name in found if (means := _means(name, known, rows)) is not None}


def _means(name: str, known: Mapping[str, Declaration], rows: set[str]) -> Declaration | None:
    """Return the meaning of a letter itself, or of those of whose row it is, at a time before others."""
    letter, _, index = name.rpartition("_") if "_" in name else (name, "", "")
    if name in known and letter not in rows:
        return known[name]
    if letter in OPERATORS or (letter[0] == "d" and index):  # what a slope or an integral is in
        return None
    if letter in rows and letter in meanings():
        return meanings()[letter]
    of_row = (f"{letter}_t" if set(index) & set("st") else letter, letter) if index else ()
    return next((found for n in of_row if (found := meanings().get(n))), known.get(name))


def undefined(group: Sequence[Reading]) -> dict[str, Declaration]:
    """Return the letters that no line of a group defines, with what they mean."""
    told = defined(group)
    rows = {stem(name) for name in told if ROW.search(name)}
    return {a: means for a, means in letters(group).items() if a not in told and (a == stem(a) or stem(a) not in rows)}


def stem(name: str) -> str:
    """Return a letter without its last index."""
    return name.rpartition("_")[0] or name


def legend(groups: Sequence[Sequence[Reading]]) -> list[Meaning]:
    """Return the meanings of the letters in statements that no line there defines, in the order of the glossary."""
    found: dict[Declaration, list[str]] = {declared: [] for declared in (*meanings().values(), ANY, DENSITY, MASS)}
    for name, means in {k: v for group in groups for k, v in undefined(group).items()}.items():
        found[means].append(_written(name, means))
    return [(tuple(sorted(each)), declared.meaning) for declared, each in found.items() if each]


def explained(claim: Claim) -> list[Meaning]:
    """Return the same for all that is printed of a claim, of a refuted one also its false sentence."""
    false = [] if claim.printed is None else [list(readings(claim.shown["printed"]))]
    return legend([*false, *grouped(claim.written())])


def _written(name: str, means: Declaration) -> str:
    """Return the letter as its symbol is written, which may be by a power: g^2."""
    written = (text(getattr(symbols, python)) for python in means.names if hasattr(symbols, python))
    return next((w for w in written if NAME.findall(w) == [name]), name)
