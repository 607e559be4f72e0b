"""How nbgrader finds and grades this course."""

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "regularization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# What a learner finds in place of a solution.
c.ClearSolutions.code_stub = {
    "python": "# Write your code here, in place of the next line.\n"
    'raise NotImplementedError("This function is not written yet.")'
}
c.ClearSolutions.text_stub = "*Write your answer here, in place of this line.*"

# A check ends after 10 seconds; this is for the cells in which a learner tries things out.
c.Execute.timeout = 60

# nbgrader gives no points to a cell with anything on stderr. A check speaks by the number that it
# returns, so what a library or the kernel writes beside it is no reason for zero.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

# A check that is missing from a submission is put back and run, and cannot keep an older mark.
c.OverwriteCells.add_missing_cells = True

# Feedback is a page that others open: scripts in a submission stay text.
c.HTMLExporter.sanitize_html = True
