"""The logo that an office uploads, read in a process of its own with hard limits and written anew as a small PNG."""

import base64
import io
from collections.abc import Iterator

from PIL import Image

from db.base import helper_process
from db.base.errors import InvalidError, Problem
from db.base.helper_process import HelperError, HelperLimits
from db.base.turns import READING

_LIMITS = HelperLimits(memory=600_000_000, processor=10, seconds=20, output=4_000_000)
_SIZE = (900, 300)
"""Most pixels, in width and height: enough for print at 18 mm."""
_UNREADABLE = "ce fichier n’est pas une image PNG ou JPEG lisible"


def normalised(content: bytes) -> bytes:
    """Return the image as PNG. Raises InvalidError."""
    received: list[list[str]] = []
    try:
        with READING.turn():
            helper_process.run("reports.documents.logo", [content], _LIMITS, received.append)
        return base64.b64decode(received[0][0])
    except (HelperError, LookupError, ValueError) as error:
        raise InvalidError([Problem(_UNREADABLE)]) from error


def answer(request: bytes) -> Iterator[list[str]]:
    """Yield the PNG in base64."""
    with Image.open(io.BytesIO(request), formats=("PNG", "JPEG")) as image:
        image.thumbnail(_SIZE)
        content = io.BytesIO()
        image.convert("RGBA" if image.has_transparency_data else "RGB").save(content, "PNG")
    yield [base64.b64encode(content.getvalue()).decode()]


if __name__ == "__main__":
    helper_process.serve(answer)
