"""What makes a course folder of ours one that nbgrader grades as it does any other."""

from patience import HANG

# Checks then run in the student's own kernel. nbgrader gives up on a slow one after seconds.
STOCK = f"""
c.Autograde.exporter_class = "nbconvert.exporters.NotebookExporter"
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors." + name
    for name in ("Execute", "IgnorePattern", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties")
]
c.Execute.timeout = c.Execute.startup_timeout = c.Execute.iopub_timeout = {HANG}
"""
