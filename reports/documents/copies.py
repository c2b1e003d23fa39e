"""Letters as one PDF together with the copy of each for the file of its person, made in one go.

What makes them runs in a process of its own (reports/file_process.py), which returns bytes only: a ZIP that holds the
whole PDF, then each letter with the picture of its first page. The server keeps the copies and hands over the PDF.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence

from db.attachments import sent_letters
from db.attachments.sent_letters import CopyName, SentLetter
from db.base.progress import Progress, ignore_progress
from db.customise import office_files
from db.model.dictionary import AID
from db.model.office import Office
from reports.documents import fields, letters, making
from reports.documents.letter_fields import Asked
from reports.documents.letters import About
from reports.documents.making import Printed

_WHOLE, _NAMES = "letters.pdf", "names.json"


def copy_name(printed: Printed, about: About, today: str) -> CopyName:
    """Return the name of the copy of a letter. ``today``: ISO, the day on the letter."""
    aid = about.row.id if about.table == AID.name else None
    return CopyName(about.person.id, letters.kept_name(printed, about, today), aid)


def make(db: Office, printed: Sequence[Printed], today: str, asked: Asked, tick: Progress = ignore_progress) -> bytes:
    """Return the ZIP of these letters, all about rows of one table. Raises as ``making.pdf_bytes``."""
    from db.attachments import pictures
    from reports.documents import pdf

    letterhead, logo = fields.settings(db)["letterhead"], office_files.get(db, office_files.LOGO)
    rows = {about.row.id: about for about in letters.rows_about(db, printed[0].table, [one.row for one in printed])}
    documents, names, content, out = [], [], b"", io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for number, one in enumerate(printed):
            tick(0.8 * number / len(printed), f"lettre {number + 1} sur {len(printed)}")
            documents.append((one.name, making.data_of(db, one, today, asked)))
            copy = copy_name(one, rows[one.row], today)
            content = pdf.pdf_bytes(documents[-1:], letterhead, logo)
            names.append((copy.person_id, copy.name, copy.aid_id))
            file.writestr(f"{number}.pdf", content)
            file.writestr(f"{number}.png", pictures.of("pdf", content, copy.name) or b"")
        tick(0.8, "mise en page")
        file.writestr(_WHOLE, content if len(printed) == 1 else pdf.pdf_bytes(documents, letterhead, logo))
        file.writestr(_NAMES, json.dumps(names))
    return out.getvalue()


def take(db: Office, content: bytes, who: str, known: Mapping[CopyName, int]) -> tuple[bytes, int]:
    """Keep the copies in a ZIP of ``make`` (db/attachments/sent_letters.py), and return the whole PDF and how many were
    kept. Raises PaletteError, BusyError."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        kept = [
            SentLetter(CopyName(*name), file.read(f"{number}.pdf"), file.read(f"{number}.png") or None)
            for number, name in enumerate(json.loads(file.read(_NAMES)))
        ]
        whole = file.read(_WHOLE)
    return whole, sent_letters.keep(db, kept, who, known)
