"""Stubs of claims: a tag that no claim has had, a file that is discovered at once, and what to do next.

A tag follows from the name of its claim, so that two branches which begin different claims take different tags.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from keyword import iskeyword
from pathlib import Path
from string import ascii_uppercase, digits

from derivations.catalogue import (
    ORDER,
    SOURCES,
    TAGS,
    claims,
    families,
    family_of,
    file_of,
    modules,
    tags,
    withdrawn,
)
from derivations.moving import TABLE
from udm.cli.console import print_lines, usage

NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
LETTERS = digits + "".join(c for c in ascii_uppercase if c not in "IO")  # which read as 1 and 0
ROOT = SOURCES.parents[1]

BODY = """
{variable} = Claim(
    name="{name}",
    title="TO FILL: the statement as a sentence; it may promise no more than is stated",
    kind="equality",  # or inequality, limit, law, expectation, induction, definition, refuted
    says=lambda answer: Equal(TO_FILL, answer),  # what is claimed, built from the process, with a hole for the answer
    answer=TO_FILL,  # a closed form
    given=(),  # assumptions beside the signs of symbols: Below(lesser, greater) each
    example={{}},  # a point that satisfies every assumption: an integer or a Rational for each symbol
    convenience={{}},  # for each assumption without which the claim still holds, as "0 < a": why it is kept
    proof=((by("the left side", TO_FILL), by("why it equals the line above", TO_FILL)),),
    wrong={{
        "TO FILL: one wrong form": Wrong(TO_FILL, "what it breaks"),
        "TO FILL: another": Wrong(2 * TO_FILL, "what it breaks"),
    }},
)
"""
OF_CATALOGUE = '''"""TO FILL: the mathematics of this topic, in a sentence."""

from derivations.form.claim import Claim, Wrong, by
from derivations.form.statement import Equal
from derivations.form.unfilled import TO_FILL

# Symbols come from derivations.symbols.
{body}
CLAIMS = ({variable},)
'''
OF_ONES_OWN = '''"""TO FILL: what these claims are about, in a sentence."""

from derivations.authoring import TO_FILL, Claim, Equal, Wrong, by

# Symbols of the field are in derivations.symbols; others: a, b = positive("a b"), x, y = real("x y") of authoring.
{body}'''


def begin_claim(name: str, family: str | None, module: str | None) -> int:
    """Take a tag, write the stub, and say what is next. Everything is checked before anything is written."""
    if not (ROOT / "pyproject.toml").is_file():
        usage(
            f"expected a clone of udm, whose catalogue the claim would join, got the package installed in {ROOT}; "
            "`udm new claims my_claims.py` begins a file of your own"
        )
    _unused(name)
    home = family if family is not None else kin(name)
    if home is None:
        usage(
            f"expected --family, the folder of derivations/claims for the claim, since {name} has kin in several or in "
            f"none: {', '.join(ORDER)}; as `udm new claim {name} --family {ORDER[0]}`. To try something without a tag, "
            "begin a file of your own: `udm new claims my_claims.py`"
        )
    if home not in ORDER:
        usage(f"expected a family, {', '.join(ORDER)}, got {home!r}")
    file = _file(name, home, module)
    tag = next_tag(name, tags().values())
    file.write_text(stub(OF_CATALOGUE, name))
    TAGS.write_text(f"{TAGS.read_text().rstrip()}\n{tag} {name}\n")
    print_lines(_next(tag, name, home, file))
    return 0


def _unused(name: str) -> None:
    if not NAME.fullmatch(name):
        usage(f"expected lower-case words joined by dots, as ddim.variance.limit, got {name!r}")
    if (tag := tags().get(name)) in withdrawn():
        usage(f"expected a new name, got {name}, whose claim was {withdrawn()[str(tag)]} (tag {tag})")
    if tag is not None or name in claims():
        usage(f"expected a new name, got {name}, which has the tag {tag}")


def kin(name: str) -> str | None:
    """Return the family of the claims whose names share most first words with this one, if it is one family."""
    words = name.split(".")
    for n in range(len(words) - 1, 0, -1):
        first = ".".join(words[:n])
        if found := {family_of(other) for other in claims() if other == first or other.startswith(f"{first}.")}:
            return found.pop() if len(found) == 1 else None
    return words[0] if words[0] in families() else None


def _file(name: str, family: str, module: str | None) -> Path:
    """Return the file for the stub, which must be new, as must the module's name."""
    stem = module if module is not None else name.replace(".", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", stem):
        usage(f"expected a module's name, in lower case, got {stem!r}")
    old = {row.split()[0] for row in TABLE.read_text().splitlines() if row and row[0] != "#"}
    if f"{family}.{stem}" in modules():
        usage(f"expected a new module, got {file_of(f'{family}.{stem}')}, which there is; --module names another")
    if f"claims.{family}.{stem}" in old:
        moved = f"derivations.claims.{family}.{stem}"
        usage(f"expected a new module, got {moved}, which is the old name of one; --module names another")
    return file_of(f"{family}.{stem}")


def next_tag(name: str, taken: Iterable[str]) -> str:
    """Return the tag that follows from the name, or the first after it that no claim has or had."""
    taken, count = set(taken), 10 * len(LETTERS) ** 3
    first = int.from_bytes(sha256(name.encode()).digest()) % count
    return next(tag for n in range(count) if (tag := _tag((first + n) % count)) not in taken)


def _tag(number: int) -> str:
    """Write a number as a digit and three letters or digits."""
    letters = ""
    for _ in range(3):
        number, rest = divmod(number, len(LETTERS))
        letters = LETTERS[rest] + letters
    return f"{number}{letters}"


def stub(template: str, name: str) -> str:
    last = name.rpartition(".")[2]
    variable = last if last.isidentifier() and not iskeyword(last) and last not in ("by", "answer") else f"claim_{last}"
    return template.format(body=BODY.format(name=name, variable=variable), variable=variable)


def _next(tag: str, name: str, family: str, file: Path) -> list[str]:
    return [
        f"{tag}  {name}: a stub in {_shown(file)}, red until it is filled",
        f"its tag stands in the last line of {_shown(TAGS)}, for ever once this is merged; after a trial, remove that "
        "line and the stub again",
        "",
        "Next",
        f"  fill {_shown(file)}",
        f"  derivations/symbols/{family}.py: the symbols that only this family has",
        f"  udm verify {tag}: what is still missing, and then what is wrong",
        f'  derivations/papers/PAPER.toml: claim = "{name}" in the row of the equation that states it;',
        "    if no paper does, [[ours]] of further.toml says why",
        "  python -m tests.support.reach: the engines that reach it, once it is green",
        "  make index: what udm find searches",
        f"  CHANGELOG.md: a line that has {tag} {name}",
        f"  pytest --claim {tag}, and pytest tests/papers tests/claims/test_catalogue.py tests/cli/test_readme.py",
    ]


def begin_file(file: Path, name: str | None) -> int:
    """Write a file of one's own claims with one stub."""
    if file.suffix != ".py" or not file.stem.isidentifier():
        usage(f"expected the name of a Python module, as my_claims.py, got {file}")
    if file.exists():
        usage(f"expected a new file, got {file}, which there is")
    called = name if name is not None else f"{file.stem.lower()}.first"
    if not NAME.fullmatch(called):
        usage(f"expected lower-case words joined by dots, as mine.posterior.mean, got {called!r}")
    if called in tags():
        usage(f"expected a name of its own, got {called}, a claim of the catalogue (tag {tags()[called]})")
    if not file.parent.is_dir():
        usage(f"expected a folder for the file, found none at {file.parent}")
    file.write_text(stub(OF_ONES_OWN, called))
    print_lines(
        [
            f"{called}: a stub in {file}, red until it is filled",
            "",
            "Next",
            f"  fill {file}",
            f"  udm verify {file}    says what is still missing, and then what is wrong; it executes the file",
            f"  pytest {file}        the same among your tests",
        ]
    )
    return 0


def _shown(file: Path) -> str:
    return str(file.relative_to(ROOT))
