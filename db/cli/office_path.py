"""A file named on the command line."""

from pathlib import Path
from typing import Any

import click


class Place(click.Path):
    """A path; an empty word is none (Python would take it for the present folder)."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises BadParameter for an empty word, and for what no file can be called."""
        if not str(value) or "\0" in str(value):
            self.fail("ce n’est pas l’adresse d’un fichier.", param, ctx)
        return super().convert(value, param, ctx)
