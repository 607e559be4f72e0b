"""Grade all submissions of an assignment: many workers run notebooks, one writer keeps the marks.

A worker is given all that it needs and answers with a graded notebook. Only this process touches
the gradebook. A submission is done when its record is written, which is the last thing that happens
to it; a run that was killed goes on with those that are not done.
"""

import argparse
import contextlib
import fcntl
import hashlib
import inspect
import json
import logging
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import dask
import nbformat
from distributed import Client, LocalCluster, as_completed
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.utils import temp_attrs
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SAWarning
from tqdm import tqdm

from grader import course, execute, intake, record, sandbox
from grader.kept import kept
from grader.marks import handed_in
from grader.record import Record
from grader.repair import repair_file, with_remarks
from grader.work import Job, work

log = logging.getLogger(__name__)


class Run:
    """One run over the submissions of an assignment in a course folder."""

    def __init__(self, root: Path | str, name: str, sandboxed: bool | None = None) -> None:
        app = NbGrader()
        app.initialize([], root=str(Path(root).resolve()))
        self.course, self.config, self.name = app.coursedir, app.config, name
        self.course.db_url = patient(self.course.db_url)
        settings = execute.Execute(config=app.config)
        self.sandboxed = settings.sandboxed if sandboxed is None else sandboxed
        self.limits = settings.given_limits()
        self.secret = course.secret(self.course)
        self.release = course.released(self.course, name, name)
        ours = self.course.format_path(self.course.source_directory, ".", name)
        self.files = intake.take(ours, ours).files  # that stand beside every notebook
        self.basis = self._basis()
        self.graded: dict[str, Record] = {}
        self.failed: dict[str, str] = {}

    def jobs(self, students: Sequence[str], force: bool) -> Iterator[Job]:
        """What is to be done for these students; nothing for those who are done."""
        submitted = self.course.submitted_directory
        anchor = Path(self.course.root, submitted)
        for student in students:
            folder = Path(self.course.format_path(submitted, student, self.name))
            repaired = repair_file(self.release, folder / f"{self.release.name}.ipynb", anchor)
            files = {**repaired.files, **self.files}
            notebook = nbformat.writes(with_remarks(repaired))
            key = self._key(notebook, files)
            if force or not self._is_done(student, key):
                yield Job(
                    student,
                    notebook,
                    files,
                    repaired.remarks,
                    key,
                    self.release,
                    self.secret,
                    self.limits,
                    self.sandboxed,
                )

    def _basis(self) -> bytes:
        """What every outcome depends on."""
        parts = [
            nbformat.writes(self.release.notebook),
            inspect.getsource(import_module(f"reglib.checks.{self.name}")),
            json.dumps([asdict(self.limits), self.sandboxed]),
        ]
        return self.secret + "\0".join(parts).encode("utf-8", "replace")

    def _key(self, notebook: str, files: dict[str, bytes]) -> str:
        """A hash of all that one outcome depends on."""
        brought = json.dumps({name: data.hex() for name, data in sorted(files.items())})
        text = f"\0{notebook}\0{brought}".encode("utf-8", "replace")
        return hashlib.sha256(self.basis + text).hexdigest()

    def _is_done(self, student: str, key: str) -> bool:
        folder = Path(self.course.format_path(self.course.autograded_directory, student, self.name))
        try:
            found = record.load(self.course.root, self.name, student)
        except ValueError:
            return False
        return bool(found) and found.key == key and (folder / f"{self.release.name}.ipynb").exists()

    def write(self, notebook: str, graded: Record) -> None:
        """Have nbgrader put a graded submission into the gradebook; then say that it is done."""
        student = graded.student
        record.place(self.course.root, self.name, student).unlink(missing_ok=True)
        execute.finished[self.name, student, self.release.name] = notebook, graded
        with temp_attrs(self.course, assignment_id=self.name, student_id=student):
            converter = Autograde(coursedir=self.course, config=self.config)
            converter.force = True
            converter.log = log
            # It would look for notebooks by itself, and may find none or one of another name.
            folder = converter._format_source(self.name, student)
            converter.assignments = {folder: [f"{folder}/{self.release.name}.ipynb"]}
            converter.init_notebooks = lambda: None
            converter.start()
        record.save(graded, self.course.root)
        self.graded[student] = graded

    def go(self, client: Client, students: Sequence[str], force: bool = False) -> None:
        """Grade these students, never holding more than a few submissions at once."""
        jobs = self.jobs(students, force)
        waiting = as_completed(with_results=False)
        under_way = {}
        ahead = 2 * max(1, sum(client.nthreads().values()))
        left = len(students)
        with (
            kept(self.course.db_url),
            tqdm(total=left, desc=self.name, unit=" submissions", disable=None) as bar,
        ):

            def submit_next() -> bool:
                job = next(jobs, None)
                if job:
                    future = client.submit(work, job, pure=False, retries=2)
                    under_way[future] = job.student
                    waiting.add(future)
                return job is not None

            while len(under_way) < ahead and submit_next():
                pass
            for future in waiting:
                student = under_way.pop(future)
                try:
                    self.write(*future.result())
                except Exception as error:
                    log.exception("The submission of %s was not graded.", student)
                    self.failed[student] = f"{type(error).__name__}: {error}"
                future.release()
                bar.update()
                submit_next()
            bar.update(bar.total - bar.n)


def patient(db_url: str) -> str:
    """Have SQLite wait a minute for those who mark by hand meanwhile, and not only five seconds.

    >>> patient("sqlite:////course/gradebook.db")
    'sqlite:////course/gradebook.db?timeout=60'
    """
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or "timeout" in url.query:
        return db_url
    return url.update_query_dict({"timeout": "60"}).render_as_string(hide_password=False)


@contextlib.contextmanager
def alone(root: Path | str) -> Iterator[None]:
    """Let one run at a time write to the gradebook of a course."""
    path = Path(root, ".grader", "run.lock")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with open(path, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("Another run is at work on this gradebook: wait for it.") from None
        yield


@contextlib.contextmanager
def cluster(scheduler: str | None, workers: int | None) -> Iterator[Client]:
    """Connect to a Dask scheduler, or start one of our own with a worker for each core."""
    dask.config.set({"distributed.scheduler.allowed-failures": 10})
    if scheduler:
        with Client(scheduler) as client:
            yield client
        return
    with (
        LocalCluster(
            n_workers=workers or dask.system.CPU_COUNT,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.ERROR,
        ) as local,
        Client(local) as client,
    ):
        yield client


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="such as: ridge")
    parser.add_argument(
        "--student", metavar="ID", action="append", help="only this one; may be given repeatedly"
    )
    parser.add_argument("--force", action="store_true", help="grade again what is already graded")
    parser.add_argument("--workers", metavar="N", type=int, help="default: one for each core")
    parser.add_argument(
        "--scheduler", metavar="tcp://HOST:PORT", help="use the workers of this Dask scheduler"
    )
    parser.add_argument(
        "--unsandboxed",
        action="store_true",
        help="DANGEROUS: run submissions with all your own rights. It is put on record.",
    )


def main(args: argparse.Namespace) -> None:
    warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own way with SQLAlchemy
    run = Run(".", args.assignment, sandboxed=False if args.unsandboxed else None)
    known = sorted(handed_in(run.course, args.assignment))
    students = args.student or known
    for student in students:
        if student not in known:
            raise SystemExit(f"{student} has handed in nothing for {args.assignment}.")
    if not students:
        raise SystemExit(f"Nobody has handed in anything for {args.assignment}.")
    if run.sandboxed:
        try:
            sandbox.require()
        except sandbox.NoSandbox as problem:
            raise SystemExit(str(problem)) from None
    with alone("."), cluster(args.scheduler, args.workers) as client:
        run.go(client, students, args.force)
    done = len(students) - len(run.graded) - len(run.failed)
    print(f"{len(run.graded)} graded, {done} were already, {len(run.failed)} failed.")
    for student, why in run.failed.items():
        print(f"  {student}: {why}", file=sys.stderr)
    if run.failed:
        raise SystemExit(1)
