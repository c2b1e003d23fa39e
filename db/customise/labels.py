"""Labels typed by an office, and the names of columns and codes of values made from them."""

import re
from collections.abc import Iterable

from db.base.errors import FieldError, InvalidError, Problem
from db.base.french import fold
from db.model import effective_dictionary
from db.model.fields import Field
from db.model.types import Context


def read_required(field: Field, typed: str) -> str:
    """Return the typed text as a required field stores it. Raises InvalidError."""
    try:
        text = field.type.check(typed, Context({}))
    except FieldError as error:
        raise InvalidError([Problem(str(error), field.label, field.name)]) from error
    if not text:
        raise InvalidError([Problem("ce champ est obligatoire", field.label, field.name)])
    return str(text)


def slug(label: str) -> str:
    """Return a name of column or code: « Numéro Maison des artistes » -> own_numero_maison_des_artistes."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    return effective_dictionary.PREFIX + (plain[:40].strip("_") or "champ")


def unused_name(name: str, used: Iterable[str]) -> str:
    """Return the name, with a number (« name_2 ») if it is already used."""
    candidate, number, names = name, 1, set(used)
    while candidate in names:
        number += 1
        candidate = f"{name}_{number}"
    return candidate
