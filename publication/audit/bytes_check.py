"""Attack 10: the bytes of the public file. They must be exactly those that its own releases are written as.

So the file contains no free page, old byte, column or table that its releases do not account for. What remains is free
text: Palette's own words, the source of a public fact, and the title and values of an own field. None of these may
contain a text that is written about a person.
"""

import sqlite3
from collections.abc import Collection, Sequence
from contextlib import closing
from pathlib import Path

from db.base.work_folders import own_folder
from db.rows.personal_text import find_personal_text
from publication.release import public_file
from publication.release.release import Release


def check_bytes(path: Path, releases: Sequence[Release], personal_texts: Collection[str]) -> list[str]:
    """Return, in French, what the releases do not account for. ``personal_texts``: those of the office's file."""
    reasons = []
    with own_folder() as folder:
        rewritten = Path(folder) / "rewritten.db"
        public_file.write(rewritten, releases, public_file.read_mark(path))
        if rewritten.read_bytes() != path.read_bytes():
            reasons.append("Le fichier n’est pas, octet pour octet, ce que ses publications écrivent.")
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        if db.execute("PRAGMA freelist_count").fetchone()[0]:
            reasons.append("Le fichier contient des pages libres, où d’anciens octets peuvent rester.")
    for release in releases:
        own_texts = [text for table in release.own_tables.values() for text in (table.title, *table.labels[0])]
        for text in [*(fact.source for fact in release.facts), *release.measures.values(), *own_texts]:
            if find_personal_text([text], personal_texts):
                reasons.append(f"{release.year} : « {text[:20]}… » contient ce qui est écrit d’une personne.")
    return reasons
