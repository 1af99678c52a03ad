"""The symbols that only claims of the family `guidance` use."""

from derivations.symbols.core import label, positive, real

# outputs given the label (c), and without it (u)
score_c, score_u, eps_c, eps_u, x_u, v_c, v_u = real("score_c score_u eps_c eps_u x_u v_c v_u")
(grad,) = real("grad")  # the slope of log p(c | z)
(scale,) = real("scale")  # the scale of guidance
(share,) = positive("share")  # the share of the rescaled output in what is returned
# the standard deviations of the conditional output and of the guided one
std_pos, std_cfg = positive("std_pos std_cfg")
x_cfg, x_final = real("x_cfg x_final")  # the guided output, and the rescaled one
(label_c,) = label("c")  # the label that guidance is by
