"""Time the grader beside nbgrader's own autograde, let a class grow, and kill runs at random."""

import argparse
import contextlib
import copy
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
import numpy as np
import psutil
from nbgrader import api

from reglib.repository import path

ROOT = path()
STOCK = """
c.Autograde.exporter_class = "nbconvert.exporters.NotebookExporter"
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors." + name
    for name in ("Execute", "IgnorePattern", "LimitOutput", "SaveAutoGrades", "AssignLatePenalties")
]
"""


@contextlib.contextmanager
def course(students: int, short: bool = False) -> Iterator[Path]:
    """A course folder with as many submissions of `ridge`, each with nine tenths of the solutions.

    A short notebook has none but the graded cells.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = nbformat.read(ROOT / "solutions/ridge/ridge.ipynb", 4)
        if short:
            source.cells = [cell for cell in source.cells if "nbgrader" in cell.metadata]
        (root / "solutions/ridge").mkdir(parents=True)
        nbformat.write(source, root / "solutions/ridge/ridge.ipynb")
        shutil.copy(ROOT / "nbgrader_config.py", root)
        command(root, "nbgrader", "generate_assignment", "ridge")
        release = nbformat.read(root / "exercises/ridge/ridge.ipynb", 4)
        answers = {cell.id: cell.source for cell in source.cells if _is_answer(cell)}
        chance = random.Random(0)
        for i in range(students):
            notebook = copy.deepcopy(release)
            for cell in notebook.cells:
                if cell.id in answers and chance.random() < 0.9:
                    cell.source = answers[cell.id]
            place = root / f"submitted/s{i:05d}/ridge"
            place.mkdir(parents=True)
            nbformat.write(notebook, place / "ridge.ipynb")
        yield root


def _is_answer(cell: nbformat.NotebookNode) -> bool:
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def environment() -> dict[str, str]:
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([scripts, os.environ["PATH"]])}


def command(root: Path, *arguments: str) -> float:
    """Run a Python module in a course folder; return the seconds it takes."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=root,
        env=environment(),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - start


def throughput(students: int, pairs: int, short: bool) -> str:
    """Stock nbgrader and the grader on the same submissions, one after the other, interleaved."""
    ratios, ours, stock = [], [], []
    with course(students, short) as root, course(students, short) as other:
        with open(other / "nbgrader_config.py", "a", encoding="utf-8") as file:
            file.write(STOCK)
        for _ in range(pairs):
            ours.append(command(root, "grader", "run", "ridge", "--force"))
            stock.append(command(other, "nbgrader", "autograde", "ridge", "--force"))
            ratios.append(stock[-1] / ours[-1])
    which = "its graded cells alone" if short else "whole"
    return (
        f"| {which} | {students} | {np.median(stock):.1f} | {np.median(ours):.1f} "
        f"| {np.median(ratios):.2f} | {students / np.median(ours):.2f} |"
    )


def growth(students: int) -> str:
    """The seconds of a run and the most memory of its writer."""
    with course(students, short=True) as root:
        start = time.perf_counter()
        run = _start(root)
        most = 0
        while run.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                most = max(most, psutil.Process(run.pid).memory_info().rss)
            time.sleep(0.1)
        seconds = time.perf_counter() - start
        if run.returncode:
            raise RuntimeError("the run failed")
    return f"| {students} | {seconds:.1f} | {students / seconds:.2f} | {most / 2**20:.0f} |"


def _start(root: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "run", "ridge"],
        cwd=root,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def marks(root: Path, url: str) -> list[tuple]:
    """Everything that a gradebook says of marks and comments."""
    rows = []
    with api.Gradebook(url) as book:
        for notebook in book.db.query(api.SubmittedNotebook):
            student = notebook.assignment.student.id
            for grade in notebook.grades:
                what = (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                rows.append((student, grade.name, *what))
            rows += [(student, c.name, c.auto_comment) for c in notebook.comments]
    return sorted(rows, key=str)


def crashes(students: int, kills: int, url: str | None) -> str:
    """Kill workers and writer at random moments; compare with the gradebook of a run in peace.

    `url` is a database for the disturbed run; SQLite in the course folder if there is none.
    """
    chance = random.Random(1)
    with course(students, short=True) as root:
        command(root, "grader", "run", "ridge")
        undisturbed = marks(root, f"sqlite:///{root}/gradebook.db")
        shutil.rmtree(root / "autograded")
        shutil.rmtree(root / ".grader/verdicts")
        (root / "gradebook.db").unlink()
        if url:
            with open(root / "nbgrader_config.py", "a", encoding="utf-8") as file:
                file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
        command(root, "nbgrader", "generate_assignment", "ridge", "--force")
        killed = {"worker": 0, "writer": 0}
        run = _start(root)
        while run.poll() is None:
            time.sleep(chance.uniform(2, 8))
            if run.poll() is not None or sum(killed.values()) >= kills:
                continue
            workers = [p for p in psutil.Process(run.pid).children() if "spawn" in str(p.cmdline())]
            if workers and chance.random() < 0.5:
                chance.choice(workers).send_signal(signal.SIGKILL)
                killed["worker"] += 1
            else:
                run.kill()
                run.wait()
                killed["writer"] += 1
                run = _start(root)
        same = marks(root, url or f"sqlite:///{root}/gradebook.db") == undisturbed
    kind = "PostgreSQL" if url else "SQLite"
    verdict = "the same, cell by cell" if same and run.returncode == 0 else "DIFFERENT"
    return f"| {kind} | {students} | {killed['worker']} | {killed['writer']} | {verdict} |"


def report(
    students: int = 24,
    pairs: int = 3,
    sizes: Sequence[int] = (24, 100, 250, 500),
    crashed: int = 200,
    urls: Sequence[str | None] = (None,),
) -> Iterator[str]:
    """The lines of the tables, one by one as they are known."""
    yield (
        "Submissions of `ridge` with nine tenths of the solutions: `nbgrader autograde` as it "
        "comes, which runs one notebook after the other with the rights of the instructor, and "
        "`python -m grader run`, sandboxed and judged outside. Most of what the whole notebook "
        "takes is its own arithmetic, which is the same for both. The grader draws the figures "
        "that are kept, and each once; nbgrader draws them twice, and those of sliders too. Wall "
        f"time, medians over {pairs} interleaved runs."
    )
    yield ""
    yield "| notebook | submissions | nbgrader autograde, s | grader run, s | ratio | a second |"
    yield "|---|---:|---:|---:|---:|---:|"
    yield throughput(students, pairs, short=False)
    yield throughput(students, pairs, short=True)
    yield ""
    if sizes:
        yield "As a class grows, with the graded cells of the notebook alone:"
        yield ""
        yield "| submissions | seconds | a second | writer's memory, MB |"
        yield "|---:|---:|---:|---:|"
        yield from map(growth, sizes)
        yield ""
    if crashed:
        yield "The gradebook of a run whose workers and writer are killed at random moments:"
        yield ""
        yield "| gradebook | submissions | workers killed | writers killed | as a run in peace |"
        yield "|---|---:|---:|---:|---|"
        for url in urls:
            yield crashes(crashed, 12, url)
        yield ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grader", description=__doc__)
    parser.add_argument("--students", type=int, default=24)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[24, 100, 250, 500])
    parser.add_argument("--crashed", type=int, default=200)
    parser.add_argument("--postgresql", help="URL of an empty database for a second crash test")
    args = parser.parse_args()
    urls = [None, args.postgresql] if args.postgresql else [None]
    for line in report(args.students, args.pairs, args.sizes, args.crashed, urls):
        print(line, flush=True)


if __name__ == "__main__":
    main()
