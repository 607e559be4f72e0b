"""Runs and marks submissions, away from what learners see.

Ask of a line what it faces: nbgrader (then it stands in `plugins`), what a learner handed in
(`submission`), her code (`sandbox`, and `marking`, which judges what comes out), or the instructor
(`results`). What leads from room to room has none: the commands (`run`, `doctor`), the one writer
to the gradebook (`writer`), and what all know of a course folder (`course`, `record`).
"""
