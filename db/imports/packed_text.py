"""A text file in a ZIP or GZ archive: how a nationwide list, too heavy as it is, is brought. Runs in reader_process."""

import gzip
import io
import zipfile
import zlib
from typing import IO

from db.base.errors import WorkbookError
from db.imports import file_limits

_GZIP, _ZIP = b"\x1f\x8b", b"PK"
_TEXTS = (".csv", ".tsv")
_DAMAGED = (zipfile.BadZipFile, NotImplementedError, OSError, EOFError, RuntimeError, ValueError, zlib.error)


def unpack(data: bytes, name: str) -> tuple[bytes, str]:
    """Return the bytes and the name of the only text file of an archive; those given when it is anything else. Raises
    WorkbookError for a damaged archive, or for one that would grow too large."""
    try:
        if data.startswith(_GZIP):
            with gzip.open(io.BytesIO(data)) as packed:
                return _read(packed, name), name.removesuffix(".gz")
        if data.startswith(_ZIP):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = [one for one in archive.infolist() if _is_wanted(one.filename)]
                if len(members) == 1 and members[0].filename.lower().endswith(_TEXTS):
                    with archive.open(members[0]) as packed:
                        return _read(packed, name), members[0].filename.rpartition("/")[2]
    except _DAMAGED as error:
        if data.startswith(_GZIP):
            raise WorkbookError(f"« {name} » ne se décompresse pas : le fichier est abîmé.") from error
    return data, name  # a spreadsheet, or what workbook_reader refuses by name


def _is_wanted(path: str) -> bool:
    """Return whether a member is a file of the person: macOS adds some of its own."""
    return not (path.endswith("/") or path.startswith("__MACOSX/") or path.rpartition("/")[2].startswith("."))


def _read(packed: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    data = packed.read(file_limits.MAX_UNPACKED + 1)
    if len(data) > file_limits.MAX_UNPACKED:
        most = file_limits.MAX_UNPACKED // 1_000_000
        raise WorkbookError(f"« {name} » est trop gros une fois décompressé ({most} Mo au plus).")
    return data
