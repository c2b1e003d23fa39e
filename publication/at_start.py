"""What the start of Palette finishes: the public file of a release or withdrawal that a crash interrupted."""

from contextlib import closing
from pathlib import Path

from db.storage import connection
from publication.release import ledger


def finish(path: Path) -> None:
    """Write the public file when the ledger of the office file at ``path`` says more than was written. Raises as
    ``publish.adopt_online`` and ``publish.bring_online``."""
    if not path.exists() or not path.stat().st_size:
        return
    with closing(connection.open_file(path)) as db:
        if not ledger.is_placed(db):
            from publication import publish  # half a second, that hardly any start needs

            publish.adopt_online(db, publish.public_path())
            publish.bring_online(db, path, publish.public_path())
