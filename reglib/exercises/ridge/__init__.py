"""The assignment of the chapter on penalties and ridge."""

PLACE = 2  # among the assignments
AVAILABLE = ("check", "data", "widgets.tune")  # modules of reglib that its learner may import
