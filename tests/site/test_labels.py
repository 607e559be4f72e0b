"""The sections that the checks tell a learner to reread are in the built book, by their titles."""

import re
import zlib

import pytest

from reglib.exercises import ASSIGNMENTS, assignment
from reglib.repository import titles

LABELS = sorted(
    {
        label
        for name in ASSIGNMENTS
        for entry in assignment(name).entries
        for label in (entry.section, *(m.section for m in entry.misconceptions))
    }
)


@pytest.fixture(scope="module")
def inventory(built):
    """What Sphinx says that the book holds: of labels and pages, the address and the title."""
    packed = (built / "objects.inv").read_bytes().split(b"\n", 4)[4]
    lines = zlib.decompress(packed).decode("utf-8")
    found = {"std:label": {}, "std:doc": {}}
    for name, kind, address, title in re.findall(
        r"^(.+?)\s+(\S+:\S+)\s+-?\d+\s+(\S*)\s+(.*)$", lines, re.MULTILINE
    ):
        if kind in found:
            found[kind][name] = address.replace("$", name), title
    return found


@pytest.mark.parametrize("label", LABELS)
def test_the_built_book_and_its_sources_agree(built, inventory, label):
    address, section = inventory["std:label"][label]
    page, anchor = address.split("#")
    chapter = dict(inventory["std:doc"].values())[page]
    assert titles(label) == (section, chapter)
    assert f'id="{anchor}"' in (built / page).read_text(encoding="utf-8")
