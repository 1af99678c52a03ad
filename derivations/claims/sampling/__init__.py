"""Samplers: DDIM, flows and their solvers, Langevin's corrector."""
