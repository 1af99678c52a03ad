"""The symbols that only claims of the family `likelihood` use."""

from derivations.symbols.core import positive, real

(stretch,) = positive("stretch")  # what a change of scale multiplies by
(level_l,) = real("l")  # a level
(dF,) = real("dF")  # the slope of a velocity in z
(deps,) = real("deps")  # the slope in z of eps_hat
(dx,) = real("dx")  # the slope in z of x_hat
(dn,) = real("d'")  # the slope of alpha^2 + sigma^2 in t
(dv,) = real("dv")  # the slope of v in z
# an entry of a matrix
a_11, a_12, a_13, a_21, a_22, a_23, a_31, a_32, a_33 = real("a_11 a_12 a_13 a_21 a_22 a_23 a_31 a_32 a_33")
v_1, v_2, v_3 = real("v_1 v_2 v_3")  # a coordinate of a random vector
prior_a, prior_b = positive("prior_a prior_b")  # the probabilities of two classes before x is seen
p_xa, p_xb = positive("p_xa p_xb")  # the densities of x given each of two classes
slack_a, slack_b = real("slack_a slack_b")  # what a bound exceeds -log p(x | class) by, for each of two classes
(normaliser,) = positive("Z")  # what a density is divided by, so that its integral is 1
(elsewhere,) = real("x'")  # another place than x
share_1, share_2 = positive("share_1 share_2")  # the weight of one of the components of a mixture
p_real, p_fake = positive("p_real p_fake")  # the densities of data and of generated samples at a point
(guess,) = positive("D")  # the probability that a discriminator gives to a sample being real
