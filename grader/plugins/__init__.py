"""All that nbgrader calls, and all that reaches into it.

Whoever moves to another version of nbgrader looks here, and nowhere else.
"""
