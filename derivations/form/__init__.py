"""The form of a claim: its statements, their richer forms, answers, experiments and verdicts."""
