"""The symbols that only claims of the family `decoder` use."""

from derivations.symbols.core import positive, real

(off,) = positive("xi")  # how far levels are off their places, in Delta
(Delta,) = positive("Delta")  # the distance of two levels
(others,) = positive("A")  # the sum of all terms but the largest, over the largest
(W,) = positive("W")  # how many levels a window has to either side
(low,) = real("low")  # the lower end of a bin
(high,) = real("high")  # the upper end of a bin
(cut,) = positive("cut")  # the sum of the terms that a window leaves out, over the largest term
(wider,) = positive("wider")  # how many more levels a window has
(width,) = positive("width")  # SNR(0) times the square of the distance of two levels
(mid,) = positive("mid")  # the middle of a cell
(half,) = positive("half")  # half the width of a cell
