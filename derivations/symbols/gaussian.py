"""The symbols that only claims of the family `gaussian` use."""

from derivations.symbols.core import positive, real

nu_1, nu_2 = real("nu_1 nu_2")  # the second coordinates of the means of two normals in the plane
# the diagonals of L_1 and L_2, lower triangular roots of two covariances
a_1, a_2, d_1, d_2 = positive("a_1 a_2 d_1 d_2")
c_1, c_2 = real("c_1 c_2")  # the entries of L_1 and L_2 below the diagonal
