"""Data for which the best denoiser is known."""
