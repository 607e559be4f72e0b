"""What tests of all rooms start, share between workers, and judge an answer by."""

import fcntl
import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from params import first_of
from patience import HANG
from playwright.sync_api import expect, sync_playwright

# Before NumPy is imported, here or in what a test starts: the problems are small, and on a busy
# machine threads that wait for each other cost most.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same cases every time, so that a failure is never luck, and no matter how long one takes.
settings.register_profile(
    "course", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("course")

QUIET = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)
# Fixtures by which tests start something else.
STARTS = {"browser", "grown", "in_course", "nbgrader", "nursery"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in an order in which two workers have something to do until the end.

    One file has the book built, and the others that need it come when it is there. Those that start
    something come first, and what only computes fills the gaps.
    """
    needs = {}
    for item in items:
        needs.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    builder = next((path for path, names in needs.items() if "built" in names), None)

    def place(item: pytest.Item) -> int:
        names = needs[item.path]
        if item.path == builder:
            return 0
        return 2 if "built" in names else 1 if names & STARTS else 3

    items.sort(key=place)


@pytest.fixture(scope="session")
def once(request, tmp_path_factory):
    """Make something a single time for all workers of a run; return the folder that it is in."""
    home = tmp_path_factory.getbasetemp()
    home = home.parent if hasattr(request.config, "workerinput") else home

    def once(name, make) -> Path:
        folder = home / name
        with open(home / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits here
            if not (home / f"{name}.made").exists():
                shutil.rmtree(folder, ignore_errors=True)  # of another worker, which failed
                make(folder)
                (home / f"{name}.made").touch()
        return folder

    return once


@pytest.fixture(scope="module")
def launch():
    """Start Chromium. A file with such a fixture of its own tests another browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("chromium is not installed")
    return lambda playwright: playwright.chromium.launch(
        executable_path=chromium, args=QUIET.split(), timeout=1000 * HANG
    )


@pytest.fixture(scope="module")
def browser(launch):
    """A real browser; what is waited for on its pages is waited for until it is there."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        browser.on("context", lambda context: context.set_default_timeout(1000 * HANG))
        expect.set_options(timeout=1000 * HANG)
        yield browser
        browser.close()


@pytest.fixture
def verdict():
    """Judge a function against an entry, on the cases of the release or of another seed.

    It may take so many seconds of the processor, and `limit` by the clock ends what never ends.
    """
    from reglib.checks.judge import judge
    from reglib.checks.run import run

    def verdict(entry, function, seed=None, seconds=2.0, limit=HANG):
        cases = entry.draw(seed)
        start = time.process_time()
        outcomes = run(function, [case.args for case in cases], limit)
        assert time.process_time() - start < seconds
        return judge(entry, cases, outcomes)

    return verdict


@pytest.fixture(params=first_of(["few seeds", "other seeds"]))
def seeds(request):
    """The seed of the release and twenty others, of which most are for `make test-all`."""
    return [None, *range(5)] if request.param == "few seeds" else [*range(5, 20)]
