"""Time Python in the page, in headless Chromium, beside CPython here."""

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import tempfile
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.explorers import CHROMIUM, busy_since, served
from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import path

PAGE = path("tests", "site", "engine.html")
VERDICTS = path("tests", "site", "verdicts.py")
MB = 1_000_000
GENERATED, ALL = 30, 10**9  # wrong answers drawn for each function; all take more than a day
RIGHT = """
def ridge_fit(X, y, lam):
    n, p = X.shape
    mean = X.mean(axis=0)
    Z = X - mean
    w = np.linalg.pinv(Z.T @ Z / n + lam * np.eye(p)) @ Z.T @ (y - y.mean()) / n
    return w, y.mean() - mean @ w
"""
FIRST = f"""import numpy as np
import psutil
from reglib.check import check
{RIGHT}
check("ridge.ridge_fit", ridge_fit);
"""
# Milliseconds of the page; a cell that draws, and one that never ends.
TIMED = """async (code) => {
    const begin = performance.now();
    await run(code);
    return performance.now() - begin;
}"""
DRAWN = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('λ');"
STOPPED = """async () => {
    const endless = engine.run("while True: pass");
    await new Promise((wait) => setTimeout(wait, 300));
    const begin = performance.now();
    engine.stop();
    await endless;
    await engine.run("1");
    return performance.now() - begin;
}"""
# In the page and here: the seconds of one judgement.
JUDGED = """
def judged(name, mistake):
    import time
    from reglib.checks.judge import judge
    from reglib.checks.run import run
    from reglib.exercises import find
    entry = find(name)
    function = entry.reference if mistake is None else entry.known[mistake].wrong
    begin = time.perf_counter()
    cases = entry.draw()
    judge(entry, cases, run(function, [case.args for case in cases]))
    return time.perf_counter() - begin
"""


def loaded(file: Path) -> types.ModuleType:
    """Return a module of a file outside of packages."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lay(folder: Path) -> dict:
    """Put the desk and a page with its engine into a folder; return what its manifest says."""
    loaded(path("book/_ext/desk_files.py")).lay(folder / "desk")
    shutil.copy(PAGE, folder)
    return json.loads((folder / "desk" / "manifest.json").read_text("utf-8"))["files"]


def opened(browser: Browser, address: str) -> Page:
    """Open the page of the engine; `asked` are the names of the files that it then asks for."""
    page = browser.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url.rpartition("/")[2]))
    page.goto(address)
    page.wait_for_function("window.engine")
    return page


def fetched(page: Page, files: dict) -> float:
    """Return the megabytes of what a page has asked for of Python."""
    return sum(file["size"] for file in files.values() if file["file"] in page.asked) / MB


def memory() -> float:
    """Return the megabytes that the largest process with a page of ours has for itself."""
    found = [0.0]
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if "--type=renderer" in process.cmdline():
                found.append(process.memory_full_info().uss / MB)
    return max(found)


def judgements(there: Callable[[str, int | None], float]) -> list[tuple[str, list, list]]:
    """Return for right and for wrong answers the seconds in the page, and here."""
    here: dict = {}
    exec(JUDGED, here)
    rows = []
    entries = [entry for name in ASSIGNMENTS for entry in assignment(name).entries]
    for what, picked in (
        ("a right answer", [(entry.name, None) for entry in entries]),
        ("a wrong one", [(e.name, i) for e in entries for i in (0, len(e.known) // 2)]),
    ):
        times = []
        for name, mistake in picked:
            there(name, mistake), here["judged"](name, mistake)  # what is imported counts once
            times.append((there(name, mistake), here["judged"](name, mistake)))
        rows.append((what, *np.array(times).T.tolist()))
    return rows


def agreement(page: Page, generated: int) -> list[str]:
    """Judge answers to every exercise in the page and here; return how many verdicts differ.

    They are those of tests/site/test_same_verdict.py, with so many generated ones a function.
    """
    here, text, seed = loaded(VERDICTS), VERDICTS.read_text("utf-8"), 0
    file = f"with open('/tmp/verdicts.py', 'w') as file:\n    file.write({text!r})"
    page.evaluate(TIMED, f"import sys\nsys.path.append('/tmp')\n{file}")
    there = "(args) => engine.call('verdicts:verdicts', args, { seconds: 1e6 })"
    count, others = 0, []
    for name in (entry.name for each in ASSIGNMENTS for entry in assignment(each).entries):
        tests = path("tests", "exercises", f"test_{name.partition('.')[0]}.py")
        asked = [name, tests.read_text("utf-8"), seed, generated]
        ours, theirs = here.verdicts(*asked), page.evaluate(there, asked)
        count += len(ours)
        others += [
            f"- `{name}`, {label}: {theirs.get(label)} in the page, {verdict} in CPython."
            for label, verdict in ours.items()
            if theirs.get(label) != verdict
        ]
    share = "all" if generated == ALL else f"at most {generated}"
    return [
        f"{count:,} answers were judged in the page and in CPython: right ones, those with a "
        f"mistake named by hand, and {share} of the generated ones a function. "
        f"{len(others)} got another verdict.",
        "",
        *others,
    ]


def report(repeats: int = 3, generated: int = GENERATED) -> list[str]:
    """Measure the desk; return a Markdown table and what its figures mean."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return ["Python in the page was not timed: chromium is not installed.", ""]
    load, figures = os.getloadavg()[0], {}
    with sync_playwright() as playwright, served() as (folder, base):
        files = lay(folder)
        address = base + PAGE.name
        for _ in range(repeats):
            with tempfile.TemporaryDirectory() as profile:
                for visit in ("first check, with an empty cache", "first check, second visit"):
                    context = playwright.chromium.launch_persistent_context(
                        profile, executable_path=chromium, args=CHROMIUM
                    )
                    page = opened(context, address)
                    figures.setdefault(visit, []).append(page.evaluate(TIMED, FIRST))
                    context.close()
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM)
        page = opened(browser, address)
        before = fetched(page, files)
        page.evaluate(TIMED, FIRST)
        first = fetched(page, files)
        whole = memory()
        linear = page.evaluate("run('1')")["memory"] / MB
        for _ in range(repeats):
            figures.setdefault("ready again after Stop", []).append(page.evaluate(STOPPED))
        figures["first figure"] = [page.evaluate(TIMED, DRAWN)]
        drawn = fetched(page, files) - first
        figures["later figure"] = [page.evaluate(TIMED, DRAWN) for _ in range(repeats)]
        page.evaluate(TIMED, JUDGED)
        call = "([name, mistake]) => engine.call('__main__:judged', [name, mistake])"
        rows = judgements(lambda *answer: page.evaluate(call, list(answer)))
        agreed = agreement(page, generated)
        version = browser.version
        browser.close()
    return [
        f"Python in the page, in headless Chromium {version}, from this machine: milliseconds, "
        f"medians of {repeats}, from the press of a button.",
        "",
        "| what | ms |",
        "|---|---:|",
        *(f"| {what} | {np.median(times):.0f} |" for what, times in figures.items()),
        "",
        "A judgement, in milliseconds: medians over all exercises, right by their references and "
        "wrong by two of their known mistakes, and the median ratio to CPython.",
        "",
        "| what | page | CPython | page ÷ CPython |",
        "|---|---:|---:|---:|",
        *(
            f"| {what} | {1000 * np.median(page):.0f} | {1000 * np.median(here):.0f} | "
            f"{np.median(np.array(page) / here):.1f} |"
            for what, page, here in rows
        ),
        "",
        f"Fetched before the press: {before:.1f} MB. For the first check {first:.1f} MB, the "
        f"largest file {max(file['size'] for file in files.values()) / MB:.1f} MB; with the first "
        f"figure {drawn:.1f} MB more. Python's own memory after a check is {linear:.0f} MB; that "
        f"of the process which renders the page {whole:.0f} MB.",
        "",
        *agreed,
        "",
        busy_since(load),
        "",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="of each time (default 3)")
    parser.add_argument(
        "--generated",
        type=lambda text: ALL if text == "all" else int(text),
        default=GENERATED,
        help=f'wrong answers to judge for each function, or "all" (default {GENERATED})',
    )
    options = parser.parse_args()
    print("\n".join(report(options.repeats, options.generated)))
