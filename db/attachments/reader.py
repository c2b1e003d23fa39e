"""Looking into a file that somebody brings, in a process of its own with hard limits: the only way by which Palette
opens an attachment. A file that is recognised, and whose picture takes too much, is taken without a picture."""

import json
from base64 import b64decode
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from db.base import helper_process
from db.base.errors import AttachmentError
from db.base.french import french_number
from db.base.helper_process import HelperError, HelperLimits
from db.base.turns import READING
from db.model import attachment_rules

LIMITS = HelperLimits(memory=1_000_000_000, processor=20, seconds=40, output=4_000_000)
_UNREADABLE = "« {} » ne se lit pas : il est abîmé, ou demande trop de mémoire. Enregistrez-le de nouveau en PDF."
_MEGABYTE = 2**20


@dataclass(frozen=True)
class BroughtFile:
    """A file that may be kept. ``kind``: its format; ``picture``: its first page as PNG, if it has one."""

    name: str
    kind: str
    content: bytes
    picture: bytes | None


def read(content: bytes, name: str) -> BroughtFile:
    """Return a file with its format and picture. Raises AttachmentError, which names the file and says why."""
    name = " ".join(PurePath(name.replace("\\", "/")).name.split()) or "sans nom"
    if not content:
        raise AttachmentError(f"« {name} » est vide.")
    if len(content) > attachment_rules.LARGEST:
        raise AttachmentError(f"« {name} » est trop gros : {megabytes(len(content))}, 10 Mo au plus par fichier.")
    answer: list[Any] = []
    try:
        with READING.turn():
            request = (json.dumps(name).encode(), b"\n", content)
            helper_process.run("db.attachments.reader_process", request, LIMITS, answer.append)
    except HelperError as error:
        if error.why == helper_process.REFUSED:
            raise AttachmentError(str(error)) from error
        if not answer:
            raise AttachmentError(_UNREADABLE.format(name)) from error
    kind, picture = (*answer, None)[:2]
    return BroughtFile(name, kind, content, b64decode(picture) if picture else None)


def megabytes(size: int) -> str:
    """Return a size in bytes as French text: « 1,4 Mo », « 12 Ko »."""
    if size < _MEGABYTE:
        return f"{french_number(max(1, round(size / 1024)))}\u00a0Ko"
    return f"{french_number(size / _MEGABYTE, int(size % _MEGABYTE > 0))}\u00a0Mo"
