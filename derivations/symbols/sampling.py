"""The symbols that only claims of the family `sampling` use."""

from derivations.symbols.core import label, positive, real

(r,) = positive("r")  # where another prediction is made, in steps from the start of this one
(r_snr,) = positive("r_snr")  # the ratio of the drift of a Langevin step to its noise
(eps_ahead,) = real("eps_ahead")  # the noise that is predicted where a step ends
(y_ode,) = real("y_ode")  # the value of the solution of an equation
(z_pred,) = real("z_pred")  # what a predictor makes
(z_flow,) = real("z_flow")  # where the flow carries a latent
(std_t,) = positive("std_t")  # sigma_t where it is free
(drop,) = positive("drop")  # how far the root of the SNR falls, as a share of what is left
(delta,) = real("delta")  # a difference of angles
# x_hat by Taylor's formula: its first and second slope, and the bounded rest
x_slope, x_bend, x_rest = real("x_slope x_bend x_rest")
decay_rest, growth_rest = real("decay_rest growth_rest")  # the bounded rests of exp(-h) and exp(h)
(y_rest,) = real("y_rest")  # the bounded rest of a solution's Taylor formula
(middle,) = real("middle")  # how far off a middle evaluation is, over h^2
# a smooth field, its slopes, and the bounded rest
F_0, F_y, F_t, F_yy, F_yt, F_tt, F_rest = real("F_0 F_y F_t F_yy F_yt F_tt F_rest")
l_p, l_q = real("l_p l_q")  # the logarithms of two densities at a point
(score_q,) = real("score_q")  # the score of a second density
(dscore_q,) = real("dscore_q")  # the slope in z of the score of a second density
(integral,) = label("I")  # an integral that only a print shows
(integral_eps,) = label("J")  # an integral of eps_hat that only a print shows
