"""Let the site work without a connection: a worker at its root, with the hashes of the build.

What it keeps, and when, the worker says itself (`offline-worker.js` beside this file);
`_static/offline.js` starts it. It is found by a relative address, so the site may lie anywhere.
"""

import gzip
import hashlib
import json
from pathlib import Path

from sphinx.application import Sphinx

WORKER = "offline-worker.js"


def hashes(folder: Path) -> dict[str, list[str]]:
    """Return the SHA-256 of each file in a folder, by its path; hidden ones are left out.

    What is packed, `*.bin`, has two, since some servers send it unpacked.
    """
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        path = file.relative_to(folder)
        if path.as_posix() == WORKER or any(part.startswith(".") for part in path.parts):
            continue
        bodies = [file.read_bytes()]
        if file.suffix == ".bin":
            bodies.append(gzip.decompress(bodies[0]))
        found[path.as_posix()] = [hashlib.sha256(body).hexdigest() for body in bodies]
    return found


def seal(folder: Path) -> None:
    """Write the worker into the root of a built site, which must not change after that."""
    files = json.dumps(hashes(folder))
    build = hashlib.sha256(files.encode()).hexdigest()
    source = Path(__file__).with_name(WORKER).read_text(encoding="utf-8")
    head = f'const BUILD = "{build}";\nconst FILES = {files};\n'
    (folder / WORKER).write_text(head + source, encoding="utf-8")


def finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is None and app.builder.format == "html":
        seal(Path(app.outdir))


def setup(app: Sphinx) -> dict:
    app.add_js_file("offline.js", type="module")
    app.connect("build-finished", finish, priority=900)  # after others have written their files
    return {"parallel_read_safe": True, "parallel_write_safe": True}
