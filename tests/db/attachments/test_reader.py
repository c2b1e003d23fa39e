"""A file that is brought is recognised by its content, in a process of its own; a refusal names it and says why."""

import io
import zlib

import pytest
from PIL import Image

from db.attachments import reader
from db.base.errors import AttachmentError
from db.base.helper_process import HelperLimits
from db.model import attachment_rules
from tests.db.attachments import samples
from tests.db.attachments.samples import DOCM, DOCX, ENCRYPTED, ODS, ODT, XLSX, image


def picture_of(content):
    return Image.open(io.BytesIO(reader.read(content, "a").picture or b""))


@pytest.mark.parametrize(
    ("content", "kind", "has_picture"),
    [
        (image("PDF"), "pdf", True), (ENCRYPTED, "pdf", False), (image("JPEG"), "jpeg", True),
        (image("PNG"), "png", True), (DOCX, "docx", False), (XLSX, "xlsx", False), (ODT, "odt", True),
    ],
    ids=["pdf", "encrypted", "jpeg", "png", "docx", "xlsx", "odt"],
)  # fmt: skip
def test_a_file_is_recognised_by_its_content_whatever_its_name(content, kind, has_picture):
    found = reader.read(content, "C:\\scans\\pièce  signée.exe")

    assert (found.name, found.kind, found.content) == ("pièce signée.exe", kind, content)
    assert bool(found.picture) is has_picture
    if found.picture:
        picture = Image.open(io.BytesIO(found.picture))
        assert picture.format == "PNG"
        assert max(picture.size) <= 240


def test_the_picture_shows_the_page_upright_and_on_white():
    clear, turned = Image.new("RGBA", (50, 50), (0, 0, 0, 0)), Image.new("RGB", (40, 20), "red")
    out, sideways = io.BytesIO(), io.BytesIO()
    clear.save(out, "PNG")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter, as a telephone notes it
    turned.save(sideways, "JPEG", exif=exif)

    assert picture_of(out.getvalue()).getpixel((5, 5)) == (255, 255, 255)
    assert picture_of(sideways.getvalue()).size == (20, 40)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "est vide"),
        (b"bonjour", "n’est pas reconnu"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "HEIC"),
        (b"\xd0\xcf\x11\xe0" + bytes(50), "mot de passe"),
        (DOCM, "macros"),
        (ODS, "d’un autre type"),
        (DOCX[:40], "est abîmé"),
        (image("PNG")[:200], "est abîmé"),
        (b"%PDF-1.7 and nothing else", "est abîmé"),
        (b"%PDF-" + bytes(attachment_rules.LARGEST), "est trop gros : 10,0\u00a0Mo, 10 Mo au plus"),
    ],
    ids=["empty", "text", "heic", "doc", "docm", "ods", "zip", "png", "pdf", "large"],
)
def test_a_file_that_is_not_kept_is_named_with_the_reason(content, why):
    with pytest.raises(AttachmentError) as refusal:
        reader.read(content, "dossier/ma pièce.pdf")

    assert str(refusal.value).startswith("« ma pièce.pdf »")
    assert why in str(refusal.value)


def test_a_file_whose_picture_takes_too_much_is_kept_without(monkeypatch):
    huge = image("PNG", (6_000, 6_000))
    assert reader.read(huge, "plan.png").picture, "the control"

    monkeypatch.setattr(reader, "LIMITS", HelperLimits(memory=240_000_000, processor=20, seconds=40, output=4_000_000))
    found = reader.read(huge, "plan.png")

    assert (found.kind, found.picture) == ("png", None)


def test_an_image_of_900_million_points_is_not_unfolded():
    head = samples.image("PNG", (1, 1))
    width = (30_000).to_bytes(4, "big")
    bomb = head[:16] + width + width + head[24:]

    assert reader.read(_with_checksum(bomb), "bombe.png").picture is None


def _with_checksum(png: bytes) -> bytes:
    """Mend the checksum of the header of a PNG."""
    return png[:29] + zlib.crc32(png[12:29]).to_bytes(4, "big") + png[33:]
