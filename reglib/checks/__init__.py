"""How answers are judged, whatever was asked.

`entry` says what an exercise is made of. `run` calls a learner's function and brings back plain
data; it is the only part that must stand where her code is. `judge` compares that data with the
reference, and `trial` does both. `tell` says in parts and as text what a learner reads of a
verdict, `markup` as HTML, and `page` hands it to the page of the book. What is asked stands in
`reglib.exercises`.
"""
