"""The changes of an office to its fields (own fields, labels, order, visibility) and to the values of its lists.

Every change is one save, with its history and undo, and changes the schema of the file at once (records.writing).
No data is lost: a field is hidden and a value is retired, while the rows keep what they hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.base.errors import InvalidError, NotFoundError, Problem
from db.base.french import fold
from db.customise.labels import read_required, slug, unused_name
from db.model import effective_dictionary, office_groups
from db.model.dictionary import OWN_FIELD, OWN_VALUE, PERSON, SETTING, TABLES
from db.model.fields import Computed, Field, Grouping, Table
from db.model.office import Office
from db.model.types import Choice, Choices, ValueList
from db.rows import personal_text as written
from db.rows import records, transactions
from db.storage import upgrade

_MAX_OWN_FIELDS = 40
"""Own fields per table; a form with more would be too long to fill in."""
ONLY_CHOICES = "seul « Un choix dans une liste », dans « Personnes », peut être publié, par groupes"
_FIXED_LIST = "une règle de Palette compte sur cette liste"


@dataclass(frozen=True)
class NewField:
    """A field to add. ``values``: the choices of a new list, when ``list_name`` is ''."""

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
    """The labels of the values that get a line each in the publication; None: never published."""


# ---- fields


def columns(db: Office, table: Table) -> list[Field | Computed]:
    """Return every column of a table in order, with hidden ones, without own fields whose creation was undone."""
    deleted = {
        row[0]
        for row in db.execute("SELECT name FROM own_field WHERE of_table = ? AND deleted_at IS NOT NULL", (table.name,))
    }
    return [field for field in db.tables[table.name].columns if not (field.own and field.name in deleted)]


def add_field(db: Office, new: NewField, who: str) -> str:
    """Add a field and return its name. Raises InvalidError (label in use, list without values…)."""
    table = db.tables[new.table]
    label = checked_label(db, table, new.label)
    if sum(field.own for field in table.columns) >= _MAX_OWN_FIELDS:
        raise InvalidError([Problem(f"cette table a déjà {_MAX_OWN_FIELDS} champs du bureau", "Intitulé", "label")])
    name = unused_name(slug(label), {field.name for field in table.columns})
    with transactions.writing(db):
        list_name = new.list_name or None
        if new.kind in effective_dictionary.CHOICES and not list_name:
            list_name = _new_list(db, name, new.values, who)
        if new.kind in effective_dictionary.COMPUTED and new.source not in effective_dictionary.sources(
            table, new.kind
        ):
            raise InvalidError([Problem("choisissez de quoi il découle", "Calculé d’après", "source")])
        values = {
            "of_table": table.name, "name": name, "label": label, "kind": new.kind,
            "list_name": list_name if new.kind in effective_dictionary.CHOICES else None, "help": new.help or None,
            "source": new.source if new.kind in effective_dictionary.COMPUTED else None,
            "section": new.section or None,
            "shown": int(new.shown), "place": _last_rank(db, table) + effective_dictionary.STEP,
        }  # fmt: skip
        row = records.add(db, db.tables["own_field"], values, who)
        if new.published is not None:
            upgrade.renew(db)  # loads the list of the field, which the next line needs
            records.change(db, db.tables["own_field"], row, _publication(db, table, name, new.published), who)
    return name


def change_field(db: Office, table: Table, name: str, values: Mapping[str, Any], who: str) -> None:
    """Change the label, help, section, shown, hidden or published of a field. Raises InvalidError. ``published``: the
    labels of the values that get a line each in the publication; None: no longer published."""
    field = db.tables[table.name].column(name)
    changed = dict(values)
    if "label" in changed:
        changed["label"] = checked_label(db, table, changed["label"], but=name)
    if "published" in changed:
        changed |= _publication(db, table, name, changed["published"], changed.get("label", field.label))
    if changed.get("hidden") and (getattr(field, "required", False) or name in table.title):
        raise InvalidError([Problem("un champ obligatoire reste en vue", field.label, name)])
    with transactions.writing(db):
        records.change(db, db.tables["own_field"], _row_of(db, table, name, who), changed, who)


# ---- publication


def may_be_published(table: str, kind: str | None) -> bool:
    """Return whether an own field of that kind may be published: only a single choice, of a person."""
    return table == PERSON.name and kind == "choice"


def ever_published(db: Office) -> list[Grouping]:
    """Return every grouping in which an own field was ever to be published, oldest first."""
    sql = """SELECT f.name, json_extract(h.after, '$.published') AS text FROM history h JOIN own_field f
      ON f.id = h.row_id WHERE h.table_name = 'own_field' AND text IS NOT NULL GROUP BY 1, 2 ORDER BY min(h.id)"""
    return [grouping for name, text in db.execute(sql).fetchall() if (grouping := office_groups.read(name, text))]


def published(db: Office) -> list[Grouping]:
    """Return the groupings of the own fields to publish; a hidden field is not published."""
    fields = db.tables["person"].fields
    return [field.published for field in fields if field.own and field.published and not field.hidden]


def _publication(
    db: Office, table: Table, name: str, labels: Sequence[str] | None, title: str = ""
) -> dict[str, str | None]:
    """Return the stored values for a field published with these labels, or, for None, no longer published. The same
    choice of values as before continues its series; another one starts a new version."""
    if labels is None:
        return {"privacy": "secret", "published": None}
    field = db.tables[table.name].column(name)
    values = field.list
    if not (field.own and isinstance(field.type, Choice) and table.name == PERSON.name and values):
        raise InvalidError([Problem(ONLY_CHOICES, "Publication", "published")])
    requested = {fold(label) for label in labels}
    chosen = {value.code: value.label for value in values_of(db, values) if fold(value.label) in requested}
    _refuse_values(db, name, title or field.label, chosen, requested)
    grouping = office_groups.grouping(name, title or field.label, chosen)
    earlier = [published for published in ever_published(db) if published.figure == name]
    same = next((published for published in earlier if office_groups.same(published, grouping)), None)
    grouping = same or office_groups.grouping(name, grouping.label, chosen, len(earlier) + 1)
    return {"privacy": "grouped", "published": office_groups.text_of(grouping)}


def _refuse_values(db: Office, name: str, title: str, chosen: Mapping[str, str], requested: set[str]) -> None:
    reason = ""
    others = [field for field in db.tables["person"].fields if field.own and field.published and field.name != name]
    if others:
        reason = f"« {others[0].label} » est déjà publié : un seul champ du bureau l’est à la fois"
    elif not 0 < len(requested) <= len(chosen) or len(chosen) > office_groups.MOST:
        reason = f"choisissez de une à {office_groups.MOST} valeurs de la liste"
    elif fold(office_groups.REST) in requested:
        reason = f"« {office_groups.REST} » est déjà la ligne de toutes les autres valeurs"
    elif of_somebody := written.find_personal_text([title, *chosen.values()], written.collect_personal_texts(db)):
        reason = f"« {of_somebody} » contient ce qui est écrit dans un dossier : un intitulé public ne peut pas le dire"
    if reason:
        raise InvalidError([Problem(reason, "Publication", "published")])


# ---- order


def order_fields(db: Office, table: Table, names: Sequence[str], who: str) -> None:
    """Put the stored fields of a table in this order. Raises ValueError unless each is named once."""
    fields = [field.name for field in columns(db, table) if isinstance(field, Field)]
    if sorted(names) != sorted(fields):
        raise ValueError("names must hold every field of the table once")
    with transactions.writing(db):
        ranks = _ranks(db, table)
        for index, name in enumerate(names):
            if ranks.get(name) != index * effective_dictionary.STEP:
                records.change(
                    db,
                    db.tables["own_field"],
                    _row_of(db, table, name, who),
                    {"place": index * effective_dictionary.STEP},
                    who,
                )


def _ranks(db: Office, table: Table) -> dict[str, int]:
    """Return field -> rank in force."""
    declared = {field.name: index * effective_dictionary.STEP for index, field in enumerate(TABLES[table.name].fields)}
    sql = "SELECT name, place FROM own_field WHERE of_table = ? AND deleted_at IS NULL"
    return declared | dict(db.execute(sql, (table.name,)).fetchall())


def _last_rank(db: Office, table: Table) -> int:
    return max(_ranks(db, table).values(), default=0)


def _row_of(db: Office, table: Table, name: str, who: str) -> int:
    """Return the id of the row of own_field for a field; add it, with the values of the dictionary, if missing."""
    sql = "SELECT id FROM own_field WHERE of_table = ? AND name = ? AND deleted_at IS NULL"
    row = db.execute(sql, (table.name, name)).fetchone()
    if row:
        return int(row[0])
    field = TABLES[table.name].column(name)
    rank = _ranks(db, table).get(name, 0)
    values = {
        "of_table": table.name, "name": name, "label": field.label, "help": field.help or None, "place": rank,
        "section": getattr(field, "section", "") or None, "shown": int(field.shown),
    }  # fmt: skip
    return records.add(db, db.tables["own_field"], values, who)


def checked_label(db: Office, table: Table, label: str, but: str = "") -> str:
    """Return the label, cleaned. Raises InvalidError if another field than ``but`` has it."""
    text = read_required(OWN_FIELD.field("label"), label)
    for field in columns(db, table):
        if field.name != but and fold(field.label) == fold(text):
            raise InvalidError(
                [Problem(f"« {field.label} » existe déjà dans : {table.plural.lower()}", "Intitulé", "label")]
            )
    return text


# ---- lists


@dataclass(frozen=True)
class ListValue:
    """One value of a list. ``used``: the number of rows that have it."""

    code: str
    label: str
    retired: bool
    own: bool
    used: int


def values_of(db: Office, values: ValueList) -> list[ListValue]:
    """Return every value of a list in order, with retired ones, without own values whose creation was undone."""
    deleted = {
        row[0]
        for row in db.execute(
            "SELECT code FROM own_value WHERE of_list = ? AND deleted_at IS NOT NULL EXCEPT"
            " SELECT code FROM own_value WHERE of_list = ? AND deleted_at IS NULL", (values.name, values.name),
        )
    }  # fmt: skip
    used = _count_uses(db, values)
    rows = db.execute(f"SELECT code, label, retired FROM {values.table} ORDER BY position, label").fetchall()
    return [
        ListValue(code, label, bool(retired), code not in values.values, used.get(code, 0))
        for code, label, retired in rows
        if code not in deleted or code in values.values
    ]


def where_used(db: Office, values: ValueList) -> list[tuple[Table, Field]]:
    """Return the fields whose choices come from a list."""
    fields = [(table, field) for table in db.tables.values() for field in table.fields]
    return [(table, field) for table, field in fields if field.list and field.list.name == values.name]


def is_offered(db: Office, values: ValueList) -> bool:
    """Return whether the team's tables or the settings use a list, and not only internal tables."""
    files = db.files
    return any(table.name in files or table.name == SETTING.name for table, _ in where_used(db, values))


def _count_uses(db: Office, values: ValueList) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table, field in where_used(db, values):
        several = isinstance(field.type, Choices)
        code, source = ("j.value", f", json_each(t.{field.name}) j") if several else (f"t.{field.name}", "")
        kept = f"t.deleted_at IS NULL AND {code} IS NOT NULL"
        for name, count in db.execute(f'SELECT {code}, count(*) FROM "{table.name}" t{source} WHERE {kept} GROUP BY 1'):
            counts[name] = counts.get(name, 0) + count
    return counts


def add_value(db: Office, values: ValueList, label: str, who: str) -> str:
    """Add a value at the end of a list and return its code. Raises InvalidError."""
    if values.fixed:
        raise InvalidError([Problem(f"{_FIXED_LIST} : on ne peut rien y ajouter", values.label)])
    text = _value_label(db, values, label)
    with transactions.writing(db):
        return _add_value(db, values.name, text, _next_position(db, values), who)


def change_value(db: Office, values: ValueList, code: str, who: str, **changed: Any) -> None:
    """Change the ``label`` of a value, or whether it is ``retired``. Raises InvalidError, NotFoundError."""
    if "label" in changed:
        changed["label"] = _value_label(db, values, changed["label"], but=code)
    if changed.get("retired") and values.fixed:
        raise InvalidError([Problem(f"{_FIXED_LIST} : rien ne s’en retire", values.label)])
    with transactions.writing(db):
        records.change(db, db.tables["own_value"], value_row(db, values, code, who), changed, who)


def order_values(db: Office, values: ValueList, codes: Sequence[str], who: str) -> None:
    """Put the values of a list in this order; the others come last."""
    with transactions.writing(db):
        positions = dict(db.execute(f"SELECT code, position FROM {values.table}").fetchall())
        rest = [value.code for value in values_of(db, values) if value.code not in codes]
        for index, code in enumerate([*codes, *rest]):
            if positions[code] != index:
                records.change(db, db.tables["own_value"], value_row(db, values, code, who), {"place": index}, who)


def _value_label(db: Office, values: ValueList, label: str, but: str = "") -> str:
    text = read_required(OWN_VALUE.field("label"), label)
    for value in values_of(db, values):
        if value.code != but and fold(value.label) == fold(text):
            state = "est retirée de cette liste : reprenez-la" if value.retired else "est déjà dans cette liste"
            raise InvalidError([Problem(f"« {value.label} » {state}", "Valeur", "label")])
    return text


def value_row(db: Office, values: ValueList, code: str, who: str) -> int:
    """Return the id of the row of own_value for a value; add it, with the current values, if missing."""
    sql = "SELECT id FROM own_value WHERE of_list = ? AND code = ? AND deleted_at IS NULL"
    row = db.execute(sql, (values.name, code)).fetchone()
    if row:
        return int(row[0])
    current = db.execute(f"SELECT label, position, retired FROM {values.table} WHERE code = ?", (code,)).fetchone()
    if current is None:
        raise NotFoundError(f"Cette valeur n’est pas dans la liste « {values.label} ».")
    copied = {"of_list": values.name, "code": code, "label": current[0], "place": current[1], "retired": current[2]}
    return records.add(db, db.tables["own_value"], {**copied, "own": int(code not in values.values)}, who)


def _new_list(db: Office, name: str, labels: Sequence[str], who: str) -> str:
    """Add the list of a new field with its values and return its name. Call it within ``records.writing``."""
    cleaned = list(dict.fromkeys(" ".join(label.split()) for label in labels if label.strip()))
    if len({fold(label) for label in cleaned}) < max(1, len(cleaned)):
        reason = "deux valeurs se lisent pareil" if cleaned else "écrivez au moins une valeur"
        raise InvalidError([Problem(reason, "Valeurs", "values")])
    used = [row[0] for row in db.execute("SELECT DISTINCT of_list FROM own_value")]
    list_name = unused_name(name, used)
    for position, label in enumerate(cleaned):
        _add_value(db, list_name, label, position, who)
    return list_name


def _add_value(db: Office, list_name: str, label: str, position: int, who: str) -> str:
    used = [row[0] for row in db.execute("SELECT code FROM own_value WHERE of_list = ?", (list_name,))]
    code = unused_name(slug(label), used)
    values = {"of_list": list_name, "code": code, "label": label, "place": position, "own": 1}
    records.add(db, db.tables["own_value"], values, who)
    return code


def _next_position(db: Office, values: ValueList) -> int:
    (last,) = db.execute(f"SELECT coalesce(max(position), -1) FROM {values.table}").fetchone()
    return int(last) + 1
