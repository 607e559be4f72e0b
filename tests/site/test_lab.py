"""The explorer in a live notebook: its traits are Python's too."""

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

CELL = """\
from pathlib import Path
import ipywidgets
from reglib.widgets import RidgeExplorer

explorer = RidgeExplorer(lam=0.01)
explorer.observe(lambda change: Path("lam.txt").write_text(str(change.new)), "lam")
explorer.observe(lambda change: Path("moved.txt").write_text(str(change.new)), "moved")

def set_lam(button):
    explorer.lam = 0.5

button = ipywidgets.Button(description="Set it in Python")
button.on_click(set_lam)
display(button)
explorer
"""


@pytest.fixture
def lab(tmp_path):
    """A JupyterLab with one notebook; its address and its folder."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "live.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": tmp_path,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": "",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.extension_manager": "readonly",
        "LabApp.user_settings_dir": tmp_path / "settings",
        "LabApp.workspaces_dir": tmp_path / "workspaces",
    }
    server = subprocess.Popen(
        [Path(sys.executable).with_name("jupyter"), "lab", "--no-browser"]
        + [f"--{name}={value}" for name, value in settings.items()],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait(lambda: answers(address + "api/status"), seconds=60)
        yield address, tmp_path
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=5).status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait(ready, seconds):
    end = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return found


def test_a_live_notebook_and_its_kernel_share_lambda(visit, lab):
    address, folder = lab
    page = visit(address + "lab/tree/live.ipynb?reset", errors_allowed=True)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    explorer = page.locator(".explorer")
    explorer.wait_for(timeout=60_000)
    picture = page.locator(".explorer-static")
    picture.wait_for(state="attached")
    assert not picture.is_visible()

    # From the page to Python …
    explorer.get_by_role("slider", name=re.compile("^λ")).press("ArrowRight")
    lam = wait(lambda: text(folder / "lam.txt"), seconds=10)
    assert float(lam) == 0.0112
    explorer.locator(".point").first.press("ArrowUp")
    moved = wait(lambda: text(folder / "moved.txt"), seconds=10)
    assert moved.startswith("[0.0")
    assert float(moved.strip("[]").split(",")[0]) == pytest.approx(0.05)

    # … and from Python to the page.
    page.get_by_role("button", name="Set it in Python").click()
    explorer.get_by_role("status").filter(has_text="λ = 0.5, degree 12").wait_for(timeout=10_000)
    assert explorer.get_by_role("textbox", name=re.compile("^λ")).input_value() == "0.5"


def text(path):
    return path.exists() and path.read_text()
