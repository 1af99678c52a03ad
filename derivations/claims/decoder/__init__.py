"""Decoders: the likelihood of a level given the first latent."""
