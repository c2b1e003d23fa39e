"""Attack 10: the bytes of the public file. It is what its own releases make, to the byte: so nothing else is in it.

No page is left free, no old byte, no column or table that the releases do not account for. What remains is text: every
word of it is Palette's own, the source of a public fact, or what the office calls a field and its values; none of those
may hold the name of anybody.
"""

import sqlite3
import tempfile
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path

from db.rows import personal_text
from publication.release import public_file
from publication.release.release import Release


def foreign(path: Path, releases: Sequence[Release], personal: Collection[str]) -> list[str]:
    """What of the file its releases do not account for. ``personal``: what the office's file has of anybody."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / "again.db"
        public_file.write(again, releases)
        if again.read_bytes() != path.read_bytes():
            found.append("Le fichier n’est pas, octet pour octet, ce que ses publications écrivent.")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        if db.execute("PRAGMA freelist_count").fetchone()[0]:
            found.append("Le fichier contient des pages libres, où d’anciens octets peuvent rester.")
    for release in releases:
        own = [text for sheet in release.own.values() for text in (sheet.title, *sheet.labels[0])]
        for text in [*(fact.source for fact in release.facts), *release.measures.values(), *own]:
            if personal_text.of_somebody([text], personal):
                found.append(f"{release.year} : « {text[:20]}… » contient ce qui est écrit d’une personne.")
    return found
