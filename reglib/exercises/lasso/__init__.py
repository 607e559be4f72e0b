"""The assignment of the chapter on the lasso and the elastic net."""

PLACE = 3  # among the assignments
AVAILABLE = ("check", "data", "widgets.tune", "written")  # what its learner may import of reglib
