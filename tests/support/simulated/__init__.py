"""A device that no machine has, kept on the CPU: what a GPU would refuse is seen without one."""
