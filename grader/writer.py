"""The one process that writes to the gradebook: gives out submissions, takes in what they got.

A worker is given all that it needs and answers with a graded notebook. A submission is done when
the gradebook has the marks of its record, which is written last; a run that was killed goes on with
those that are not done.
"""

import hashlib
import itertools
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, replace
from pathlib import Path
from typing import Protocol

import nbformat
from nbgrader.utils import temp_attrs
from tqdm import tqdm

import reglib
from grader import course, marking, record, sandbox, submission, trouble
from grader.marking.grade import Graded, Job, seeds
from grader.marking.work import work
from grader.plugins.execute import Execute
from grader.plugins.kept import kept
from grader.plugins.ready import Ready
from grader.record import Record
from grader.results.marks import gradebook_of, of_checks, patient
from grader.sandbox import walls
from grader.submission.folder import listing, take
from grader.submission.repair import repair_file, with_remarks

log = logging.getLogger(__name__)

# Any file of theirs may decide on a mark.
JUDGES = [Path(package.__file__).parent for package in (reglib, submission, marking, sandbox)]


class Workers(Protocol):
    """Who does jobs elsewhere: of any number, which may change meanwhile."""

    def number(self) -> int: ...
    def submit(self, do: Callable[[Job], Graded], job: Job) -> "Future[Graded]": ...


class Run:
    """One run over the submissions of an assignment in a course folder.

    Raises `ReleaseError` if the assignment cannot be graded, `LookupError` if no gradebook has it.
    """

    def __init__(self, root: Path | str, name: str, sandboxed: bool | None = None) -> None:
        self.course, self.name = course.course_at(root), name
        self.config = self.course.parent.config  # its own was read before the file
        self.course.db_url = patient(self.course.db_url)
        self.release = course.released(self.course, name, name)
        settings = Execute.of(self.config)
        self.sandboxed = settings.sandboxed if sandboxed is None else sandboxed
        self.limits = settings.given_limits()
        with gradebook_of(self.course) as gradebook:
            self.marks = of_checks(gradebook, name)
        self.secret = course.secret(self.course)
        ours = course.source(self.course, name)
        self.files = take(ours, ours).files  # that stand beside every notebook
        self.basis = self._basis()
        self.graded: dict[str, Record] = {}
        self.failed: dict[str, str] = {}

    def jobs(self, students: Sequence[str], force: bool) -> Iterator[Job]:
        """What is to be done for these students; nothing for those who are done."""
        for student in students:
            if why := course.unfit(student):
                self.failed[student] = why
                continue
            try:
                job = self._job(student)
                if not force and (found := self._done(student, job.key)):
                    if found.submission != job.submission:  # the same work, in another file
                        record.save(replace(found, submission=job.submission), self.course.root)
                    continue
            except Exception as error:
                self._fail(student, error)
                continue
            for remark in job.remarks:
                log.warning("%s: %s", student, remark.text)
            yield job

    def _job(self, student: str) -> Job:
        folder = Path(self.course.format_path(self.course.submitted_directory, student, self.name))
        path = folder / f"{self.release.name}.ipynb"
        repaired = repair_file(self.release, path, course.submissions(self.course))
        files = {**repaired.files, **self.files}
        cells = with_remarks(repaired)
        notebook = nbformat.writes(cells)
        return Job(
            self.release,
            notebook,
            student,
            seeds(self.secret, student, self.release, cells, files),
            files,
            repaired.remarks,
            self._key(notebook, files),
            repaired.submission,
            self.limits,
            self.sandboxed,
        )

    def _fail(self, student: str, error: Exception) -> None:
        """Go on without this student, unless it is as bad for everybody else: then raise it."""
        if trouble.is_for_all(error):
            raise error
        text = trouble.sentence(error)
        if not text:
            log.error("The submission of %s was not graded.", student, exc_info=error)
        self.failed[student] = text or f"{type(error).__name__}: {error}"

    def _basis(self) -> bytes:
        """What every outcome depends on, besides the submission."""
        facts = [asdict(self.limits), self.sandboxed, sys.version, walls.versions()]
        parts = [nbformat.writes(self.release.notebook), json.dumps(facts), *map(digest, JUDGES)]
        return self.secret + "\0".join(parts).encode("utf-8", "replace")

    def _key(self, notebook: str, files: dict[str, bytes]) -> str:
        """A hash of all that one outcome depends on."""
        text = f"\0{notebook}".encode("utf-8", "replace")
        return hashlib.sha256(self.basis + text + listing(files)).hexdigest()

    def _done(self, student: str, key: str) -> Record | None:
        """The record of a student, if it says that there is nothing to do."""
        folder = Path(self.course.format_path(self.course.autograded_directory, student, self.name))
        try:
            found = record.load(self.course.root, self.name, student)
        except ValueError:
            return None
        if not found or found.key != key or student not in self.marks:
            return None
        same = all(self.marks[student].get(e.cell) == e.points for e in found.exercises)
        return found if same and (folder / f"{self.release.name}.ipynb").exists() else None

    def write(self, graded: Graded) -> None:
        """Have nbgrader put a graded submission into the gradebook; then say that it is done."""
        done = graded.record
        record.place(self.course.root, self.name, done.student).unlink(missing_ok=True)
        with temp_attrs(self.course, assignment_id=self.name, student_id=done.student):
            converter = Ready(graded, coursedir=self.course, config=self.config)
            converter.log = log
            converter.start()
        record.save(done, self.course.root)
        self.graded[done.student] = done

    def go(self, workers: Workers, students: Sequence[str], force: bool = False) -> None:
        """Grade these students, never holding more than a few submissions at once."""
        jobs = self.jobs(students, force)
        under_way: dict[Future[Graded], str] = {}
        left = len(students)
        with (
            kept(self.course.db_url),
            tqdm(total=left, desc=self.name, unit=" submissions", disable=None) as bar,
        ):

            def submit() -> None:
                ahead = 2 * workers.number() - len(under_way)
                for job in itertools.islice(jobs, max(0, ahead)):
                    under_way[workers.submit(work, job)] = job.student

            submit()
            while under_way:
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    student = under_way.pop(future)
                    try:
                        self.write(future.result())
                    except Exception as error:
                        self._fail(student, error)
                    bar.update()
                    submit()
            bar.update(bar.total - bar.n)


def digest(folder: Path) -> str:
    """A hash of all files in a folder, by name and content; what Python compiles does not count."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    told = [
        f"{path.relative_to(folder)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in files
        if "__pycache__" not in path.parts
    ]
    return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()
