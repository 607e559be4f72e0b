"""Into the gradebook with what a worker has graded, by the way that nbgrader takes."""

import shutil
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

    def convert_notebooks(self) -> None:
        """Put in this one submission, or raise what went wrong, with nothing half written.

        nbgrader's own way prints each error and raises another that does not say which it was.
        """
        record = self.graded.record
        (self.notebooks,) = self.assignments.values()
        try:
            if self.init_destination(record.assignment, record.student):
                self.init_assignment(record.assignment, record.student)
                for notebook in self.notebooks:
                    self.convert_single_notebook(notebook)
                self.set_permissions(record.assignment, record.student)
        except (Exception, KeyboardInterrupt):
            folder = self._format_dest(record.assignment, record.student)
            shutil.rmtree(folder, ignore_errors=True)
            raise
