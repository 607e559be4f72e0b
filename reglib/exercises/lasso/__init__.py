"""The assignment of the chapter on the lasso and the elastic net."""

PLACE = 3  # among the assignments
AVAILABLE = ("check", "data", "widgets.tune")  # modules of reglib that its learner may import
