"""Files of claims outside the catalogue, for tests: one that is green, and changes of it."""

from pathlib import Path

NAME = "mine.square"
GREEN = '''"""The square of a sum."""

from derivations.authoring import Claim, Equal, Wrong, by, positive

a, b = positive("a b")
SQUARE = a**2 + 2 * a * b + b**2

square = Claim(
    name="mine.square",
    title="The square of a sum is a^2 + 2 a b + b^2",
    kind="equality",
    says=lambda q: Equal((a + b) ** 2, q),
    answer=SQUARE,
    example={a: 1, b: 2},
    convenience={"0 < a": "true for any a", "0 < b": "true for any b"},
    proof=((by("the square", (a + b) ** 2), by("expand", SQUARE)),),
    wrong={
        "no cross term": Wrong(a**2 + b**2, "right only where a b = 0", ("a blog",)),
        "one cross term": Wrong(a**2 + a * b + b**2, "half of it is lost"),
    },
)
'''
SLIP = GREEN.replace("SQUARE = a**2 + 2 *", "SQUARE = a**2 + 3 *")
UNPROVED = GREEN.replace('    proof=((by("the square", (a + b) ** 2), by("expand", SQUARE)),),\n', "")


def written(folder: Path, text: str = GREEN, name: str = "my_claims.py") -> Path:
    file = folder / name
    file.write_text(text)
    return file
