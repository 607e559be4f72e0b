"""Runs and marks submissions, away from what learners see."""
