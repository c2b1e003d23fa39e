"""Sound files damaged at random places: each number gives one file, always the same for a seed."""

import io
import zipfile
from random import Random

from benchmarks.uploads.bombs import UploadedFile
from benchmarks.uploads.samples import SPREADSHEETS, sample, zipped

_EXTENSIONS = (*SPREADSHEETS, "json")
_KINDS = ("truncated", "bytes flipped", "bytes put in", "damaged within the ZIP", "in a ZIP", "truncated, mislabelled")


def damaged(seed: int, number: int) -> UploadedFile:
    """Return one damaged file."""
    random = Random(f"{seed} {number}")
    kind, extension = random.choice(_KINDS), random.choice(_EXTENSIONS)
    if kind == "damaged within the ZIP":
        extension = random.choice(("xlsx", "ods"))
    named = random.choice(_EXTENSIONS) if kind == "truncated, mislabelled" else extension
    return UploadedFile(kind, f"n° {number}, {extension} as {named}", named, lambda: _damage(kind, extension, random))


def _damage(kind: str, extension: str, random: Random) -> bytes:
    content = sample(extension)
    match kind:
        case "bytes flipped":
            return _flipped(content, random)
        case "bytes put in":
            place = random.randrange(len(content))
            return content[:place] + random.randbytes(random.choice((1, 16, 5_000))) + content[place:]
        case "damaged within the ZIP":
            return _damaged_parts(content, random)
        case "in a ZIP":
            return zipped({f"personnes.{extension}": content})
        case _:
            return content[: random.randrange(len(content))]


def _flipped(content: bytes, random: Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(random.choice((1, 5, 50, 500))):
        flipped[random.randrange(len(flipped))] ^= 1 << random.randrange(8)
    return bytes(flipped)


def _damaged_parts(content: bytes, random: Random) -> bytes:
    """Return a sound ZIP one part of which is damaged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(sorted(parts))
    parts[name] = random.choice((_flipped(parts[name], random), parts[name][: random.randrange(len(parts[name]))], b""))
    return zipped(dict(parts))
