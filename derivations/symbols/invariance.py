"""The symbols that only claims of the family `invariance` use."""

from derivations.symbols.core import positive, real

(draw,) = real("draw")  # the root of the second moment of a draw of the loss, at a time
(derr,) = real("derr")  # the slope of a squared error in SNR
(rest,) = real("rest")  # the bounded rest of Taylor's formula
(slack,) = positive("slack")  # how far an upper bound lies above what it bounds
b_s, b_t = positive("b_s b_t")  # the alphas of a second path B, when it has the SNRs of path A at s and t
zA_s, zA_t, zB_s, zB_t = real("zA_s zA_t zB_s zB_t")  # the latents of paths A and B, at s and t
# the latents of paths with SNR linear, log SNR linear, and straight
z_linear, z_log, z_straight = real("z_lin z_exp z_line")
