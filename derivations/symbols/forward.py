"""The symbols that only claims of the family `forward` use."""

from derivations.symbols.core import positive, real

(alpha_ut,) = positive("alpha_ut")  # what z_t is multiplied by in the step from t to u
(sigma_ut,) = positive("sigma_ut")  # the standard deviation of the noise of the step from t to u
(beta_s,) = positive("beta_s")  # the variance of the step before
(m_t,) = real("m_t")  # the mean of x_t, whatever it is
(v_t,) = positive("v_t")  # the variance of x_t, whatever it is
