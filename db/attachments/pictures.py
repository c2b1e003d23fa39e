"""The picture of the first page of a file, as PNG. Runs in reader_process alone, which ends what takes too much."""

import io
import zipfile
from contextlib import suppress

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from db.attachments import recognise

SIDE = 240
"""Pixels of the longer side, at most."""
_MOST_PIXELS = 100_000_000
"""A larger image is taken without a picture."""
Image.MAX_IMAGE_PIXELS = None  # Pillow refuses to open what has more, which is no reason to refuse the file
_THUMBNAIL = "Thumbnails/thumbnail.png"
"""Where LibreOffice puts the picture of a document."""
_PASSWORD = "password"
_BROKEN_IMAGE = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError)


def of(kind: str, content: bytes, name: str) -> bytes | None:
    """Return the picture, or None for a file that has none: a spreadsheet, a PDF with a password. Raises
    AttachmentError for a PDF or an image that cannot be opened."""
    match kind:
        case "pdf":
            return _of_pdf(content, name)
        case "jpeg" | "png":
            try:
                return _of_image(content, kind)
            except _BROKEN_IMAGE as error:
                raise recognise.damaged(name) from error
        case "odt":
            with suppress(KeyError, zipfile.BadZipFile, *_BROKEN_IMAGE):
                return _of_image(zipfile.ZipFile(io.BytesIO(content)).read(_THUMBNAIL), "png")
    return None


def _of_pdf(content: bytes, name: str) -> bytes | None:
    try:
        document = pypdfium2.PdfDocument(content)
        page = document[0]
    except pypdfium2.PdfiumError as error:
        if _PASSWORD in str(error).lower():
            return None
        raise recognise.damaged(name) from error
    except IndexError as error:
        raise recognise.damaged(name) from error
    with suppress(pypdfium2.PdfiumError, ValueError):  # a page that cannot be drawn: the file may open elsewhere
        scale = SIDE / max(1.0, *page.get_size())
        return _png(page.render(scale=scale).to_pil())
    return None


def _of_image(content: bytes, kind: str) -> bytes | None:
    with Image.open(io.BytesIO(content), formats=(kind.upper(),)) as image:
        if image.width * image.height > _MOST_PIXELS:
            return None
        image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is read at a fraction of its size
        image.load()
        return _png(ImageOps.exif_transpose(image))


def _png(image: Image.Image) -> bytes:
    image.thumbnail((SIDE, SIDE))
    if image.mode in ("RGBA", "LA", "PA", "P"):
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    out = io.BytesIO()
    image.convert("RGB").save(out, "PNG", optimize=True)
    return out.getvalue()
