"""Workers on other machines, started by the commands of the page for instructors."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from distributed import Client
from distributed.security import Security
from patience import HANG, until

QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book/instructors.md").read_text("utf-8")

if not shutil.which("bwrap") or not shutil.which("openssl"):
    pytest.skip("bubblewrap or openssl is not installed", allow_module_level=True)


def block(kind, start):
    """The commands or the file of the page that begin so."""
    return re.search(rf"```{kind}\n({re.escape(start)}.*?)```", PAGE, re.DOTALL)[1]


COMMANDS = dict(
    (line.split()[1] if line.startswith("dask") else "run", line)
    for line in block("bash", "export DASK_CONFIG").splitlines()[1:]
)


def certificate(folder):
    subprocess.run(["bash", "-ec", block("bash", "mkdir -p")], cwd=folder, check=True, **QUIET)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, in_course):
    """The address of a scheduler with two workers, and their folder."""
    home = tmp_path_factory.mktemp("cluster")
    certificate(home)
    (home / ".grader/dask.yaml").write_text(block("yaml", "distributed:"))
    env = {**in_course.env, "DASK_CONFIG": ".grader/dask.yaml"}

    def start(line):
        return subprocess.Popen(
            line.split(), cwd=home, env=env, stdout=-3, stderr=subprocess.DEVNULL
        )

    here = " --host 127.0.0.1"
    told = home / "scheduler.json"
    scheduler = start(f"{COMMANDS['scheduler']}{here} --port 0 --scheduler-file {told}")
    until(told.exists, lambda: scheduler.poll() is None)
    address = until(lambda: told.read_text() and json.loads(told.read_text())["address"])
    worker = COMMANDS["worker"].replace("tls://HOST:8786", address).replace("-1", "2")
    workers = start(worker + here)
    yield address, home, [scheduler, workers]
    for process in (workers, scheduler):
        process.terminate()
        process.wait(HANG)


def run_by(cluster, course, in_course, **more):
    """The run of the page, in a course folder."""
    address, home, _ = cluster
    (course / ".grader").mkdir(exist_ok=True)
    for name in ("cluster.key", "cluster.pem", "dask.yaml"):
        shutil.copy(home / ".grader" / name, course / ".grader")
    command = COMMANDS["run"].replace("tls://HOST:8786", address).split()[1:]
    return subprocess.run(
        [sys.executable, *command],
        cwd=course,
        env={**in_course.env, "DASK_CONFIG": ".grader/dask.yaml", **more},
        capture_output=True,
        text=True,
    )


def test_a_class_is_graded_by_the_commands_of_the_page(
    cluster, course, in_course, hand_in, solution
):
    for student in ("ada", "bob"):
        hand_in(course, student, solution)
    done = run_by(cluster, course, in_course)
    assert done.stdout == "2 graded, 0 were already, 0 failed.\n", done.stderr
    record = json.loads((course / ".grader/verdicts/ridge/ada.json").read_text())
    assert record["sandbox"] and sum(one["points"] for one in record["exercises"]) == 29


def security(folder):
    own = str(folder / ".grader/cluster.pem"), str(folder / ".grader/cluster.key")
    return Security(
        tls_ca_file=own[0], tls_client_cert=own[0], tls_client_key=own[1], require_encryption=True
    )


def test_who_has_no_certificate_is_not_let_in(cluster, tmp_path):
    """A certificate of one's own making is none, and nothing listens that lets in without one."""
    address, home, processes = cluster
    with Client(address, security=security(home)) as client:
        until(lambda: len(client.nthreads()) == 2)
    certificate(tmp_path)
    for where, how in ((address.replace("tls", "tcp"), None), (address, security(tmp_path))):
        with pytest.raises(OSError):
            Client(where, security=how, timeout=5)
    ports = [port for process in processes for port in listening(process.pid)]
    assert len(ports) >= 5  # the scheduler, two workers and who watches over each
    for port in ports:
        assert not told_by(port), port


def listening(pid):
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return {
        one.laddr.port
        for process in family
        for one in process.net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    }


def told_by(port):
    """What is said to a browser, if it is no refusal."""
    said = b""
    for page in ("/", "/status", "/health", "/info/main/workers.html", "/json/counts.json"):
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", port), 5) as line,
        ):
            line.sendall(f"GET {page} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            answer = line.recv(1000)
            said += (
                b"" if not answer or b" 404 " in answer[:20] or b"HTTP" not in answer else answer
            )
    return said


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://127.0.0.1:8786", "is not encrypted"),
        ("127.0.0.1:8786", "is not encrypted"),
        ("tls://127.0.0.1:1", "no certificates"),
    ],
)
def test_a_cluster_that_is_not_safe_is_refused(course, hand_in, in_course, address, told):
    hand_in(course, "ada", {})
    done = in_course(course, "grader", "run", "ridge", "--scheduler", address, code=1)
    (sentence,) = done.stderr.splitlines()
    assert told in sentence and "page for instructors" in sentence


def test_a_scheduler_that_does_not_answer(cluster, course, hand_in, in_course):
    hand_in(course, "ada", {})
    soon = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    done = run_by(("tls://127.0.0.1:1", *cluster[1:]), course, in_course, **soon)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("No Dask scheduler answers at tls://127.0.0.1:1")


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("distributed", "pip install distributed."),
        ("psycopg", "pip install 'psycopg[binary]'."),
    ],
)
def test_what_is_not_installed_is_asked_for(course, hand_in, in_course, missing, told):
    hand_in(course, "ada", {})
    if missing == "psycopg":
        with open(course / "nbgrader_config.py", "a") as file:
            file.write("\nc.CourseDirectory.db_url = 'postgresql+psycopg://me@localhost:1/x'\n")
    code = (
        f"import sys, runpy; sys.modules[{missing!r}] = None\n"
        "sys.argv = ['grader', 'run', 'ridge', '--scheduler', 'tls://127.0.0.1:1']\n"
        "runpy.run_module('grader', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=course, env=in_course.env, capture_output=True, text=True
    )
    (sentence,) = done.stderr.splitlines()
    assert done.returncode == 1 and told in sentence
