"""The symbols that only claims of the family `invariance` use."""

from derivations.symbols.core import positive, real

(draw,) = real("draw")  # the root of the second moment of a draw of the loss, at a time
(derr,) = real("derr")  # the slope of a squared error in SNR
(rest,) = real("rest")  # the bounded rest of Taylor's formula
(slack,) = positive("slack")  # how far an upper bound lies above what it bounds
b_s, b_t = positive("b_s b_t")  # alpha of a second path B, where it has the SNR of path A at the time in the index
zA_s, zA_t, zB_s, zB_t = real("zA_s zA_t zB_s zB_t")  # the latent of the path in capitals at the time in the index
(z_linear,) = real("z_lin")  # the latent of a path whose SNR is linear in time
(z_log,) = real("z_exp")  # the latent of a path whose log SNR is linear in time
(z_straight,) = real("z_line")  # the latent of a straight path
