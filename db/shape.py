"""The dictionary as one office keeps it: every table of the file, with the office's own fields and wording."""

import sqlite_utils

from db.dictionary import FILES, TABLES
from db.fields import Table


def tables(db: sqlite_utils.Database) -> dict[str, Table]:
    """Every table of the file by name, the office's own ones (settings) included."""
    return TABLES


def files(db: sqlite_utils.Database) -> dict[str, Table]:
    """The tables that the team fills in, by name."""
    return {name: tables(db)[name] for name in FILES}
