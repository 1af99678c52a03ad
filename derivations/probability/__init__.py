"""Objects of probability that statements are made of: densities, normal laws, expectations, smooth functions."""
