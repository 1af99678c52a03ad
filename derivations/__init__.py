"""Paper, claim, proof, evidence, certificate: the mathematics of diffusion models, checked."""
