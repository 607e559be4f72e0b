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

from grader.sandbox import walls


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
        with Client(scheduler) as client:
            yield client
        return
    dask.config.set({"distributed.worker.preload": ["grader.marking.work"]})
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
    cores = dask.system.CPU_COUNT
    workers = args.workers or min(cores, len(args.student or range(cores)))
    with cluster(args.scheduler, workers) as client:
        grade(args, client)


def grade(args: argparse.Namespace, client: Client) -> None:
    # Imported only now, as nbgrader takes about as long as the workers take to start.
    from sqlalchemy.exc import SAWarning

    from grader.results.marks import handed_in
    from grader.writer import Run

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
            walls.require()
        except walls.NoSandbox as problem:
            raise SystemExit(str(problem)) from None
    with alone("."):
        run.go(client, students, args.force)
    done = len(students) - len(run.graded) - len(run.failed)
    print(f"{len(run.graded)} graded, {done} were already, {len(run.failed)} failed.")
    for student, why in run.failed.items():
        print(f"  {student}: {why}", file=sys.stderr)
    if run.failed:
        raise SystemExit(1)
