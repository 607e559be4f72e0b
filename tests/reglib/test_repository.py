"""The course's files, and the titles of its sections, wherever Python was started."""

import pytest

from reglib import repository
from reglib.checks.tell import tell
from reglib.exercises import find


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A course with two pages; its files are read anew."""
    monkeypatch.setattr(repository, "_ROOT", tmp_path)
    repository._labelled.cache_clear()
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "one.md").write_text(
        "---\nkernelspec:\n---\n\n(one)=\n# The first page\n\n(a)=\n(also-a)=\n\n## A section\n\n"
        "```python\n(code)=\n# No heading\n```\n\n### Without a label\n\n(b)=\n\nNo heading.\n",
        encoding="utf-8",
    )
    (tmp_path / "book" / "two.md").write_text("# The second\n\n(c)=\n## λ, and *n*\n", "utf-8")
    yield tmp_path
    repository._labelled.cache_clear()


def test_titles_are_found_by_label(shelf):
    assert repository.titles("one") == ("The first page", "The first page")
    assert repository.titles("a") == repository.titles("also-a") == ("A section", "The first page")
    assert repository.titles("c") == ("λ, and *n*", "The second")
    assert repository.page("a") == "book/one" and repository.page("c") == "book/two"
    for label in ("b", "code", "nowhere"):
        assert repository.titles(label) is repository.page(label) is None


def test_a_path_does_not_depend_on_where_python_was_started(shelf, monkeypatch):
    monkeypatch.chdir("/")
    assert repository.path("book", "one.md") == shelf / "book" / "one.md"
    assert repository.path() == shelf


def test_without_a_course_a_file_is_refused_and_a_label_said_in_words(shelf, verdict):
    (shelf / "_toc.yml").unlink()
    with pytest.raises(FileNotFoundError, match="use the reglib of a clone"):
        repository.path("book")
    text = tell(verdict(find("lasso.soft_threshold"), lambda z, t: z))
    assert "Reread: what the book says about “soft threshold”." in text
