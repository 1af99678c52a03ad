"""A simulated device, kept on the CPU, which refuses what a GPU refuses, so that no GPU is needed to see it."""
