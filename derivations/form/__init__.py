"""What a claim is: statements, their forms, answers, experiments, verdicts."""
