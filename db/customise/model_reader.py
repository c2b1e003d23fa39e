"""Reading of a model file, which another office made, in a process of its own with hard limits (helper_process)."""

import json
from collections.abc import Iterator
from typing import Any

from db.base import helper_process
from db.base.errors import InvalidError, Problem
from db.base.helper_process import HelperError, HelperLimits
from db.base.turns import READING

FORMAT = 1
"""Increased when a Palette writes what earlier ones cannot read."""
KEYS = {"own_field": ("of_table", "name"), "own_value": ("of_list", "code")}
"""Table -> the fields by which a model names one of its rows."""
_NOT_A_MODEL = "ce fichier n’est pas un modèle de Palette"
_TOO_LARGE = "ce fichier est trop gros pour un modèle de Palette"
_NEWER = "ce modèle vient d’une version plus récente de Palette : mettez Palette à jour"
_MAX_ROWS = 5_000
_LIMITS = HelperLimits(memory=400_000_000, processor=10, seconds=60, output=8_000_000)


def read(content: bytes) -> dict[str, Any]:
    """Return the settings, and the rows of each table of KEYS, by name. Raises InvalidError."""
    received: list[dict[str, Any]] = []
    try:
        with READING.turn():
            helper_process.run(
                "db.customise.model_reader", [content], _LIMITS, lambda item: received.append(_checked(item[0]))
            )
    except HelperError as error:
        reasons = {helper_process.REFUSED: str(error), helper_process.FAILED: _NOT_A_MODEL}
        raise InvalidError([Problem(reasons.get(error.why, _TOO_LARGE))]) from error
    return received[0]


def parsed(content: bytes) -> Iterator[Any]:
    """Yield what ``read`` returns, in a list. Raises InvalidError."""
    try:
        model = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InvalidError([Problem(_NOT_A_MODEL)]) from error
    if not isinstance(model, dict) or not isinstance(model.get("palette"), int):
        raise InvalidError([Problem(_NOT_A_MODEL)])
    if model["palette"] > FORMAT:
        raise InvalidError([Problem(_NEWER)])
    yield [_checked({"setting": model.get("setting", {}), **{name: model.get(name, []) for name in KEYS}})]


def _checked(model: Any) -> dict[str, Any]:
    """Return a model with the structure that ``read`` promises. Raises InvalidError."""
    if not isinstance(model, dict) or not isinstance(model["setting"], dict):
        raise InvalidError([Problem(_NOT_A_MODEL)])
    for name in KEYS:
        rows = model[name]
        if not isinstance(rows, list) or len(rows) > _MAX_ROWS or not all(isinstance(row, dict) for row in rows):
            raise InvalidError([Problem(_NOT_A_MODEL)])
    return model


if __name__ == "__main__":
    helper_process.serve(parsed)
