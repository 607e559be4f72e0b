"""One way into the gradebook for a whole run.

nbgrader opens the gradebook some seven times for each submission, and each time looks for all of
its tables and works out anew how each question is put in SQL, which takes longer than the answers.
"""

import contextlib
from collections.abc import Iterator

from nbgrader.api import Gradebook
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker


@contextlib.contextmanager
def kept(url: str) -> Iterator[None]:
    """Let all gradebooks that are opened at this address share what leads to the database.

    Each still has a session of its own, so that it reads anew what others have written meanwhile.
    """
    open_, close = Gradebook.__init__, Gradebook.close
    with Gradebook(url):
        pass  # its tables are there now
    engine = create_engine(url, pool_pre_ping=True)

    def open_shared(
        self: Gradebook,
        db_url: str,
        course_id: str = "default_course",
        authenticator: object = None,
    ) -> None:
        if db_url != url:
            open_(self, db_url, course_id, authenticator)
            return
        self.engine, self.course_id, self.authenticator = engine, course_id, authenticator
        self.db = scoped_session(sessionmaker(bind=engine))
        self.check_course(course_id)

    def close_session(self: Gradebook) -> None:
        if self.engine is engine:
            self.db.remove()
        else:
            close(self)

    Gradebook.__init__, Gradebook.close = open_shared, close_session
    try:
        yield
    finally:
        Gradebook.__init__, Gradebook.close = open_, close
        engine.dispose()
