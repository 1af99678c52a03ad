"""Tests of the claims by each engine, of the package, and of the guards that must fail on wrong inputs."""
