"""How answers are judged, whatever was asked.

`entry` says what an exercise is made of. `run` calls a learner's function and brings back plain
data; it is the only part that must stand where her code is. `judge` compares that data with the
reference, and `tell` puts the verdict into words. What is asked stands in `reglib.exercises`.
"""
