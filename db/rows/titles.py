"""Names of rows and values: labels in force, the title of a row, and the row that a text names."""

import re
from datetime import date

from db.base.errors import FieldError
from db.base.french import fold
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import Context, Date
from db.rows import queries
from db.rows.queries import Filter, Query


def context(db: Office) -> Context:
    """Return the labels in force and how to find and name rows; reading and showing values needs them."""
    labels, retired = db.kept("labels", lambda: _labels(db))
    titles: dict[tuple[str, int], str] = {}

    def title(table: str, row_id: int) -> str:
        if (table, row_id) not in titles:
            titles[table, row_id] = _title(db, db.tables[table], row_id, found)
        return titles[table, row_id]

    found = Context(labels, retired, lambda table, text: _find(db, db.tables[table], text, found), title)
    return found


def _labels(db: Office) -> tuple[dict[str, dict[str, str]], dict[str, frozenset[str]]]:
    """Return the labels of every list by code, in order, and the retired codes of every list."""
    lists = db.lists
    labels: dict[str, dict[str, str]] = {values.name: {} for values in lists}
    retired: dict[str, set[str]] = {values.name: set() for values in lists}
    select = " UNION ALL ".join(
        f"SELECT '{values.name}' AS name, code, label, retired, position FROM {values.table}" for values in lists
    )
    for name, code, label, is_retired, _ in db.rows_at_once(f"{select} ORDER BY name, position, label", 5):
        labels[name][code] = label
        if is_retired:
            retired[name].add(code)
    return labels, {name: frozenset(codes) for name, codes in retired.items()}


def _title(db: Office, table: OfficeTable, row_id: int, context: Context) -> str:
    row = db.execute(
        f'SELECT deleted_at, {", ".join(table.title)} FROM "{table.name}" WHERE id = ?', (row_id,)
    ).fetchone()
    if row is None:
        return f"n° {row_id}"
    parts = [
        field.type.show(field.type.from_sql(v), context)
        for field, v in zip(queries.title_fields(table), row[1:], strict=True)
    ]
    return " ".join(filter(None, parts)) + (" (supprimé)" if row[0] else "")


def _find(db: Office, table: OfficeTable, text: str, context: Context) -> int:
    """Return the row that a text names: its title in any order of words, or « … n° 12 » where two have the same."""
    exact = _titled(db, table, text, context)
    if len(exact) == 1:
        return exact[0]
    if exact:
        numbers = ", ".join(f"« {text.strip()} n° {i} »" for i in exact)
        raise FieldError(f"plusieurs portent ce nom : précisez {numbers}")
    name, _, number = (part.strip() for part in text.rpartition("n°"))
    is_number = number.isdecimal() and len(number) < 19  # what SQLite can hold
    # Asked of that very row: an archived person is not suggested, and may be referred to.
    if is_number and (not name or words_of(name) == words_of(context.title(table.name, int(number)))):
        row = db.execute(
            f'SELECT id FROM "{table.name}" WHERE id = ? AND deleted_at IS NULL', (int(number),)
        ).fetchone()
        if row:
            return int(row[0])
    raise FieldError(f"« {text.strip()} » n’a pas été trouvé parmi : {table.plural.lower()}")


def _titled(db: Office, table: OfficeTable, text: str, context: Context) -> list[int]:
    """Return the rows with that title, in any order of words."""
    wanted_words = words_of(text)
    suggested = suggestions(db, table, text, context, limit=200) if wanted_words else []
    return [row_id for row_id, title in suggested if words_of(title) == wanted_words]


def words_of(text: str) -> tuple[str, ...]:
    """Return the folded words of a title in a fixed order, to compare titles."""
    return tuple(sorted(fold(text).split()))


def suggestions(db: Office, table: OfficeTable, text: str, context: Context, limit: int = 8) -> list[tuple[int, str]]:
    """Return rows whose title holds words that begin like those typed: (id, title), in the table's order."""
    match = queries.words(text)
    searched = [field.name for field in queries.title_fields(table) if field.searched]
    condition = "t.deleted_at IS NULL" + f" AND t.{queries.ARCHIVED} IS NULL" * (table.name == "person")
    if match and searched:
        ids = [
            row[0]
            for row in db.execute(
                f"SELECT rowid FROM {table.name}_search s WHERE {table.name}_search MATCH ?"
                f' AND EXISTS (SELECT 1 FROM "{table.name}" t WHERE t.id = s.rowid AND {condition}) LIMIT ?',
                (f"{{{' '.join(searched)}}} : ({match})", limit),
            )
        ]
    else:
        query = Query(_dates_named(table, text, context), size=limit, today=date.today().isoformat())
        sql, values = queries.ids_sql(table, query)
        ids = [row[0] for row in db.execute(sql, values)]
    return [(row_id, context.title(table.name, row_id)) for row_id in ids]


def _dates_named(table: OfficeTable, text: str, context: Context) -> tuple[Filter, ...]:
    """Return filters for the dates in a text: « Contrat d’engagement 01/03/2025 » began on that day."""
    days = re.findall(r"\d\d/\d\d/\d{4}", text)
    dated = [field for field in queries.title_fields(table) if isinstance(field.type, Date)]
    return tuple(Filter(one.name, "is", one.type.read(day, context)) for one, day in zip(dated, days, strict=False))
