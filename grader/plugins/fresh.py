"""Formgrader reads anew from the gradebook what others may have written meanwhile.

nbgrader keeps one session with the database as long as the server runs, and SQLAlchemy does not
look again at what a session has read once. A mark that a colleague has changed since, or a regrade,
would stay unseen, and putting the old mark back would count as no change. `nbgrader_config.py`
imports this module, so it is at work wherever nbgrader is.
"""

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session


@event.listens_for(Session, "do_orm_execute")
def read_anew(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    ours = mapper is not None and mapper.class_.__module__ == "nbgrader.api"
    # What is not written yet would be lost.
    clean = not (state.session.new or state.session.dirty or state.session.deleted)
    if ours and clean and state.is_select and not state.is_column_load:
        state.update_execution_options(populate_existing=True)
