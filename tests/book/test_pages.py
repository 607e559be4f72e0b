"""Every page and chapter is made as the others are, and points only to what is there."""

import re

import pytest
import yaml

from reglib.exercises import ASSIGNMENTS, assignment

PARTS = (
    "Three questions back",
    "Predict, then see it",
    "Build it",
    "Where it goes wrong",
    "Test me",
    "Practical exercise",
    "Summary",
    "Further reading",
    "Next up",
)


def headings(page) -> list[str]:
    return re.findall(r"^#+ (.*)$", page.text, re.MULTILINE)


def test_a_chapter_has_every_part_in_order(chapter):
    places = [headings(chapter).index(part) for part in PARTS]
    assert places == sorted(places)


def test_a_chapter_says_what_it_teaches_and_how_long_it_takes(chapter):
    assert "After this page you can" in chapter.text
    minutes = int(re.search(r"\*\*Time:\*\* about (\d+) minutes", chapter.text)[1])
    words = len(re.findall(r"[^\W\d_]{2,}", chapter.prose))
    assert minutes <= 35
    # Slower than a novel, as there are formulas and code to read besides.
    assert 80 <= words / minutes <= 200


def test_no_two_sections_have_the_same_label(pages):
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    labels = re.findall(r"^\(([^()]+)\)=$", text, re.MULTILINE)
    assert labels and len(labels) == len(set(labels))


@pytest.mark.parametrize("folder", ["assignments", "desk"])
def test_every_assignment_has_a_page_and_can_be_done_on_one(pages, folder):
    assert {path.stem for path in pages if path.parent.name == folder} == set(ASSIGNMENTS)


def test_the_mistakes_named_in_the_chapter_are_known_to_the_checks(ridge):
    section = ridge.text.split("## Where it goes wrong")[1].split("\n## ")[0]
    section = section.split("leave no trace")[0]
    named = re.findall(r"^([^\n]+)\n: ", section, re.MULTILINE)
    entries = assignment("ridge").entries
    known = {wrong.name for entry in entries for wrong in entry.known}
    assert len(named) >= 8
    assert {name[0].lower() + name[1:] for name in named} <= known


def test_every_figure_says_what_it_shows(page):
    for cell in page.cells:
        if "plt.subplots" in cell.code and "remove-cell" not in cell.tags:
            alt = cell.options.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt.split()) >= 20, cell.code[:200]


def test_code_that_is_shown_fits_the_page(page):
    for cell in page.cells:
        if not {"hide-input", "remove-input", "remove-cell"} & set(cell.tags):
            for line in cell.code.splitlines():
                assert len(line) <= 100, line


def test_numbers_in_the_text_come_from_code(chapter):
    # A setting, such as λ = 0.3, may be typed, and so may the section of a book; a result may not.
    prose = re.sub(r"§ [\d.]+", "", chapter.prose)
    assert not re.findall(r"\d[.,]\d{2,}|\d\s?%", prose)


def test_references_to_labels_and_pages_lead_somewhere(page, pages):
    everything = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    for target in re.findall(r"\]\(([^)\s]+)\)", page.text):
        if target.startswith("#"):
            assert f"\n({target[1:]})=\n" in everything, target
        elif not target.startswith("http"):
            assert (page.path.parent / target).resolve().exists(), target


def glossary(book) -> dict[str, str]:
    text = (book / "glossary.md").read_text(encoding="utf-8")
    entries = text.split(":sorted:\n")[1].rsplit("```", 1)[0]
    return dict(re.findall(r"^(\S[^\n]*)\n((?:  [^\n]*\n)+)", entries, re.MULTILINE))


def test_the_glossary_is_long_and_its_definitions_are_short(book):
    entries = glossary(book)
    assert len(entries) >= 40
    for term, definition in entries.items():
        assert 4 <= len(definition.split()) <= 60, term


def test_terms_are_in_the_glossary(page, book):
    known = {term.lower() for term in glossary(book)}
    for role in re.findall(r"\{term\}`([^`]*)`", page.text):
        shown, _, target = role.partition("<")
        assert " ".join((target.rstrip(">") or shown).split()).lower() in known, role


def test_citations_are_in_the_bibliography(page, book):
    known = set(re.findall(r"^@\w+\{(\w+),", (book / "references.bib").read_text(), re.MULTILINE))
    for keys in re.findall(r"\{cite:\w\}`([^`]*)`", page.text):
        assert set(keys.split(",")) <= known


@pytest.mark.parametrize("field", ["author", "title", "year"])
def test_every_entry_of_the_bibliography_has_the_basics(book, field):
    entries = (book / "references.bib").read_text(encoding="utf-8").split("\n@")
    for entry in entries:
        assert re.search(rf"^  {field}\s+= ", entry, re.MULTILINE), entry.splitlines()[0]
        assert re.search(r"^  (doi|isbn|url|pages)\s+= ", entry, re.MULTILINE), entry.splitlines()[
            0
        ]


def test_front_matter_of_every_notebook_names_a_kernel(page):
    if page.cells:
        front = yaml.safe_load(page.text.split("---\n")[1])
        assert front["kernelspec"]["name"] == "python3"
