"""The symbols that only claims of the family `bound` use."""

from derivations.symbols.core import label, positive, real

(alpha_1,) = positive("alpha_1")  # what the data are multiplied by in a latent
(beta_tilde,) = positive("beta_tilde")  # the variance of q(x_{t-1} | x_t, x_0)
(nsr,) = positive("nsr")  # noise to signal, 1/SNR
(noise_log,) = positive("nu")  # -log(1 - alpha-bar_T), of the variance of x_T
(err_m,) = real("err_m")  # a squared error half-way from s to t
(gain,) = positive("gain")  # what the squared error grows by from half-way to t
(mean,) = real("mean")  # the mean of the terms of a loss
(estimate,) = real("estimate")  # an estimate of the mean of the terms of a loss
(bit,) = real("bit")  # the state that an experiment drew for one latent
bit_past, bit_now, bit_later = real("bit_past bit_now bit_later")  # the states that an experiment drew in turn
# the latents before x_T as one variable, x_T itself, and the latent after it; a bare colon is a range to SymPy
past, now, later = label(r"x_{1\:T-1} x_T x_{T+1}")
(x_after,) = label("x_{t+1}")  # the latent after x_t
# -ELBO of so many latents, and its three parts
bound_T, prior_T, step_losses, rec_loss = real("bound prior_T steps reconstruction")
(sum_so_far,) = real("L")  # the sum of the first terms of the discrete loss
(t_new,) = positive("t'")  # a new time between s and t
