"""The objects of probability in statements: densities, normal laws, expectations and smooth functions."""
