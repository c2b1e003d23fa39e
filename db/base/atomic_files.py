"""Write files that are whole or absent: written beside their place, synced, read back, renamed; encrypted with age on
request."""

import errno
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import pyrage  # type: ignore[import-untyped]

from db.base import sqlite_errors
from db.base.errors import PaletteError, StorageError

WORK = "palette-copie-"
PART = ".part"
_SECRET = "AGE-SECRET-KEY-1"
DAMAGED = "Cette sauvegarde est abîmée : elle ne dit plus ce qui avait été vérifié quand elle a été faite."


def why(error: BaseException) -> str:
    """Return the cause of a failure as the end of a French sentence, without any value."""
    match error:
        case PaletteError():
            return str(error).rstrip(".")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return "le disque est plein"
        case OSError(errno=errno.EACCES | errno.EPERM | errno.EROFS):
            return "le dossier n’accepte pas qu’on y écrive (droits, ou disque en lecture seule)"
        case OSError():
            return "le disque ou le dossier ne répond pas"
        case sqlite3.Error():
            return sqlite_errors.reason(error)
        case _:
            return "une erreur inattendue, notée dans le journal du serveur"


# ---- on the disk


def copy(source: Path, target: Path, recipient: Any = None) -> str:
    """Write a new file with the content of another, encrypted for ``recipient`` if there is one. Return the SHA-256 of
    what was read back from the disk. Raises StorageError when that differs from what was written, OSError."""

    def transfer(reading: BinaryIO, writing: "_DigestWriter") -> None:
        if recipient is None:
            shutil.copyfileobj(reading, writing, 1 << 20)
        else:
            pyrage.encrypt_io(reading, writing, [recipient])

    written = _write(source, target, transfer)
    if digest(target) != written:
        raise StorageError("le disque n’a pas gardé ce qui y a été écrit")
    return written


def decrypt(source: Path, target: Path, identity: Path | None) -> None:
    """Write the content of an age file into a new file. Raises StorageError, OSError."""
    key = _identity(identity)
    try:
        _write(source, target, lambda reading, writing: pyrage.decrypt_io(reading, writing, [key]))
    except pyrage.DecryptError as error:
        if "No matching keys" in str(error):
            raise StorageError(
                "Cette clé n’ouvre pas cette sauvegarde : elle a été chiffrée pour une autre, ou son début est abîmé."
            ) from None
        raise StorageError(DAMAGED) from None
    except OSError as error:
        if error.errno:
            raise
        raise StorageError(DAMAGED) from None  # age's way to say that what it reads was changed


def _write(source: Path, target: Path, transfer: Callable[[BinaryIO, "_DigestWriter"], None]) -> str:
    with source.open("rb") as reading, open(_made(target), "wb") as file:
        writing = _DigestWriter(file)
        try:
            transfer(reading, writing)
            file.flush()
        except (pyrage.EncryptError, pyrage.DecryptError, OSError):
            if writing.refused:
                raise writing.refused from None
            raise
    sync(target)
    return writing.digest.hexdigest()


def _made(target: Path) -> int:
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


class _DigestWriter:
    """A file that computes the SHA-256 of what is written. It keeps the disk's own error, of which age repeats only the
    text."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.digest = file, hashlib.sha256()
        self.refused: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._file.write(data)
        except OSError as error:
            self.refused = error
            raise
        self.digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Called by age; the file itself is flushed once, at the end."""


def write_text(path: Path, text: str) -> None:
    """Write a small file in one move, in place of an older one. Raises OSError."""
    write_bytes(path, text.encode(), replace=True, like=path.parent)


def write_bytes(path: Path, content: bytes, replace: bool = False, like: Path | None = None) -> None:
    """Write a file that is whole or absent, readable by its owner alone. ``replace``: an older file gives way.
    ``like``: the file gets the owner of that path. Raises FileExistsError, OSError."""
    part = path.with_name(path.name + PART) if replace else path
    if replace:
        part.unlink(missing_ok=True)
    descriptor = _made(part)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        sync(part)
        if like:
            hand_over(part, like)
        if replace:
            part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Flush a file to the disk and drop it from the page cache, so that the next read comes from the disk."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(file)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk; some file systems cannot, which is not an error."""
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


def hand_over(path: Path, like: Path) -> None:
    """Give a file that root made to the owner of ``like``; otherwise the server could not read it later."""
    if os.geteuid() == 0:
        owner = like.stat()
        with suppress(PermissionError):  # root of a container, which may not give anything away
            os.chown(path, owner.st_uid, owner.st_gid)


@contextmanager
def work_folder(path: Path) -> Iterator[Path]:
    """Yield a folder beside the office file for unfinished copies, which may hold names. It is removed at the end."""
    work = Path(tempfile.mkdtemp(PART, WORK, path.parent))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


# ---- keys


def recipient_of(text: str | None) -> Any:
    """Return the public key to encrypt for, or None for an empty text. Raises StorageError for a text that is no key,
    rather than leave the backup unencrypted."""
    if not (text or "").strip():
        return None
    try:
        return pyrage.x25519.Recipient.from_str((text or "").strip())
    except pyrage.RecipientError:
        raise StorageError(
            "la clé de chiffrement (PALETTE_BACKUP_KEY) n’est pas une clé publique age, qui commence par « age1 »"
        ) from None


def new_identity(path: Path) -> str:
    """Write a new key pair into a new file that only its owner reads, and return the public key. Raises
    FileExistsError."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    with open(_made(path), "w", encoding="ascii") as file:
        file.write(f"# public key: {public}\n{identity}\n")
    sync(path)
    sync_folder(path.parent)
    return public


def _identity(path: Path | None) -> Any:
    if path is None:
        raise StorageError("Cette sauvegarde est chiffrée : donnez le fichier de la clé (--identity FICHIER).")
    try:
        lines = path.read_text(encoding="utf-8").split()
        return pyrage.x25519.Identity.from_str(next(word for word in lines if word.startswith(_SECRET)))
    except FileNotFoundError:
        raise StorageError(f"Il n’y a pas de fichier de clé à l’adresse {path}.") from None
    except (StopIteration, UnicodeDecodeError, pyrage.IdentityError):
        raise StorageError(f"Le fichier {path} ne contient pas de clé age (une ligne « {_SECRET}… »).") from None
