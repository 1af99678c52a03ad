"""The symbols that only claims of the family `guidance` use."""

from derivations.symbols.core import positive, real

# outputs given the label (index c), and without it (index u)
score_c, score_u, eps_c, eps_u, x_u, v_c, v_u = real("score_c score_u eps_c eps_u x_u v_c v_u")
(q_y,) = positive("q_y")  # a classifier's value, or a density given the label, at a point
(grad,) = real("grad")  # the slope of log p(y | z)
(scale,) = real("scale")  # the scale of guidance
(share,) = positive("share")  # the share of the rescaled output in what is returned
# the standard deviations of the conditional output and of the guided one
std_pos, std_cfg = positive("std_pos std_cfg")
x_cfg, x_final = real("x_cfg x_final")  # the guided output, and the rescaled one
