"""Noise schedules in closed form."""
