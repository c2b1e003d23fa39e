"""The format of a file from outside, by what it holds, never by its name. Runs in reader_process alone."""

import io
import zipfile
import zlib

from db.base.errors import AttachmentError

_TAKEN = "Palette garde les PDF, JPEG, PNG, DOCX, ODT et XLSX"
_OLE = b"\xd0\xcf\x11\xe0"
_PDF_WITHIN = 1024
"""Bytes before « %PDF- » that readers allow."""
_ODT = b"application/vnd.oasis.opendocument.text"
_OFFICE = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_MACROS = b"macroEnabled"
_PARTS = "[Content_Types].xml"
_MOST_READ = 1_000_000
"""Bytes read of a part of a compressed file, however large it unfolds."""
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, KeyError, ValueError, zlib.error)


def format_of(content: bytes, name: str) -> str:
    """Return the format, one of ``attachment_rules.FORMATS``. Raises AttachmentError for any other content."""
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"PK"):
        return _of_archive(content, name)
    if content.startswith(_OLE):
        advice = "C’est un ancien document Word ou Excel, ou il a un mot de passe : enregistrez-le en DOCX ou XLSX."
    elif content[4:8] == b"ftyp":
        advice = "Si c’est une photo d’iPhone (HEIC), enregistrez-la en JPEG."
    else:
        advice = "Enregistrez-le en PDF."
    raise AttachmentError(f"« {name} » : ce type de fichier n’est pas reconnu ; {_TAKEN}. {advice}")


def _of_archive(content: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = set(archive.namelist())
            if "mimetype" in parts and _start(archive, "mimetype").strip() == _ODT:
                return "odt"
            types = _start(archive, _PARTS) if _PARTS in parts else b""
    except _DAMAGED as error:
        raise damaged(name) from error
    if _MACROS in types:
        raise AttachmentError(f"« {name} » contient des macros : enregistrez-le en DOCX ou XLSX, sans macro.")
    found = next((kind for declared, kind in _OFFICE.items() if declared in types), None)
    if found is None:
        raise AttachmentError(f"« {name} » est une archive ou un document d’un autre type ; {_TAKEN}.")
    return found


def _start(archive: zipfile.ZipFile, part: str) -> bytes:
    with archive.open(part) as file:
        return file.read(_MOST_READ)


def damaged(name: str) -> AttachmentError:
    """Return what is raised for a file that cannot be opened."""
    return AttachmentError(f"« {name} » est abîmé : il ne s’ouvre pas. Enregistrez-le de nouveau, puis redéposez-le.")
