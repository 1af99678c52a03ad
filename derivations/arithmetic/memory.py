"""A memory for what engines compute many times from one claim, kept until they turn to other claims.

It holds only what follows from the claim alone, so the order of the calls changes no result.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


AT_ONCE = 4  # objects remembered: a claim, and those that it is compared with


class Memory:
    """What was computed of the last few objects that were asked about."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.at_hand = OrderedDict[int, tuple[object, dict[Hashable, Any]]]()

    def once(self, about: object, key: Hashable, make: Callable[[], T]) -> T:
        """Return `make()`, computed once as long as `about` is among the last few objects asked about."""
        _, results = self.at_hand.setdefault(id(about), (about, {}))  # holding the object keeps its id unique
        self.at_hand.move_to_end(id(about))
        while len(self.at_hand) > self.at_once:
            self.at_hand.popitem(last=False)
        if key not in results:
            results[key] = make()
        return results[key]


once = Memory(AT_ONCE).once


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
                except Exception as fault:  # ends the stream for every reader
                    self.fault = fault
                    raise
            yield self.kept[n]
            n += 1
