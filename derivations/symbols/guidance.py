"""The symbols that only claims of the family `guidance` use."""

from derivations.symbols.core import positive, real

# the output with index c given the label, with index u without it
score_c, score_u, eps_c, eps_u, v_c, v_u = real("score_c score_u eps_c eps_u v_c v_u")
x_hat_c, x_hat_u = real("x_hat_c x_hat_u")  # the prediction of x with index c given the label, with index u without it
(y,) = real("y")  # a label
(y_pos,) = positive("y_pos")  # a label above 0
(tau_y,) = positive("tau_y")  # the standard deviation of the noise in a label
(w,) = positive("w")  # the strength of guidance, scale - 1
(spread,) = positive("spread")  # how far the variance of x exceeds that of x given the label
(apart,) = positive("apart")  # how far apart the standard deviations of two outputs are
(left,) = positive("left_over")  # the share of the guided output in what is returned, over that of the rescaled one
(q_y,) = positive("q_y")  # a density with the label in it, at a point
(grad,) = real("grad")  # the slope of log p(y | z)
(scale,) = real("scale")  # the scale of guidance
(share,) = positive("share")  # the share of the rescaled output in what is returned
(std_pos,) = positive("std_pos")  # the standard deviation of the conditional output
(std_cfg,) = positive("std_cfg")  # the standard deviation of the guided output
(x_cfg,) = real("x_cfg")  # the guided output
(x_final,) = real("x_final")  # the rescaled output
