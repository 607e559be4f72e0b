"""One way into the gradebook for a whole run: what is shared, and what is not."""

import pytest
from nbgrader.api import Course, Gradebook

from grader.plugins.kept import kept


@pytest.fixture
def url(course):
    return f"sqlite:///{course}/gradebook.db"


def test_gradebooks_share_what_leads_to_the_database_and_no_session(url):
    with kept(url):
        first, second = Gradebook(url), Gradebook(url, "another course")
        assert first.engine is second.engine
        assert first.db is not second.db
        first.add_student("ada")
        first.close()
        assert second.find_student("ada").id == "ada"
        assert {"default_course", "another course"} <= {c.id for c in second.db.query(Course)}


def test_what_others_have_written_meanwhile_is_seen(url):
    with kept(url):
        with Gradebook(url) as book:
            book.add_student("ada", first_name="Ada")
        with Gradebook(f"{url}?timeout=1") as other:  # which shares nothing
            other.find_student("ada").first_name = "Augusta"
            other.db.commit()
        with Gradebook(url) as book:
            assert book.find_student("ada").first_name == "Augusta"


def test_a_closed_gradebook_keeps_nobody_waiting(url):
    with kept(url):
        with Gradebook(url) as book:
            book.add_student("ada")
            book.find_student("ada").first_name = "Ada"  # never committed
        with Gradebook(f"{url}?timeout=1") as other:
            other.add_student("bob")
            assert other.find_student("ada").first_name is None


def test_afterwards_each_is_on_its_own_again(url):
    before = Gradebook.__init__, Gradebook.close
    with pytest.raises(RuntimeError, match="midway"), kept(url):
        raise RuntimeError("midway")
    assert (Gradebook.__init__, Gradebook.close) == before
    with Gradebook(url) as one, Gradebook(url) as two:
        assert one.engine is not two.engine
