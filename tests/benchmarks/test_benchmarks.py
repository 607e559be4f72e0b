"""The benchmarks compare like with like, run, and write the table that they promise."""

import subprocess
import sys

import pytest

from reglib.repository import path


def run(*options):
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *options], cwd=path(), capture_output=True, text=True
    )


def test_both_sides_solve_the_same_problem():
    """Both choose the same λ on the folds, and what they return solves the problem at theirs.

    scikit-learn refits with the alpha of the folds, where nλ counts fewer rows: 64 of 80, or 79.
    """
    code = """if True:
        import warnings
        from benchmarks.comparisons import COMPARISONS, simulated, violation
        warnings.simplefilter("ignore")
        problem = simulated(80, 5)
        factors = (1, 79 / 80, 64 / 80, 1, 1, 1, 64 / 80)
        for task, factor in zip(COMPARISONS, factors, strict=True):
            ours, theirs = list(task.ours(problem)), list(task.theirs(problem))
            assert len(ours) in (1, 100), task.name
            for (one, _, _), (other, _, _) in zip(ours, theirs, strict=True):
                assert abs(factor * one / other - 1) < 1e-9, task.name
            assert violation(problem, ours, task.l1_ratio) < 1e-8, task.name
            assert violation(problem, theirs, task.l1_ratio) < 1e-2, task.name
        print("agreed on", len(COMPARISONS))
    """
    shown = subprocess.run([sys.executable, "-c", code], cwd=path(), capture_output=True, text=True)
    assert shown.stdout.strip() == "agreed on 7", shown.stderr


@pytest.mark.long
def test_the_table_is_written(tmp_path):
    output = tmp_path / "deep" / "table.md"
    shown = run("--quick", "--pairs", "1", "--output", str(output))
    assert shown.returncode == 0, shown.stderr
    text = output.read_text("utf-8")
    assert text in shown.stdout
    lines = text.splitlines()
    for name in ("`Ridge`", "`RidgeCV`", "`RidgeCV(cv=5)`", "`lasso_path`", "`LassoCV`"):
        rows = [line for line in lines if line.startswith("|") and name in line]
        assert len(rows) == 2, name  # its ratios and its accuracy
        assert all(row.count("|") == 3 for row in rows)
    assert "| ridge path, 100 λ, against a loop over `Ridge` † |" in text
    assert text.count("- † ") == 3
    assert text.count("| lasso path, number of knots") == 2


def test_an_unknown_task_is_named():
    shown = run("--only", "boosting")
    assert shown.returncode == 1
    assert "--only 'boosting' matches no task: pass a part of one of these" in shown.stderr
