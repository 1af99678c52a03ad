"""The symbols that only claims of the family `forward` use."""

from derivations.symbols.core import positive, real

(x_3,) = real("x_3")  # the latent after three steps
# of the step from t to u, what z_t is multiplied by and the standard deviation of its noise
alpha_ut, sigma_ut = positive("alpha_ut sigma_ut")
(beta_s,) = positive("beta_s")  # the variance of the step before
(m_t,) = real("m_t")  # the mean of x_t, whatever it is
(v_t,) = positive("v_t")  # the variance of x_t, whatever it is
