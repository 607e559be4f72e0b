"""What tests of all rooms start: a browser, and what the two workers of a run share."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from patience import HANG
from playwright.sync_api import expect, sync_playwright

# The same cases every time, so that a failure is never luck, and no matter how long one takes.
settings.register_profile(
    "course", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("course")

QUIET = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update "
    "--disable-sync --no-first-run"
)


@pytest.fixture(scope="session")
def once(tmp_path_factory):
    """Make something a single time for all workers of a run; return the folder that it is in."""
    home = tmp_path_factory.getbasetemp()
    home = home.parent if "PYTEST_XDIST_WORKER" in os.environ else home

    def once(name, make) -> Path:
        folder = home / name
        with open(home / f"{name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second waits here
            if not (home / f"{name}.made").exists():
                make(folder)
                (home / f"{name}.made").touch()
        return folder

    return once


@pytest.fixture(scope="module")
def browser():
    """Chromium; what is waited for on its pages is waited for until it is there."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=QUIET.split(), timeout=1000 * HANG
        )
        browser.on("context", lambda context: context.set_default_timeout(1000 * HANG))
        expect.set_options(timeout=1000 * HANG)
        yield browser
        browser.close()
