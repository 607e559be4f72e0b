"""Time comparisons in pairs, and lay out what came of them."""

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.comparisons import Comparison, Problem, violation


@dataclass(frozen=True)
class Cell:
    """One task on one problem: the ratio of theirs to ours, our seconds, both errors."""

    name: str
    problem: str
    ratio: float
    ours: float
    error: float
    their_error: float


def seconds(call: Callable[[], object]) -> float:
    """Return the processor time of one call: with one thread, the wall time of a quiet machine."""
    start = time.process_time()
    call()
    return time.process_time() - start


def compare(
    task: Comparison, problem: Problem, pairs: int, patience: float = 0.0
) -> tuple[float, float]:
    """Return the median of theirs / ours, and of ours in seconds, over interleaved pairs.

    Quick tasks are given up to five times as many pairs, within `patience` seconds.
    """
    task.ours(problem), task.theirs(problem)
    ratios, ours, begin = [], [], time.perf_counter()
    while len(ratios) < pairs or (
        len(ratios) < 5 * pairs and time.perf_counter() - begin < patience
    ):
        ours.append(seconds(lambda: task.ours(problem)))
        ratios.append(seconds(lambda: task.theirs(problem)) / ours[-1])
    return float(np.median(ratios)), float(np.median(ours))


def tables(
    tasks: Sequence[Comparison],
    problems: Sequence[Problem],
    pairs: int,
    patience: float = 0.0,
    show: Callable[[Cell], None] = lambda cell: None,
) -> tuple[list[str], list[str], list[str]]:
    """Return two Markdown tables, of ratios and of errors, with a row for each task.

    The third list says, for each task, on which problems scikit-learn is the faster one. Each cell
    is given to `show` when it is known.
    """
    head = ["| | " + " | ".join(problem.name for problem in problems) + " |"]
    head.append("|---|" + "---:|" * len(problems))
    ratios, errors, lost = list(head), list(head), []
    gc.disable()
    for task in tasks:
        cells = []
        for problem in problems:
            ratio, ours = compare(task, problem, pairs, patience)
            pair = (
                violation(problem, side(problem), task.l1_ratio)
                for side in (task.ours, task.theirs)
            )
            cells.append(Cell(task.name, problem.name, ratio, ours, *pair))
            show(cells[-1])
        mark = " †" if task.unfair else ""
        ratios.append(f"| {task.name}{mark} | {' | '.join(f'{c.ratio:.3g}' for c in cells)} |")
        pairs_of = " | ".join(f"{c.error:.0e} / {c.their_error:.0e}" for c in cells)
        errors.append(f"| {task.name} | {pairs_of} |")
        slower = [f"{c.problem} ({1 / c.ratio:.2g} times as fast)" for c in cells if c.ratio < 1]
        if slower:
            lost.append(f"{task.name}: {', '.join(slower)}")
        gc.collect()
    gc.enable()
    return ratios, errors, lost
