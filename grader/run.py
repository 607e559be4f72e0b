"""Grade all submissions of an assignment: many workers run notebooks, one writer keeps marks."""

import argparse
import contextlib
import fcntl
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy.exc import SAWarning
from traitlets import TraitError

from grader.cluster import NoCluster, cluster
from grader.course import handed_in
from grader.pool import Pool, cores
from grader.record import home
from grader.sandbox import walls
from grader.sandbox.kernel import require_short
from grader.submission.release import ReleaseError
from grader.trouble import printable
from grader.writer import Run, Workers


@contextlib.contextmanager
def alone(root: Path | str) -> Iterator[None]:
    """Let one run at a time write to the gradebook of a course."""
    path = home(root) / "run.lock"
    with open(path, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("Another run is at work on this gradebook: wait for it.") from None
        yield


def positive(text: str) -> int:
    """Return a number from the command line."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", metavar="ASSIGNMENT", help="such as: ridge")
    parser.add_argument(
        "--student", metavar="ID", action="append", help="only this one; may be given repeatedly"
    )
    parser.add_argument("--force", action="store_true", help="grade again what is already graded")
    parser.add_argument("--workers", metavar="N", type=positive, help="default: one for each core")
    parser.add_argument(
        "--scheduler", metavar="tls://HOST:PORT", help="use the workers of this Dask scheduler"
    )
    parser.add_argument(
        "--unsandboxed",
        action="store_true",
        help="DANGEROUS: run submissions with all your own rights. It is put on record.",
    )


def main(args: argparse.Namespace) -> None:
    warnings.filterwarnings("ignore", category=SAWarning)  # nbgrader's own way with SQLAlchemy
    try:
        run = Run(".", args.assignment, sandboxed=False if args.unsandboxed else None)
        students = chosen(run, args.student)
        require_short()
        if run.sandboxed:
            walls.require()
    except (LookupError, ReleaseError, TraitError, walls.NoSandbox) as problem:
        raise SystemExit(problem.args[0]) from None
    number = min(args.workers or cores(), len(students))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # workers end before the run does
    try:
        with alone("."), workers(args.scheduler, number) as them:
            run.go(them, students, args.force)
    except NoCluster as problem:
        raise SystemExit(str(problem)) from None
    except KeyboardInterrupt:
        raise SystemExit("Stopped. The same command goes on with what is left.") from None
    done = len(students) - len(run.graded) - len(run.failed)
    print(f"{len(run.graded)} graded, {done} were already, {len(run.failed)} failed.")
    for student, why in run.failed.items():
        print(f"  {printable(student)}: {why}", file=sys.stderr)
    if run.failed:
        raise SystemExit(1)


def workers(scheduler: str | None, number: int) -> contextlib.AbstractContextManager[Workers]:
    """Those of a cluster, or as many of our own."""
    return cluster(scheduler) if scheduler else Pool(number)


def chosen(run: Run, students: list[str] | None) -> list[str]:
    """Return whom to grade: these, or all; raise `LookupError` if one has handed in nothing."""
    known = sorted(handed_in(run.course, run.name))
    for student in students or []:
        if student not in known:
            raise LookupError(f"{student} has handed in nothing for {run.name}.")
    if not known:
        raise LookupError(f"Nobody has handed in anything for {run.name}.")
    return students or known
