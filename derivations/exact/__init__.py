"""Exact values of the variational bound with the best denoiser, in proved balls, for laws for which it is known.

`lattice` and `line` enclose what is seen through noise, `cells` DDPM's decoder, `laws`, `schedules` and `variances`
name the data, the paths and the reverse steps, `terms` puts the bound together, `reading` takes a problem as it is
written, and `tables` keeps what takes long.
"""
