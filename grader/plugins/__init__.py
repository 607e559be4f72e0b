"""All that nbgrader calls, and all that reaches into it.

Whoever moves to another version of nbgrader looks here first. Elsewhere only its published modules
are imported, and none of its private names.
"""
