"""Training: weighted losses, learned schedules, times of a batch."""
