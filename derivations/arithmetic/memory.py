"""What was found of the claims at hand, until others are looked at: engines ask for the same things many times.

Only what follows from the claim alone is kept, so no order of asking changes an answer.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


AT_ONCE = 4  # objects at hand: a claim, and those that it is compared with
_at_hand: OrderedDict[int, tuple[object, dict[Hashable, Any]]] = OrderedDict()


def once(about: object, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives, made once as long as the object is among those asked about last."""
    _, found = _at_hand.setdefault(id(about), (about, {}))  # which is held here, so no other has its id
    _at_hand.move_to_end(id(about))
    while len(_at_hand) > AT_ONCE:
        _at_hand.popitem(last=False)
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
