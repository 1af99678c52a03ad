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
(past,) = label(r"x_{1\:T-1}")  # the latents before x_T, as one variable
(now,) = label("x_T")  # the latent after T steps
(later,) = label("x_{T+1}")  # the latent after T + 1 steps
(x_after,) = label("x_{t+1}")  # the latent after x_t
(bound_T,) = real("bound")  # -ELBO of so many latents
(prior_T,) = real("prior_T")  # the prior loss of so many latents
(step_losses,) = real("steps")  # the sum of the losses of the steps
(rec_loss,) = real("reconstruction")  # the loss of the decoder
(sum_so_far,) = real("L")  # the sum of the first terms of the discrete loss
(t_new,) = positive("t'")  # a new time between s and t
(reach,) = positive("reach")  # what a linear model multiplies a latent by, for its mean
