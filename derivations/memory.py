"""What was found of the claim at hand, until another is looked at: its engines ask for the same things many times.

Only what follows from the claim alone is kept, so no order of asking changes an answer.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Held:
    about: object = None
    found: dict[Hashable, Any]


def once(about: object, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once as long as everything asked is about the same object."""
    if _Held.about is not about:
        _Held.about, _Held.found = about, {}
    found = _Held.found
    if key not in found:
        found[key] = make()
    return found[key]


class Drawn(Generic[T]):
    """A stream that can be read from its beginning any number of times."""

    def __init__(self, stream: Iterable[T]) -> None:
        self.stream, self.kept = iter(stream), list[T]()
        self.fault: Exception | None = None

    def __iter__(self) -> Iterator[T]:
        n = 0
        while True:
            if n == len(self.kept):
                if self.fault is not None:
                    raise self.fault
                try:
                    self.kept.append(next(self.stream))
                except StopIteration:
                    return
                except Exception as fault:  # its end, for every reader
                    self.fault = fault
                    raise
            yield self.kept[n]
            n += 1
