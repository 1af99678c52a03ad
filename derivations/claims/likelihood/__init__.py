"""Likelihoods: bits per dimension, the flow's density, the optimal bound."""
