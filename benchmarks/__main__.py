"""Time every comparison, print the table, and write it as Markdown into `_build/bench/`."""

import argparse
import os
import platform
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sklearn

import reglib
from benchmarks import desk, explorers, grader
from benchmarks.comparisons import COMPARISONS, COURSE, SIMULATED, simulated
from benchmarks.table import Cell, seconds, tables
from reglib.repository import path


def exponent(sizes: list[float], times: list[float]) -> float:
    """Return the slope of log time over log size."""
    return float(reglib.least_squares(np.log(sizes)[:, None], np.log(times))[0][0])


def growth(repeats: int, factor: float) -> list[str]:
    """Return a table of times as one size grows, and the fitted exponents."""

    def fastest(call: Callable[..., object], *arguments: object) -> float:
        return min(seconds(lambda: call(*arguments)) for _ in range(repeats))

    def data(n: float, p: float) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(0)
        X = rng.normal(size=(int(n), int(p)))
        return X, X[:, :5] @ np.ones(5) + rng.normal(size=int(n))

    lines = [
        "| what grows | sizes | milliseconds | exponent |",
        "|---|---|---|---:|",
    ]

    def row(what: str, sizes: list[float], times: list[float]) -> None:
        shown = ", ".join(f"{size:g}" for size in sizes)
        spent = ", ".join(f"{1000 * t:.3g}" for t in times)
        lines.append(f"| {what} | {shown} | {spent} | {exponent(sizes, times):.2f} |")

    lams = np.geomspace(1, 1e-3, 100)
    rows = [factor * n for n in (2000, 4000, 8000, 16000, 32000)]
    fits = [data(n, 50) for n in rows]
    row(
        "ridge path, n rows, p = 50",
        rows,
        [fastest(reglib.ridge_path, *d, lams) for d in fits],
    )
    columns = [factor * p for p in (50, 100, 200, 400, 800)]
    fits = [data(2000 * factor, p) for p in columns]
    row(
        f"ridge path, p features, n = {2000 * factor:g}",
        columns,
        [fastest(reglib.ridge_path, *d, lams) for d in fits],
    )
    fits = [data(2 * p, p) for p in columns[:4]]
    row(
        "lasso path, number of knots, n = 2p",
        [len(reglib.lasso_knots(*d).lams) for d in fits],
        [fastest(reglib.lasso_knots, *d) for d in fits],
    )
    wide = data(200 * factor, 2000 * factor)
    ends = reglib.lambda_grid(*wide, num=1) * [0.3, 0.1, 0.03, 0.01]
    row(
        "lasso path, number of knots, as λ_min falls, p = 10n",
        [len(reglib.lasso_knots(*wide, end).lams) for end in ends],
        [fastest(reglib.lasso_knots, *wide, end) for end in ends],
    )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=7, help="pairs of runs, at least (default 7)")
    parser.add_argument("--only", default="", help="only tasks whose name contains this")
    parser.add_argument("--quick", action="store_true", help="one small shape: to see that it runs")
    table = path("_build", "bench", "benchmarks.md")
    parser.add_argument("--output", type=Path, default=table, help="Markdown file")
    options = parser.parse_args()
    problems = [simulated(60, 5)] if options.quick else [make() for make in COURSE + SIMULATED]
    tasks = [task for task in COMPARISONS if options.only in task.name]
    if not tasks:
        names = "\n  ".join(task.name for task in COMPARISONS)
        sys.exit(f"--only {options.only!r} matches no task: pass a part of one of these\n  {names}")
    warnings.simplefilter("ignore")
    load = os.getloadavg()[0]

    def show(cell: Cell) -> None:
        print(
            f"{cell.name:55} {cell.problem:27} ratio {cell.ratio:8.2f}  "
            f"ours {1000 * cell.ours:9.2f} ms  "
            f"error {cell.error:.0e} against {cell.their_error:.0e}",
            flush=True,
        )

    patience = 0.0 if options.quick else 3.0
    ratios, accuracy, lost = tables(tasks, problems, options.pairs, patience, show)
    unfair = [f"- † {task.name}: {task.unfair}." for task in tasks if task.unfair]
    text = [
        "How many times as long scikit-learn takes: the median over at least "
        f"{options.pairs} interleaved pairs of runs, in processor time with one thread. Above 1, "
        "reglib is faster.",
        "",
        *ratios,
        "",
        "Unfair to scikit-learn:" if unfair else "",
        "",
        *unfair,
        "",
        "Where scikit-learn's compiled loops are faster:" if lost else "",
        "",
        *[f"- {line}." for line in lost],
        "",
        "The largest violation of the optimality conditions by the solutions found, ours / theirs, "
        "as a share of the largest gradient at w = 0; both with their default tolerances. For "
        "cross-validation it is that of the refit at the λ chosen.",
        "",
        *accuracy,
        "",
        "How the time grows, with the exponent fitted on a log scale:",
        "",
        *growth(1 if options.quick else 5, 0.1 if options.quick else 1.0),
        "",
        f"Measured with Python {platform.python_version()}, NumPy {np.__version__}, scikit-learn "
        f"{sklearn.__version__}, {os.cpu_count()} cores ({platform.machine()}), load average "
        f"{load:.1f} at the start. The first rows are the course's own data; what is simulated has "
        "independent normal features, ten of which matter.",
        "",
    ]
    if not options.quick and not options.only:
        text += [*explorers.report(options.pairs), "", *desk.report(), "", *grader.report()]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text("\n".join(text), encoding="utf-8")
    print("\n" + "\n".join(text) + f"\nwritten to {options.output}")


if __name__ == "__main__":
    main()
