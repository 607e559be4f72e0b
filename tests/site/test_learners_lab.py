"""What `make lab` shows to a learner: nothing of nbgrader that is for instructors."""

import json
import os
import re
import subprocess
from html import unescape
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_path
from servers import Server

from reglib.repository import path

FOR_LEARNERS = {"@jupyter/nbgrader:validate-assignment"}


@pytest.fixture
def plugins():
    """All that nbgrader adds to JupyterLab, by the names that its scripts hold."""
    (home,) = (
        folder
        for place in jupyter_path("labextensions")
        if (folder := Path(place, "@jupyter/nbgrader/static")).is_dir()
    )
    text = "".join(file.read_text(encoding="utf-8") for file in home.glob("*.js"))
    return set(re.findall(r"@jupyter/nbgrader:[a-z-]+", text))


@pytest.mark.parametrize("who", ["learner", "instructor"])
def test_make_lab_leaves_out_what_is_for_instructors(tmp_path, plugins, who):
    line = subprocess.run(["make", "-n", "lab"], cwd=path(), capture_output=True, text=True).stdout
    setting = re.search(r"(JUPYTER_CONFIG_PATH)=(\S+) \S+jupyter lab exercises", line).groups()
    env = os.environ | (dict([setting]) if who == "learner" else {})
    with Server(tmp_path, tmp_path, module="jupyterlab", token="", env=env) as server:
        page = server.get("lab")
    config = json.loads(unescape(re.search(r'"jupyter-config-data"[^>]*>(.*?)</', page, re.S)[1]))
    assert len(plugins) > 3
    left_out = plugins & set(config["disabledExtensions"])
    assert left_out == (plugins - FOR_LEARNERS if who == "learner" else set())
