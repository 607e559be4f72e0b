"""How nbgrader finds and grades this course."""

import grader.plugins.fresh  # noqa: F401, so that formgrader sees what others mark
from grader.plugins.page import FILTERS

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

# nbgrader gives no points to a cell with anything on stderr. A check speaks by the number that it
# returns, so what a library or the kernel writes beside it is no reason for zero.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

# A check that is missing from a submission is put back and run, and cannot keep an older mark.
c.OverwriteCells.add_missing_cells = True

# What a learner wrote is read in formgrader and in feedback, and must not act there.
c.HTMLExporter.preprocessors = ["grader.plugins.page.Harmless"]
c.HTMLExporter.filters = FILTERS
c.HTMLExporter.sanitize_html = True
c.GenerateFeedback.exporter_class = "grader.plugins.page.FeedbackPage"

# The archives of Canvas and Moodle are unpacked with care, and their names understood.
c.ZipCollectApp.extractor_plugin = "grader.plugins.collect.Archives"
c.ZipCollectApp.collector_plugin = "grader.plugins.collect.Names"

# A submission is read with care, and built anew from the release, so nothing is left to sanitize.
c.Autograde.exporter_class = "grader.plugins.reader.Reader"
c.Autograde.sanitize_preprocessors = []

# Submissions run in a sandbox, and are judged in a process that no learner's code has been in.
c.Autograde.autograde_preprocessors = [
    "grader.plugins.execute.Execute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "grader.plugins.execute.SaveRecord",
]
