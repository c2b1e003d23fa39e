"""Let a test change the dates of history lines, which triggers of the file make read-only."""

from collections.abc import Iterator
from contextlib import contextmanager

from db.model.office import Office
from db.storage import system_tables


@contextmanager
def history_rewritable(db: Office) -> Iterator[None]:
    """Drop the triggers that make the history read-only; restore them at the end."""
    guards = ("history_stays_update", "history_stays_delete")
    for name in guards:
        db.execute(f"DROP TRIGGER {name}")
    yield
    for name in guards:
        db.execute(system_tables.statements()[name])
