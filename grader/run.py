"""Grade all submissions of an assignment: many workers run notebooks, one writer keeps marks."""

import argparse
import contextlib
import fcntl
import logging
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import dask
from distributed import Client, LocalCluster
from sqlalchemy.exc import SAWarning
from traitlets import TraitError

from grader.course import handed_in
from grader.sandbox import walls
from grader.submission.release import ReleaseError
from grader.trouble import printable
from grader.writer import Run


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
def cluster(scheduler: str | None, workers: int) -> Iterator[Client]:
    """Connect to a Dask scheduler, or to one of our own whose workers are starting meanwhile."""
    dask.config.set({"distributed.scheduler.allowed-failures": 10})
    # Dask keeps the last thousand messages: in ours are whole notebooks.
    dask.config.set({"distributed.admin.low-level-log-length": 10})
    if scheduler:
        try:
            client = Client(scheduler)
        except (OSError, ValueError) as error:
            raise SystemExit(f"No Dask scheduler answers at {scheduler} ({error}).") from None
        with client:
            yield client
        return
    dask.config.set({"distributed.worker.preload": ["grader.lean", "grader.marking.work"]})
    with (
        LocalCluster(
            n_workers=0,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.ERROR,
        ) as local,
        Client(local) as client,
    ):
        local.scale(workers)
        yield client


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
        "--scheduler", metavar="tcp://HOST:PORT", help="use the workers of this Dask scheduler"
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
        if run.sandboxed:
            walls.require()
    except (LookupError, ReleaseError, TraitError, walls.NoSandbox) as problem:
        raise SystemExit(problem.args[0]) from None
    workers = args.workers or min(dask.system.CPU_COUNT, len(students))
    with alone("."), cluster(args.scheduler, workers) as client:
        run.go(client, students, args.force)
    done = len(students) - len(run.graded) - len(run.failed)
    print(f"{len(run.graded)} graded, {done} were already, {len(run.failed)} failed.")
    for student, why in run.failed.items():
        print(f"  {printable(student)}: {why}", file=sys.stderr)
    if run.failed:
        raise SystemExit(1)


def chosen(run: Run, students: list[str] | None) -> list[str]:
    """Return whom to grade: these, or all; raise `LookupError` if one has handed in nothing."""
    known = sorted(handed_in(run.course, run.name))
    for student in students or []:
        if student not in known:
            raise LookupError(f"{student} has handed in nothing for {run.name}.")
    if not known:
        raise LookupError(f"Nobody has handed in anything for {run.name}.")
    return students or known
