"""Time Python in the page, in headless Chromium, beside CPython here."""

import argparse
import contextlib
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.explorers import CHROMIUM, busy_since, served
from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import path

PAGE = path("tests", "site", "engine.html")
MB = 1_000_000
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


def lay(folder: Path) -> dict:
    """Put the desk and a page with its engine into a folder; return what its manifest says."""
    spec = importlib.util.spec_from_file_location("desk_files", path("book/_ext/desk_files.py"))
    files = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(files)
    files.lay(folder / "desk")
    shutil.copy(PAGE, folder)
    return json.loads((folder / "desk" / "manifest.json").read_text("utf-8"))["files"]


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function("window.engine")
    return page


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


def report(repeats: int = 3) -> list[str]:
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
        page.evaluate(TIMED, FIRST)
        whole = memory()
        linear = page.evaluate("run('1')")["memory"] / MB
        for _ in range(repeats):
            figures.setdefault("ready again after Stop", []).append(page.evaluate(STOPPED))
        figures["first figure"] = [page.evaluate(TIMED, DRAWN)]
        figures["later figure"] = [page.evaluate(TIMED, DRAWN) for _ in range(repeats)]
        page.evaluate(TIMED, JUDGED)
        call = "([name, mistake]) => engine.call('__main__:judged', [name, mistake])"
        rows = judgements(lambda *answer: page.evaluate(call, list(answer)))
        version = browser.version
        browser.close()
    first = sum(files[name]["size"] for name in ("python", "library", "course")) / MB
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
        f"Fetched before the press: 0. For the first check {first:.1f} MB, the largest file "
        f"{max(file['size'] for file in files.values()) / MB:.1f} MB; with the first figure "
        f"{files['figures']['size'] / MB:.1f} MB more. Python's own memory after a check is "
        f"{linear:.0f} MB; that of the process which renders the page {whole:.0f} MB.",
        "",
        busy_since(load),
        "",
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--repeats", type=int, default=3, help="of each time (default 3)")
    print("\n".join(report(parser.parse_args().repeats)))
