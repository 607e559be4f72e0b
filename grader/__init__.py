"""Runs and marks submissions, away from what learners see.

What a line faces says in which room it stands: nbgrader (`plugins`), what a learner handed in
(`submission`), her code (`sandbox`, and `marking`, which judges what comes out), or the instructor
(`results`).
"""
