"""The symbols that only claims of the family `solvable` use."""

from derivations.symbols.core import positive, real

w_aa, w_ab, w_ba, w_bb = positive("w_aa w_ab w_ba w_bb")  # the weight of a pair of two levels
(z_2,) = real("z_2")  # the latent of the second component of a mixture
(component,) = positive("component")  # the number of a component of a mixture
(c_hat,) = positive("c_hat")  # the variance of the data that a model was made for
(mass,) = positive("mass")  # the sum of the densities of the points so far, at z_t
(other,) = real("other")  # any other point
(mse,) = positive("mse")  # a mean squared error that is allowed
