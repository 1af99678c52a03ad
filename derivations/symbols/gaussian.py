"""The symbols that only claims of the family `gaussian` use."""

from derivations.symbols.core import positive, real

nu_1, nu_2 = real("nu_1 nu_2")  # the second coordinate of the mean of one of two normals in the plane
# an entry on the diagonal of the lower triangular root of one of two covariances
a_1, a_2, d_1, d_2 = positive("a_1 a_2 d_1 d_2")
c_1, c_2 = real("c_1 c_2")  # the entry below the diagonal of the root of one of two covariances
