"""The assignment of the chapter on overfitting and underfitting."""

PLACE = 1  # among the assignments
AVAILABLE = ("check", "data", "widgets.choose", "written")  # what its learner may import of reglib
