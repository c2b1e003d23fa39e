"""The attachments of the office file as ZIPs beside the workbook of « Tout emporter »: « 12/34 devis.pdf » is
attachment n° 34 of person n° 12, which the sheet « Pièces jointes » of the workbook lists."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import IO

from db.attachments import files
from db.attachments.files import StoredFile, Volume
from db.base import atomic_files
from db.base.progress import Progress, ignore_progress
from db.model.office import Office

MOST = 150 * 2**20
"""Bytes of the files in one ZIP, except when those of one person are more: it is made in memory."""
KIND = "application/zip"


def volumes(db: Office) -> list[Volume]:
    """Return what each ZIP holds."""
    return files.volumes(db, MOST)


def zip_bytes(db: Office, volume: Volume, tick: Progress = ignore_progress) -> bytes:
    """Return one ZIP. Raises what ``tick`` raises."""
    content = BytesIO()
    _write(db, [volume], content, tick)
    return content.getvalue()


def write(db: Office, target: Path, replace: bool, tick: Progress = ignore_progress) -> None:
    """Write all attachments into one ZIP, whatever their size. Raises FileExistsError unless ``replace``, OSError."""
    with atomic_files.work_folder(target) as work:
        part = work / "pieces.zip"
        with part.open("wb") as file:
            _write(db, volumes(db), file, tick)
        if target.exists() and not replace:
            raise FileExistsError(target)
        part.replace(target)


def add(archive: zipfile.ZipFile, one: StoredFile, folder: str) -> None:
    """Add one attachment to an archive, as it is: these formats are compressed already."""
    archive.writestr(zipfile.ZipInfo(f"{folder}/{one.id} {one.name}", one.day), one.content, zipfile.ZIP_STORED)


def _write(db: Office, parts: list[Volume], content: IO[bytes], tick: Progress) -> None:
    total, done = max(1, sum(one.count for one in parts)), 0
    with zipfile.ZipFile(content, "w") as archive:
        for volume in parts:
            for one in files.of_persons(db, volume.first, volume.last):
                tick(done / total, f"pièce {done + 1} sur {total}")
                add(archive, one, str(one.person_id))
                done += 1
