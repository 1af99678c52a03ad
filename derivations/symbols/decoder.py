"""The symbols that only claims of the family `decoder` use."""

from derivations.symbols.core import positive, real

(off,) = positive("xi")  # how far levels are off their places, in Delta
(Delta,) = positive("Delta")  # the distance of two levels
(others,) = positive("A")  # the sum of all terms but the largest, over the largest
(W,) = positive("W")  # how many levels a window has to either side
(upper,) = real("b")  # the upper end of a bin
