"""The refusal of what cannot be read: what was expected, where, and what stands there in the user's own text."""

SHOWN = 24  # characters of the text on each side of the place


class Unread(ValueError):
    """A formula, or a piece of one, that has no certain reading.

    `at` and `end` are the place of the piece in `text`, counted from 0. A `hint` says what stands there, why it is not
    read, and what to write instead; it goes on after the place.
    """

    def __init__(self, expected: str, text: str, at: int, end: int, hint: str = "") -> None:
        self.expected, self.text, self.at, self.end, self.hint = expected, text, at, end, hint
        place = f"{self._got()} at character {at + 1}{self._around()}"
        super().__init__(f"{place} {hint}" if hint else f"expected {expected}, got {place}")

    def __reduce__(self) -> tuple[type["Unread"], tuple[str, str, int, int, str]]:
        return Unread, (self.expected, self.text, self.at, self.end, self.hint)

    def _got(self) -> str:
        piece = self.text[self.at : self.end]
        return _short(piece) if piece else "the end"

    def _around(self) -> str:
        """Return the text on both sides of the place, if there is more than the piece."""
        low, high = max(0, self.at - SHOWN), min(len(self.text), self.end + SHOWN)
        around = self.text[low:high]
        if len(around) > 4 * SHOWN or self.text == self.text[self.at : self.end]:
            return ""
        return f" of {'...' * (low > 0)}{_quoted(around)}{'...' * (high < len(self.text))}"


def _short(piece: str) -> str:
    return _quoted(piece if len(piece) <= 2 * SHOWN else f"{piece[:SHOWN]}...")


def _quoted(piece: str) -> str:
    """Return the piece as it stands, in quotes; what does not print is escaped, but a backslash is left alone."""
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in piece) + "'"
