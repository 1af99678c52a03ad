"""The loss in continuous time, and what does not depend on the schedule."""
