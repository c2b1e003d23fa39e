"""What the verbs of every command line share: a path argument, and errors as one French sentence."""

import sqlite3
from pathlib import Path
from typing import Any

import click

from db.base.errors import PaletteError


class PathArgument(click.Path):
    """A path that ends by a name: Python would take an empty word for the current folder."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raise BadParameter for a path without a name ('', « . », « / ») or with a NUL."""
        if not Path(value).name or "\0" in str(value):
            self.fail("ce n’est pas l’adresse d’un fichier.", param, ctx)
        return super().convert(value, param, ctx)


FILE = click.argument("path", type=PathArgument())


class Verbs(click.Group):
    """A group of verbs that answers an expected error with one French sentence and exit code 2, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (PaletteError, OSError, sqlite3.DatabaseError) as error:
            click.echo(_sentence(error), err=True)
            ctx.exit(2)


def _sentence(error: Exception) -> str:
    match error:
        case FileExistsError(filename=str(path)):
            return f"Il y a déjà un fichier à l’adresse {path} ; rien n’a été écrit."
        case OSError(filename=str(path)):
            return f"Impossible d’écrire à l’adresse {path}."
        case sqlite3.DatabaseError():
            return f"SQLite ne lit pas ce fichier ({error}). Est-ce bien un fichier de Palette ?"
        case _:
            return str(error)
