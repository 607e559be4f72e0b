"""Into the gradebook with what a worker has graded, by the way that nbgrader takes."""

from typing import Any

from nbgrader.converters import Autograde

from grader.marking.grade import Graded


class Ready(Autograde):
    """`nbgrader autograde` of one submission that has been run and judged already."""

    def __init__(self, graded: Graded, **settings: Any) -> None:
        super().__init__(**settings)
        self.graded, self.force = graded, True

    def init_notebooks(self) -> None:
        # nbgrader would look for notebooks by itself, and may find none or one of another name.
        record = self.graded.record
        folder = self._format_source(record.assignment, record.student)
        self.assignments = {folder: [f"{folder}/{record.notebook}.ipynb"]}
