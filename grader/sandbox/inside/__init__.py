"""The part of the grader that stands in the sandbox. No other file of it is seen there."""
