"""The assignment of the chapter on penalties and ridge."""

PLACE = 2  # among the assignments
AVAILABLE = ("check", "data", "widgets.tune", "written")  # what its learner may import of reglib
