"""What an office shapes by itself: fields, their wording, order and sight, and the values of lists.

Every change is one save: in the history, undone like any other, and followed by the file at once (records.writing).
Nothing is ever lost: a field is hidden, a value retired; what rows hold of them stays.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.base.errors import FieldError, InvalidError, NotFoundError, Problem
from db.base.french import fold
from db.model import effective_dictionary, office_groups
from db.model.dictionary import OWN_FIELD, OWN_VALUE, PERSON, SETTING, TABLES
from db.model.fields import Computed, Field, Grouping, Table
from db.model.office import Office
from db.model.types import Choice, Choices, Context, ValueList
from db.rows import personal_text as written
from db.rows import records, transactions
from db.storage import upgrade

_MOST = 40
"""How many fields of its own a table may get: beyond, a form is none any more."""
ONLY_CHOICES = "seul « Un choix dans une liste », dans « Personnes », peut être publié, par groupes"
_COUNTED_ON = "une règle de Palette compte sur cette liste"


@dataclass(frozen=True)
class NewField:
    """A field as the office asks for it. ``values``: the choices of a new list, when ``list_name`` is ''."""

    table: str
    label: str
    kind: str
    list_name: str = ""
    values: tuple[str, ...] = ()
    source: str = ""
    help: str = ""
    section: str = ""
    shown: bool = True
    published: tuple[str, ...] | None = None
    """The values that get a line each, of a field that is to be published; None: never published."""


# ---- fields


def columns(db: Office, table: Table) -> list[Field | Computed]:
    """Every column of a table in its order, hidden ones included; those that were taken back are left out."""
    gone = {
        row[0]
        for row in db.execute("SELECT name FROM own_field WHERE of_table = ? AND deleted_at IS NOT NULL", (table.name,))
    }
    return [item for item in db.tables[table.name].columns if not (item.own and item.name in gone)]


def add_field(db: Office, asked: NewField, who: str) -> str:
    """Add a field; returns its name. Raises InvalidError: a label that is taken, a list without values…"""
    table = db.tables[asked.table]
    label = checked_label(db, table, asked.label)
    if sum(item.own for item in table.columns) >= _MOST:
        raise InvalidError([Problem(f"cette table a déjà {_MOST} champs du bureau", "Intitulé", "label")])
    name = _free(_slug(label), {item.name for item in table.columns})
    with transactions.writing(db):
        list_name = asked.list_name or None
        if asked.kind in effective_dictionary.CHOICES and not list_name:
            list_name = _new_list(db, name, asked.values, who)
        if asked.kind in effective_dictionary.COMPUTED and asked.source not in effective_dictionary.sources(
            table, asked.kind
        ):
            raise InvalidError([Problem("choisissez de quoi il découle", "Calculé d’après", "source")])
        values = {
            "of_table": table.name, "name": name, "label": label, "kind": asked.kind,
            "list_name": list_name if asked.kind in effective_dictionary.CHOICES else None, "help": asked.help or None,
            "source": asked.source if asked.kind in effective_dictionary.COMPUTED else None,
            "section": asked.section or None,
            "shown": int(asked.shown), "place": _last(db, table) + effective_dictionary.STEP,
        }  # fmt: skip
        row = records.add(db, db.tables["own_field"], values, who)
        if asked.published is not None:
            upgrade.renew(db)  # the field has its list from here on
            records.change(db, db.tables["own_field"], row, _said(db, table, name, asked.published), who)
    return name


def change_field(db: Office, table: Table, name: str, values: Mapping[str, Any], who: str) -> None:
    """Word, hide or show a field otherwise (label, help, section, shown, hidden). Raises InvalidError.

    ``published``: the labels of the values that get a line each in public; None: not published from now on.
    """
    item = db.tables[table.name].column(name)
    changed = dict(values)
    if "label" in changed:
        changed["label"] = checked_label(db, table, changed["label"], but=name)
    if "published" in changed:
        changed |= _said(db, table, name, changed["published"], changed.get("label", item.label))
    if changed.get("hidden") and (getattr(item, "required", False) or name in table.title):
        raise InvalidError([Problem("un champ obligatoire reste en vue", item.label, name)])
    with transactions.writing(db):
        records.change(db, db.tables["own_field"], _row_of(db, table, name, who), changed, who)


# ---- publication


def may_be_published(table: str, kind: str | None) -> bool:
    """Whether a field of the office's own can be: only of a person, and only one value of a list."""
    return table == PERSON.name and kind == "choice"


def ever_published(db: Office) -> list[Grouping]:
    """Every way in which a field of the office's own was ever said to be published, oldest first."""
    sql = """SELECT f.name, json_extract(h.after, '$.published') AS said FROM history h JOIN own_field f
      ON f.id = h.row_id WHERE h.table_name = 'own_field' AND said IS NOT NULL GROUP BY 1, 2 ORDER BY min(h.id)"""
    return [found for name, text in db.execute(sql).fetchall() if (found := office_groups.read(name, text))]


def published(db: Office) -> list[Grouping]:
    """What is to be published of the office's own fields from now on; a hidden field is not."""
    return [item.published for item in db.tables["person"].fields if item.own and item.published and not item.hidden]


def _said(db: Office, table: Table, name: str, labels: Sequence[str] | None, title: str = "") -> dict[str, str | None]:
    """What to keep of a field that is to be published with these values, or of one that no longer is."""
    if labels is None:
        return {"privacy": "secret", "published": None}
    item = db.tables[table.name].column(name)
    values = item.list
    if not (item.own and isinstance(item.type, Choice) and table.name == PERSON.name and values):
        raise InvalidError([Problem(ONLY_CHOICES, "Publication", "published")])
    wanted = {fold(label) for label in labels}
    chosen = {one.code: one.label for one in values_of(db, values) if fold(one.label) in wanted}
    _refuse_values(db, name, title or item.label, chosen, wanted)
    said = office_groups.grouping(name, title or item.label, chosen)
    before = [one for one in ever_published(db) if one.figure == name]
    again = next((one for one in before if office_groups.same(one, said)), None)
    said = again or office_groups.grouping(name, said.label, chosen, len(before) + 1)
    return {"privacy": "grouped", "published": office_groups.text_of(said)}


def _refuse_values(db: Office, name: str, title: str, chosen: Mapping[str, str], wanted: set[str]) -> None:
    reason = ""
    others = [item for item in db.tables["person"].fields if item.own and item.published and item.name != name]
    if len(others) >= office_groups.FIELDS:
        reason = f"{office_groups.FIELDS} champs du bureau sont déjà publiés, c’est le plus qu’il y ait à la fois"
    elif not 0 < len(wanted) <= len(chosen) or len(chosen) > office_groups.MOST:
        reason = f"choisissez de une à {office_groups.MOST} valeurs de la liste"
    elif fold(office_groups.REST) in wanted:
        reason = f"« {office_groups.REST} » est déjà la ligne de toutes les autres valeurs"
    elif of_somebody := written.find_personal_text([title, *chosen.values()], written.collect_personal_texts(db)):
        reason = f"« {of_somebody} » contient ce qui est écrit dans un dossier : un intitulé public ne peut pas le dire"
    if reason:
        raise InvalidError([Problem(reason, "Publication", "published")])


# ---- order


def order_fields(db: Office, table: Table, names: Sequence[str], who: str) -> None:
    """Put the stored fields of a table in this order. Raises ValueError unless each is named once."""
    fields = [item.name for item in columns(db, table) if isinstance(item, Field)]
    if sorted(names) != sorted(fields):
        raise ValueError("every field of the table, once")
    with transactions.writing(db):
        places = _places(db, table)
        for place, name in enumerate(names):
            if places.get(name) != place * effective_dictionary.STEP:
                records.change(
                    db,
                    db.tables["own_field"],
                    _row_of(db, table, name, who),
                    {"place": place * effective_dictionary.STEP},
                    who,
                )


def _places(db: Office, table: Table) -> dict[str, int]:
    """Field -> its place in force."""
    declared = {item.name: place * effective_dictionary.STEP for place, item in enumerate(TABLES[table.name].fields)}
    sql = "SELECT name, place FROM own_field WHERE of_table = ? AND deleted_at IS NULL"
    return declared | dict(db.execute(sql, (table.name,)).fetchall())


def _last(db: Office, table: Table) -> int:
    return max(_places(db, table).values(), default=0)


def _row_of(db: Office, table: Table, name: str, who: str) -> int:
    """The row that says how the office words a field; written the first time, as the dictionary has it."""
    sql = "SELECT id FROM own_field WHERE of_table = ? AND name = ? AND deleted_at IS NULL"
    found = db.execute(sql, (table.name, name)).fetchone()
    if found:
        return int(found[0])
    item = TABLES[table.name].column(name)
    place = _places(db, table).get(name, 0)
    values = {
        "of_table": table.name, "name": name, "label": item.label, "help": item.help or None, "place": place,
        "section": getattr(item, "section", "") or None, "shown": int(item.shown),
    }  # fmt: skip
    return records.add(db, db.tables["own_field"], values, who)


def checked_label(db: Office, table: Table, label: str, but: str = "") -> str:
    """The label, once it is sure that no other field of the table is called so."""
    text = _read(OWN_FIELD.field("label"), label)
    for item in columns(db, table):
        if item.name != but and fold(item.label) == fold(text):
            raise InvalidError(
                [Problem(f"« {item.label} » existe déjà dans : {table.plural.lower()}", "Intitulé", "label")]
            )
    return text


def _read(item: Field, typed: str) -> str:
    """What was typed, as a required field keeps it. Raises InvalidError."""
    try:
        text = item.type.check(typed, Context({}))
    except FieldError as error:
        raise InvalidError([Problem(str(error), item.label, item.name)]) from error
    if not text:
        raise InvalidError([Problem("ce champ est obligatoire", item.label, item.name)])
    return str(text)


def _slug(label: str) -> str:
    """A name for the file: « Numéro Maison des artistes » -> own_numero_maison_des_artistes."""
    plain = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")
    return effective_dictionary.PREFIX + (plain[:40].strip("_") or "champ")


def _free(name: str, taken: Iterable[str]) -> str:
    found, number, there = name, 1, set(taken)
    while found in there:
        number += 1
        found = f"{name}_{number}"
    return found


# ---- lists


@dataclass(frozen=True)
class Value:
    """One value of a list. ``used``: how many rows have it."""

    code: str
    label: str
    retired: bool
    own: bool
    used: int


def values_of(db: Office, values: ValueList) -> list[Value]:
    """Every value of a list in its order, retired ones included, but those of the office's own that were taken back."""
    gone = {
        row[0]
        for row in db.execute(
            "SELECT code FROM own_value WHERE of_list = ? AND deleted_at IS NOT NULL EXCEPT"
            " SELECT code FROM own_value WHERE of_list = ? AND deleted_at IS NULL", (values.name, values.name),
        )
    }  # fmt: skip
    used = _used(db, values)
    rows = db.execute(f"SELECT code, label, retired FROM {values.table} ORDER BY position, label").fetchall()
    return [
        Value(code, label, bool(retired), code not in values.values, used.get(code, 0))
        for code, label, retired in rows
        if code not in gone or code in values.values
    ]


def where_used(db: Office, values: ValueList) -> list[tuple[Table, Field]]:
    """The fields whose choices come from a list."""
    found = [(table, item) for table in db.tables.values() for item in table.fields]
    return [(table, item) for table, item in found if item.list and item.list.name == values.name]


def is_offered(db: Office, values: ValueList) -> bool:
    """Whether it is a list of people's files or limits, not one that only Palette's own tables use."""
    files = db.files
    return any(table.name in files or table.name == SETTING.name for table, _ in where_used(db, values))


def _used(db: Office, values: ValueList) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table, item in where_used(db, values):
        several = isinstance(item.type, Choices)
        code, source = ("j.value", f", json_each(t.{item.name}) j") if several else (f"t.{item.name}", "")
        kept = f"t.deleted_at IS NULL AND {code} IS NOT NULL"
        for name, many in db.execute(f'SELECT {code}, count(*) FROM "{table.name}" t{source} WHERE {kept} GROUP BY 1'):
            counts[name] = counts.get(name, 0) + many
    return counts


def add_value(db: Office, values: ValueList, label: str, who: str) -> str:
    """Add a value at the end of a list; returns its code. Raises InvalidError."""
    if values.fixed:
        raise InvalidError([Problem(f"{_COUNTED_ON} : on ne peut rien y ajouter", values.label)])
    text = _value_label(db, values, label)
    with transactions.writing(db):
        return _add_value(db, values.name, text, _end(db, values), who)


def change_value(db: Office, values: ValueList, code: str, who: str, **changed: Any) -> None:
    """Name a value otherwise (``label``), retire it or bring it back (``retired``).

    Raises InvalidError, NotFoundError.
    """
    if "label" in changed:
        changed["label"] = _value_label(db, values, changed["label"], but=code)
    if changed.get("retired") and values.fixed:
        raise InvalidError([Problem(f"{_COUNTED_ON} : rien ne s’en retire", values.label)])
    with transactions.writing(db):
        records.change(db, db.tables["own_value"], value_row(db, values, code, who), changed, who)


def order_values(db: Office, values: ValueList, codes: Sequence[str], who: str) -> None:
    """Put the values of a list in this order; those not named come last."""
    with transactions.writing(db):
        places = dict(db.execute(f"SELECT code, position FROM {values.table}").fetchall())
        rest = [one.code for one in values_of(db, values) if one.code not in codes]
        for place, code in enumerate([*codes, *rest]):
            if places[code] != place:
                records.change(db, db.tables["own_value"], value_row(db, values, code, who), {"place": place}, who)


def _value_label(db: Office, values: ValueList, label: str, but: str = "") -> str:
    text = _read(OWN_VALUE.field("label"), label)
    for one in values_of(db, values):
        if one.code != but and fold(one.label) == fold(text):
            there = "est retirée de cette liste : reprenez-la" if one.retired else "est déjà dans cette liste"
            raise InvalidError([Problem(f"« {one.label} » {there}", "Valeur", "label")])
    return text


def value_row(db: Office, values: ValueList, code: str, who: str) -> int:
    """The row that says what the office makes of a value; written the first time, as the list has it."""
    sql = "SELECT id FROM own_value WHERE of_list = ? AND code = ? AND deleted_at IS NULL"
    found = db.execute(sql, (values.name, code)).fetchone()
    if found:
        return int(found[0])
    kept = db.execute(f"SELECT label, position, retired FROM {values.table} WHERE code = ?", (code,)).fetchone()
    if kept is None:
        raise NotFoundError(f"Cette valeur n’est pas dans la liste « {values.label} ».")
    told = {"of_list": values.name, "code": code, "label": kept[0], "place": kept[1], "retired": kept[2]}
    return records.add(db, db.tables["own_value"], {**told, "own": int(code not in values.values)}, who)


def _new_list(db: Office, name: str, labels: Sequence[str], who: str) -> str:
    """Make the list of a new field, with its values. Within ``records.writing``."""
    kept = list(dict.fromkeys(" ".join(label.split()) for label in labels if label.strip()))
    if len({fold(label) for label in kept}) < max(1, len(kept)):
        reason = "deux valeurs se lisent pareil" if kept else "écrivez au moins une valeur"
        raise InvalidError([Problem(reason, "Valeurs", "values")])
    taken = [row[0] for row in db.execute("SELECT DISTINCT of_list FROM own_value")]
    list_name = _free(name, taken)
    for place, label in enumerate(kept):
        _add_value(db, list_name, label, place, who)
    return list_name


def _add_value(db: Office, list_name: str, label: str, place: int, who: str) -> str:
    taken = [row[0] for row in db.execute("SELECT code FROM own_value WHERE of_list = ?", (list_name,))]
    code = _free(_slug(label), taken)
    told = {"of_list": list_name, "code": code, "label": label, "place": place, "own": 1}
    records.add(db, db.tables["own_value"], told, who)
    return code


def _end(db: Office, values: ValueList) -> int:
    (last,) = db.execute(f"SELECT coalesce(max(position), -1) FROM {values.table}").fetchone()
    return int(last) + 1
