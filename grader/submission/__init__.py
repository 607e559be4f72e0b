"""What came in, made good: whatever a learner handed in becomes a notebook that can be run."""
