"""What makes our own processes start sooner is done to no other: JupyterLab keeps its modules."""

import subprocess
import sys
from pathlib import Path

from grader.pool import Pool

ROOT = Path(__file__).parents[2]
CONFIGURED = """
import builtins, importlib, runpy, sys
from traitlets.config import Config
config = Config()
builtins.get_config = lambda: config
runpy.run_path("nbgrader_config.py")
names = [config.Autograde.exporter_class, *config.Autograde.autograde_preprocessors]
names += [config.ZipCollectApp.extractor_plugin, "grader.plugins.export.Canvas"]
for name in names:
    importlib.import_module(name.rpartition(".")[0])
print([name for name, module in sys.modules.items() if module is None])
import rfc3987_syntax
"""
STARTED = """
import runpy, sys
sys.argv = ["grader", "doctor", "--help"]
try:
    runpy.run_module("grader", run_name="__main__")
except SystemExit:
    print(sys.modules.get("rfc3987_syntax", "there"))
"""


def printed(code):
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_whoever_loads_the_plugins_keeps_all_modules():
    assert printed(CONFIGURED) == "[]"


def test_our_own_commands_do_without_the_parser():
    assert printed(STARTED) == "None"


def test_so_do_the_workers_of_a_run():
    with Pool(1) as workers:
        assert workers.submit(_module, "rfc3987_syntax").result() is None


def test_a_run_on_one_machine_does_without_dask():
    """Most instructors have it not: it is imported for a cluster alone."""
    code = "import grader.run, sys; print({'dask', 'distributed', 'psycopg'} & set(sys.modules))"
    assert printed(code) == "set()"


def _module(name):
    return sys.modules.get(name, "there")
