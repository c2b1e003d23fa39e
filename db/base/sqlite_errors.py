"""SQLite's messages in French: as an error of their own, and as the cause within a longer sentence."""

import sqlite3

from db.base.errors import AccessError, BusyError, PaletteError, StorageError

_NOTHING = "rien n’a été enregistré"
_TELL = "Prévenez qui tient Palette."
_READ_ONLY = f"Le fichier est en lecture seule : {_NOTHING}. {_TELL}"
_MESSAGES: tuple[tuple[str, type[PaletteError], str, str], ...] = (
    ("prohibited", AccessError, "Votre rôle ne permet pas de voir cela.", ""),
    ("vtable constructor failed", AccessError, "Votre rôle ne permet pas de voir cela.", ""),
    ("not authorized", AccessError, f"Votre rôle ne permet pas cela ; {_NOTHING}.", ""),
    (
        "locked", BusyError, f"Le fichier est occupé par un autre programme : {_NOTHING}, réessayez.",
        "le fichier est occupé par un autre programme",
    ),
    (
        "enregistrement en cours", BusyError, "Cette ligne fait partie d’un grand enregistrement (un import…) qui n’est"
        f" pas terminé : {_NOTHING}, réessayez dans un instant.", "",
    ),
    ("is full", StorageError, f"Le disque du serveur est plein : {_NOTHING}. {_TELL}", "le disque est plein"),
    ("readonly", StorageError, _READ_ONLY, ""),
    ("read-only", StorageError, _READ_ONLY, ""),
    (
        "disk I/O", StorageError, f"Le disque du serveur refuse d’écrire (est-il plein ?) : {_NOTHING}. {_TELL}",
        "le disque refuse d’écrire (est-il plein ?)",
    ),
    (
        "unable to open", StorageError, f"Le fichier ne peut pas être ouvert : droits, ou disque. {_TELL}",
        "le fichier ne peut pas être ouvert",
    ),
    (
        "malformed", StorageError, f"Le fichier est abîmé : reprenez une sauvegarde. {_TELL}",
        "le fichier est abîmé",
    ),
    (
        "not a database", StorageError, f"Le fichier n’est pas un fichier de Palette, ou il est abîmé. {_TELL}",
        "le fichier n’est pas un fichier de Palette, ou il est abîmé",
    ),
)  # fmt: skip
"""(part of SQLite's message, error class, its French sentence, the cause as the end of another sentence or '')."""


def palette_error(error: sqlite3.Error) -> PaletteError | None:
    """Map a SQLite error to the error that a person reads, or None if the person cannot act on it."""
    message = str(error)
    return next((kind(sentence) for part, kind, sentence, _ in _MESSAGES if part in message), None)


def reason(error: sqlite3.Error) -> str:
    """Return the cause of a SQLite error as the end of a French sentence."""
    message = str(error)
    reasons = (reason for part, _, _, reason in _MESSAGES if reason and part in message)
    return next(reasons, "le fichier ne peut pas être copié")
