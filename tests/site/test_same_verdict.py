"""An answer gets in the page the points and the name that it gets in CPython."""

import secrets

import pytest
from patience import HANG
from verdicts import verdicts

from reglib.exercises import ASSIGNMENTS, assignment, find
from reglib.repository import path

ENTRIES = [entry.name for name in ASSIGNMENTS for entry in assignment(name).entries]


@pytest.fixture(scope="module")
def there(browser, desk, serve):
    """Call `verdicts` in the page: one interpreter for all exercises."""
    page = browser.new_page()
    page.goto(serve(desk) + "engine.html")
    page.wait_for_function("window.engine")
    source = path("tests", "site", "verdicts.py").read_text("utf-8")
    write = f"with open('/tmp/verdicts.py', 'w') as file:\n    file.write({source!r})"
    done = page.evaluate("(code) => run(code)", f"import sys\nsys.path.append('/tmp')\n{write}")
    assert done["status"] == "ok", done
    call = f"(args) => engine.call('verdicts:verdicts', args, {{ seconds: {HANG} }})"
    yield lambda *args: page.evaluate(call, list(args))
    page.close()


@pytest.mark.long
@pytest.mark.parametrize("name", ENTRIES)
def test_the_same_verdict_everywhere(there, name):
    right = path("tests", "exercises", f"test_{name.partition('.')[0]}.py").read_text("utf-8")
    seed = secrets.randbelow(2**32)
    print(f"To draw these again: verdicts({name!r}, …, seed={seed})")
    here = verdicts(name, right, seed)
    assert here["the reference"] == [find(name).most, "", ""] and len(here) > 10
    assert there(name, right, seed) == here
