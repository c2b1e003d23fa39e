"""Small files of every format that Palette keeps, and of some that it refuses."""

import io
import zipfile

from PIL import Image

from db.attachments import files
from db.attachments.reader import BroughtFile
from db.model.office import Office

_TYPES = "application/vnd.openxmlformats-officedocument.{}.main+xml"
ENCRYPTED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF"
)
"""A PDF that opens with a password only."""


def image(kind: str, size: tuple[int, int] = (300, 400), colour: str = "navy") -> bytes:
    """Return an image, or a PDF of one page that shows it."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def archive(**parts: bytes | str) -> bytes:
    """Return a ZIP of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def office_document(declared: str) -> bytes:
    """Return the beginnings of a DOCX or XLSX of that content type."""
    return archive(**{"[Content_Types].xml": f'<Types><Override ContentType="{declared}"/></Types>'})


DOCX = office_document(_TYPES.format("wordprocessingml.document"))
XLSX = office_document(_TYPES.format("spreadsheetml.sheet"))
DOCM = office_document("application/vnd.ms-word.document.macroEnabled.main+xml")
ODT_PARTS: dict[str, bytes | str] = {
    "mimetype": "application/vnd.oasis.opendocument.text", "Thumbnails/thumbnail.png": image("PNG", (180, 256)),
}  # fmt: skip
ODT = archive(**ODT_PARTS)
ODS = archive(mimetype="application/vnd.oasis.opendocument.spreadsheet")


def insert_attachment(
    db: Office, person: int, content: bytes = b"%PDF-1.4 devis", name: str = "devis.pdf", **values: object
) -> int:
    """Keep a file as a PDF without looking into it, and return its number."""
    return files.add(db, person, BroughtFile(name, "pdf", content, None), values, "Ada")
