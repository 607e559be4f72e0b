"""The assignment of the chapter on overfitting and underfitting."""

PLACE = 1  # among the assignments
AVAILABLE = ("check", "data", "widgets.tune")  # modules of reglib that its learner may import
