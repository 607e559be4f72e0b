"""The assignment of the chapter on choosing λ by cross-validation."""

PLACE = 4  # among the assignments
AVAILABLE = ("check", "data", "widgets.tune", "written")  # what its learner may import of reglib
