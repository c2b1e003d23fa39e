"""Saved views: what a grid shows (filters, search, columns, order, groups), named, shared with the team, or someone's
default.

A view belongs to one grid and stores conditions, never a list of persons. Its fields and values are looked up each time
it is opened; those that no longer exist are left out, and the user is told.
"""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from db.base.errors import AccessError, FieldError, InvalidError, NotFoundError, Problem
from db.base.french import fold
from db.model.dictionary import PERSON
from db.model.fields import Computed, Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Choices, Context, Date, Euros, Integer, Text, Time, YesNo
from db.rows.queries import groupable, words
from db.rows.transactions import writing

LONGEST_NAME = 60
_LONGEST_CONTENT = 20_000
_UNKNOWN = "Cette vue n’existe pas, ou n’est pas partagée avec vous."


@dataclass(frozen=True)
class Grid:
    """A grid: its table and its own name. What follows a colon in a key (whose plan it is) makes no difference."""

    table: str
    name: str

    @classmethod
    def of(cls, table: OfficeTable, key: str) -> "Grid":
        """Return the grid that a screen shows under that key."""
        return cls(table.name, key.partition(":")[0])


@dataclass(frozen=True)
class Look:
    """What a grid shows. ``filters``: as chosen or typed (pages/shared/grid/filters.py), without selected rows.
    ``folded``, the folded groups, does not count when two looks are compared."""

    filters: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    search: str = ""
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    group: str = ""
    folded: tuple[Any, ...] = dataclasses.field(default=(), compare=False)


@dataclass(frozen=True)
class View:
    """A saved view. ``labels``: labels of its fields when it was saved; ``others``: whose default it is."""

    id: int
    name: str
    grid: Grid
    owner: str
    shared: bool
    look: Look
    labels: Mapping[str, str]
    others: int


# ---- which there are

_SELECT = (
    "SELECT v.id, v.name, v.table_name, v.grid, v.owner, v.shared, v.content,"
    ' (SELECT count(*) FROM view_default d WHERE d.view_id = v.id AND d.who <> v.owner) FROM "view" v'
)
_VISIBLE = "(v.owner = :who OR v.shared)"


def every(db: Office, who: str, grid: Grid) -> list[View]:
    """Return the views of a grid that a user may open: the user's own, then those shared, by name."""
    sql = f"{_SELECT} WHERE v.table_name = :table AND v.grid = :grid AND {_VISIBLE}"
    rows = db.execute(sql, {"who": who, "table": grid.table, "grid": grid.name}).fetchall()
    return sorted(map(_read, rows), key=lambda view: (view.owner != who, fold(view.name), view.id))


def get(db: Office, view_id: int, who: str) -> View:
    """Return one view. Raises NotFoundError when this user may open no such view, without saying which of the
    two."""
    row = db.execute(f"{_SELECT} WHERE v.id = :id AND {_VISIBLE}", {"id": view_id, "who": who}).fetchone()
    if row is None:
        raise NotFoundError(_UNKNOWN)
    return _read(row)


def default(db: Office, who: str, grid: Grid) -> View | None:
    """Return the view that a user's grid opens on, or None."""
    sql = (
        f"{_SELECT} JOIN view_default m ON m.view_id = v.id"
        f" WHERE m.who = :who AND m.table_name = :table AND m.grid = :grid AND {_VISIBLE}"
    )
    row = db.execute(sql, {"who": who, "table": grid.table, "grid": grid.name}).fetchone()
    return _read(row) if row else None


def _read(row: tuple[int, str, str, str, str, int, str, int]) -> View:
    view_id, name, table, grid, owner, shared, content, others = row
    stored = json.loads(content)
    look = Look(
        _object(stored, "filters"), str(stored.get("search") or ""), _names(stored, "columns"), _names(stored, "sort"),
        str(stored.get("group") or ""), _list(stored, "folded"),
    )  # fmt: skip
    labels = {str(one): str(label) for one, label in _object(stored, "labels").items()}
    return View(view_id, name, Grid(table, grid), owner, bool(shared), look, labels, others)


def _object(stored: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = stored.get(name)
    return value if isinstance(value, dict) else {}


def _list(stored: Mapping[str, Any], name: str) -> tuple[Any, ...]:
    value = stored.get(name)
    return tuple(one for one in value if isinstance(one, str | int | None)) if isinstance(value, list) else ()


def _names(stored: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(one for one in _list(stored, name) if isinstance(one, str))


# ---- made and changed


def create(db: Office, table: OfficeTable, grid: Grid, name: str, look: Look, who: str, shared: bool = False) -> int:
    """Save a new view and return its id. Raises InvalidError, BusyError, StorageError."""
    named = _named(name)
    content = _content(table, look)
    with writing(db):
        _check_free(db, grid, named, who)
        sql = (
            'INSERT INTO "view" (name, table_name, grid, owner, shared, content) VALUES (?, ?, ?, ?, ?, ?) RETURNING id'
        )
        row = db.execute(sql, (named, grid.table, grid.name, who, int(shared), content)).fetchone()
    return int(row[0])


def rename(db: Office, view_id: int, name: str, who: str) -> None:
    """Rename the user's own view. Raises InvalidError, AccessError, NotFoundError."""
    named = _named(name)
    with writing(db):
        view = _own(db, view_id, who)
        _check_free(db, view.grid, named, who, but=view_id)
        db.execute('UPDATE "view" SET name = ? WHERE id = ?', (named, view_id))


def overwrite(db: Office, table: OfficeTable, view_id: int, look: Look, who: str) -> None:
    """Replace what the user's own view shows. Raises InvalidError, AccessError, NotFoundError."""
    content = _content(table, look)
    with writing(db):
        _own(db, view_id, who)
        db.execute('UPDATE "view" SET content = ? WHERE id = ?', (content, view_id))


def share(db: Office, view_id: int, shared: bool, who: str) -> None:
    """Share the user's own view with the team, or stop; it is then the default of no other user. Raises AccessError,
    NotFoundError."""
    with writing(db):
        _own(db, view_id, who)
        db.execute('UPDATE "view" SET shared = ? WHERE id = ?', (int(shared), view_id))


def delete(db: Office, view_id: int, who: str) -> None:
    """Delete the user's own view; it is no user's default any more. Raises AccessError, NotFoundError."""
    with writing(db):
        _own(db, view_id, who)
        db.execute('DELETE FROM "view" WHERE id = ?', (view_id,))


def set_default(db: Office, grid: Grid, view_id: int | None, who: str) -> None:
    """Open a grid on a view; None: without one. Raises NotFoundError."""
    with writing(db):
        key = (who, grid.table, grid.name)
        if view_id is not None and get(db, view_id, who).grid != grid:
            raise NotFoundError("Cette vue est celle d’une autre grille.")
        db.execute("DELETE FROM view_default WHERE who = ? AND table_name = ? AND grid = ?", key)
        if view_id is not None:
            sql = "INSERT INTO view_default (who, table_name, grid, view_id) VALUES (?, ?, ?, ?)"
            db.execute(sql, (*key, view_id))


def _own(db: Office, view_id: int, who: str) -> View:
    view = get(db, view_id, who)
    if view.owner != who:
        raise AccessError(f"Cette vue est à {view.owner} : enregistrez la vôtre sous un autre nom.")
    return view


def _named(name: str) -> str:
    try:
        named = Text(LONGEST_NAME).check(name, Context({}))
    except FieldError as error:
        raise InvalidError([Problem(str(error), "Nom de la vue", "name")]) from error
    if not named:
        raise InvalidError([Problem("ce champ est obligatoire", "Nom de la vue", "name")])
    return named


def _check_free(db: Office, grid: Grid, name: str, who: str, but: int | None = None) -> None:
    """Raise InvalidError when a view of that name exists; accents and capitals make no difference."""
    others = [view for view in every(db, who, grid) if view.owner == who and view.id != but]
    if any(fold(view.name) == fold(name) for view in others):
        raise InvalidError([Problem("une de vos vues porte déjà ce nom", "Nom de la vue", "name")])


def _content(table: OfficeTable, look: Look) -> str:
    named = {*look.columns, *(name.removeprefix("-") for name in look.sort), look.group}
    named |= {name.partition(":")[0] for name in look.filters}
    content = _dumped(look, {field.name: field.label for field in table.columns if field.name in named})
    if len(content) > _LONGEST_CONTENT:
        raise InvalidError([Problem("cette vue retient trop de choses : ôtez des filtres", "Vue")])
    return content


def _dumped(look: Look, labels: Mapping[str, str]) -> str:
    stored = {
        "filters": dict(look.filters),
        "search": look.search,
        "columns": list(look.columns),
        "sort": list(look.sort),
        "group": look.group,
        "folded": list(look.folded),
        "labels": dict(labels),
    }
    return json.dumps(stored, ensure_ascii=False)


# ---- erasing a person for good


def forget(db: Office, person_id: int) -> None:
    """Remove from every view the words that name only this person, within the transaction that erases the person."""
    for view in [_read(row) for row in db.execute(_SELECT).fetchall()]:
        filters = {
            key: value
            for key, value in view.look.filters.items()
            if not any(_names_her(db, text, person_id) for text in (value if isinstance(value, list) else [value]))
        }
        search = "" if _names_her(db, view.look.search, person_id) else view.look.search
        name = f"Vue n° {view.id}" if _names_her(db, view.name, person_id) else view.name
        if (filters, search, name) != (view.look.filters, view.look.search, view.name):
            content = _dumped(replace(view.look, filters=filters, search=search), view.labels)
            db.execute('UPDATE "view" SET name = ?, content = ? WHERE id = ?', (name, content, view.id))


def _names_her(db: Office, text: Any, person_id: int) -> bool:
    """Return whether a word of a text, or a telephone number, finds this person alone."""
    if not isinstance(text, str):
        return False
    for word in "".join(c if c.isalnum() else " " for c in text).split():
        match = words(text if word.isdecimal() else word)
        columns = "" if word.isdecimal() else f"{{{' '.join(PERSON.title)}}} : "
        sql = "SELECT rowid FROM person_search WHERE person_search MATCH ? LIMIT 2"
        if len(word) > 1 and [row[0] for row in db.execute(sql, (f"{columns}({match})",))] == [person_id]:
            return True
    return False


# ---- what is left of it


def tidy(value: Any) -> Any:
    """Return the content of a filter in one form, whichever way it was chosen."""
    return sorted(value, key=str) if isinstance(value, list) else value


def fit(
    table: OfficeTable, look: Look, context: Context, labels: Mapping[str, str] | None = None
) -> tuple[Look, list[str]]:
    """Return a look as the table allows it now, and sentences on what was left out. ``labels``: labels of fields that
    no longer exist."""
    columns = {field.name: field for field in table.columns}
    filters, messages = _filters(columns, look, context)
    for name in (*look.columns, *(one.removeprefix("-") for one in look.sort), *look.filters, look.group):
        plain = name.partition(":")[0]
        if plain and plain not in columns:
            messages.append(
                f"« {(labels or {}).get(plain, plain)} » n’est plus un champ de cette grille : laissé de côté."
            )
    group = look.group if look.group in [field.name for field in groupable(table)] else ""
    if look.group in columns and not group:
        messages.append(f"« {columns[look.group].label} » : on ne peut plus grouper par ce champ.")
    visible = tuple(dict.fromkeys(name for name in look.columns if name in columns)) or table.title
    sort = tuple(name for name in look.sort if name.removeprefix("-") in columns)
    codes = _codes(columns[group], context) if group else {}
    folded = tuple(code for code in look.folded if code is None or code in codes)
    return Look(filters, look.search, visible, sort, group, folded), list(dict.fromkeys(messages))


def _codes(field: Field | Computed, context: Context) -> Mapping[Any, str]:
    """Return the values that may be chosen of a list, without retired ones."""
    if isinstance(field.type, YesNo):
        return {1: "Oui", 0: "Non"}
    if not isinstance(field.type, Choice | Choices):
        return {}
    name = field.type.list.name
    retired = context.retired.get(name, frozenset())
    return {code: label for code, label in context.labels[name].items() if code not in retired}


def _filters(columns: Mapping[str, Field | Computed], look: Look, context: Context) -> tuple[dict[str, Any], list[str]]:
    fitting, messages = {}, []
    for key, value in look.filters.items():
        name, _, part = key.partition(":")
        if name not in columns:
            continue
        field, codes = columns[name], _codes(columns[name], context)
        has_list = isinstance(field.type, Choice | Choices | YesNo)
        left = list(_gone(field, value, context)) if isinstance(value, list) else []
        messages += left
        fits = [one for one in value if one is None or one in codes] if isinstance(value, list) and has_list else value
        if fits and _is_asked(field, part, fits):
            fitting[key] = tidy(fits)
        elif not left:
            messages.append(f"« {field.label} » : ce filtre ne convient plus à ce champ, laissé de côté.")
    return fitting, messages


def _gone(field: Field | Computed, codes: list[Any], context: Context) -> Iterator[str]:
    labels = context.labels[field.type.list.name] if isinstance(field.type, Choice | Choices) else {}
    for code in codes:
        if code is not None and labels and code not in _codes(field, context):
            yield f"« {field.label} » : la valeur « {labels.get(code, code)} » n’est plus dans la liste."


def _is_asked(field: Field | Computed, part: str, value: Any) -> bool:
    """Return whether a filter of that kind suits the field's type."""
    if part == "empty":
        return value is True
    if part == "contains":
        return isinstance(field.type, Text) and isinstance(value, str)
    if isinstance(field.type, Choice | Choices | YesNo):
        return part == "" and isinstance(value, list)
    if isinstance(field.type, Date | Time | Integer | Euros):
        return part in ("low", "high") and isinstance(value, str)
    return part == "" and isinstance(value, str | list)
