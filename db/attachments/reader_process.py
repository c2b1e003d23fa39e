"""The process that looks into one attachment: ``python -m db.attachments.reader_process``, started by reader alone.

The request is the name of the file in JSON, a line break, and its bytes. The answer is its format, once that is
certain, then its picture in base64 or None.
"""

import json
from base64 import b64encode
from collections.abc import Iterator

from db.attachments import pictures, recognise
from db.base import helper_process


def answer(request: bytes) -> Iterator[str | None]:
    """Yield format and picture. Raises AttachmentError."""
    end = request.index(b"\n")
    name, content = json.loads(request[:end]), request[end + 1 :]
    kind = recognise.format_of(content, name)
    helper_process.send(kind)
    picture = pictures.of(kind, content, name)
    yield b64encode(picture).decode() if picture else None


if __name__ == "__main__":
    helper_process.serve(answer)
