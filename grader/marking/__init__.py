"""A notebook is run, and what came of it is judged where no learner's code has been."""
