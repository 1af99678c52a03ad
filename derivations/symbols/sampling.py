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
(x_slope,) = real("x_slope")  # the slope of x_hat in lambda
(x_bend,) = real("x_bend")  # the second slope of x_hat in lambda
(x_rest,) = real("x_rest")  # the bounded rest of Taylor's formula for x_hat
(decay_rest,) = real("decay_rest")  # the bounded rest of exp(-h)
(growth_rest,) = real("growth_rest")  # the bounded rest of exp(h)
(y_rest,) = real("y_rest")  # the bounded rest of a solution's Taylor formula
(middle,) = real("middle")  # how far off a middle evaluation is, over h^2
# of a smooth field F of y and t: its value (0), its slopes by what they are in, and the bounded rest
F_0, F_y, F_t, F_yy, F_yt, F_tt, F_rest = real("F_0 F_y F_t F_yy F_yt F_tt F_rest")
l_p, l_q = real("l_p l_q")  # the logarithm of the density in the index at a point
(score_q,) = real("score_q")  # the score of a second density
(dscore_q,) = real("dscore_q")  # the slope in z of the score of a second density
(integral,) = label("I")  # an integral that only a print shows
(integral_eps,) = label("J")  # an integral of eps_hat that only a print shows
(keep,) = positive("keep")  # the chance that a categorical step takes x_t
(hit,) = real("x_{tk}")  # 1 where x_t has the class k, and else 0
(of_data,) = positive("x_{0k}")  # the probability of the class k for the datum
(guessed,) = positive("f_k")  # the probability of the class k for the guess
(part,) = positive("part")  # the chance that a categorical step takes the datum
(in_common,) = positive("rest_k")  # what a categorical step gives the class k besides the datum's share
(classes,) = positive("N")  # the number of classes
(psi,) = real("psi")  # the angle between two latents
(blend,) = real("b")  # how far a point is on the straight line from one latent to another
(chi,) = real("chi")  # the angle of a latent in a plane
