"""How the tests are shared among processes: `pytest -n 2 --dist loadgroup`, as in `make test`."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep together what shares a slow preparation; begin with the browser, which takes longest."""
    for item in items:
        folder = item.path.parent.name
        item.add_marker(pytest.mark.xdist_group("site" if folder == "site" else str(item.path)))
    items.sort(key=lambda item: item.path.parent.name != "site")
