"""History as a test wants it dated: the file itself refuses that anybody rewrites it."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.model.office import Office
from db.storage import system_tables


@contextmanager
def rewriting(db: Office) -> Iterator[None]:
    """Lift the guard of the history for a moment."""
    guards = ("history_stays_update", "history_stays_delete")
    for name in guards:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for name in guards:
        db.execute(system_tables.statements()[name])
