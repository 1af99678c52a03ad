"""The symbols that only claims of the family `posterior` use."""

from derivations.symbols.core import positive, real

(gap,) = positive("gap")  # gamma_t - gamma_s
(z_phi,) = real("z_phi")  # the latent at the angle phi of a variance-preserving process
(v_phi,) = real("v_phi")  # its velocity at the angle phi
