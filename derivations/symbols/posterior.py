"""The symbols that only claims of the family `posterior` use."""

from derivations.symbols.core import positive, real

(gap,) = positive("gap")  # gamma_t - gamma_s
z_phi, v_phi = real("z_phi v_phi")  # a latent and its velocity on a circle of a given angle
