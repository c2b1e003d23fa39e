"""The named exceptions of Palette. Messages are French; classes and log lines hold no personal data."""

import traceback
from dataclasses import dataclass
from typing import Any


class PaletteError(Exception):
    """Base of every error that a user may read; ``str(error)`` is the French sentence to show."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a value. ``line`` counts from 1."""

    reason: str
    label: str = ""
    field: str = ""
    line: int | None = None

    def __str__(self) -> str:
        where = " · ".join([f"Ligne {self.line}"] * (self.line is not None) + [self.label] * bool(self.label))
        return f"{where} : {self.reason}" if where else self.reason


class FieldError(PaletteError):
    """A value that its field refuses; the message is the reason alone."""


class InvalidError(PaletteError):
    """Values that cannot be saved; ``problems`` gives line, label and reason of each."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class RuleError(InvalidError):
    """A row that breaks a rule of the domain (dates, overlapping contracts, missing rights…)."""


class CeilingError(RuleError):
    """An aid that would exceed the ceiling; the message gives ceiling, granted and left."""


class NotFoundError(PaletteError):
    """A row or file that does not exist, or was deleted."""


@dataclass(frozen=True)
class Difference:
    """One field that two people changed: ``theirs`` is in the file, ``mine`` is not saved."""

    field: str
    label: str
    theirs: Any
    mine: Any
    theirs_text: str
    mine_text: str


class ConflictError(PaletteError):
    """A colleague changed the same field of the same row since it was read; nothing was written."""

    def __init__(self, row_id: int, version: int, who: str, differences: list[Difference]) -> None:
        self.row_id, self.version, self.who, self.differences = row_id, version, who, differences
        lines = [f"{d.label} : « {d.theirs_text} » dans le fichier, « {d.mine_text} » chez vous" for d in differences]
        super().__init__(f"{who} a modifié cette ligne entre-temps." + f" {' ; '.join(lines)}." * bool(lines))


class StaleError(PaletteError):
    """A confirmed action that would no longer do what was shown; nothing was written."""


class SchemaError(PaletteError):
    """A file that contradicts the dictionary; the message names the column and what to do."""


class BusyError(PaletteError):
    """The file is locked by another program; nothing was written and retrying is safe."""


class UndoError(PaletteError):
    """An operation that cannot be undone; the message says why."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("Impossible de défaire, rien n’a été changé : " + "\n".join(reasons))


class AccessError(PaletteError):
    """The roles of the signed-in user do not allow it; nothing was read or written."""


class StorageError(PaletteError):
    """The disk or the file refuses (full, read-only, damaged); nothing was written."""


class WorkbookError(PaletteError):
    """A file that cannot be read as a spreadsheet; the message says why (password, empty, too large, other format)."""


class AttachmentError(PaletteError):
    """A file that is not taken as an attachment; the message names it and says why (size, format, damaged)."""


class RefusedImportError(PaletteError):
    """An import that was not written; ``problems`` name every row that was refused."""

    def __init__(self, sentence: str, problems: list[Any]) -> None:
        self.problems = problems
        super().__init__("\n".join([sentence, *map(str, problems[:20])]))


def without_values(error: BaseException) -> str:
    """Describe an error for the log by its class and where it happened. Its message may quote what a user typed, so it
    is left out."""
    frames = [f"{frame.filename}:{frame.lineno} ({frame.name})" for frame in traceback.extract_tb(error.__traceback__)]
    return f"{type(error).__name__} at {' < '.join(reversed(frames[-8:]))}"
