"""The import template: a workbook with a sheet per table, lists as drop-downs and help as notes."""

import io
from datetime import date

import xlsxwriter

from db.model.dictionary import PERSON
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Context, Date, Euros, Integer, Reference, References, Text, Type, YesNo
from db.model.types import Choices as Several
from db.rows import titles

_ROWS = 2_000
"""The number of lines with drop-downs and formats."""
_SHEET_NAME = 31
_LISTS = "Listes"
_START = (
    ("Modèle d’import de Palette", "title"),
    ("", ""),
    ("Remplissez les feuilles qui vous servent, laissez les autres vides. Une ligne par personne, ou par fait.", ""),
    ("Les titres en gras sont obligatoires. Survolez un titre : une note dit ce qui est attendu.", ""),
    ("Commencez par « Personnes ». Dans les autres feuilles, « Personne » redit son nom et son prénom.", ""),
    ("Si deux personnes ont les mêmes nom et prénom, ajoutez la colonne « Date de naissance » dans ces feuilles.", ""),
    ("Dates : jj/mm/aaaa. Sommes : 1 234,50. Plusieurs valeurs dans une case : séparez-les par « ; ».", ""),
    ("Une case vide ne change rien à ce que Palette sait déjà.", ""),
    ("Palette montre tout ce qui serait créé ou changé avant d’enregistrer, et l’import se défait d’un clic.", ""),
    ("Jamais de donnée de santé, de religion ou d’opinion.", ""),
)


def xlsx_bytes(db: Office) -> bytes:
    """Return the template with the fields and lists of this office."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": "Modèle d’import de Palette", "created": date.today()})
    head = {"bottom": 1, "text_wrap": True, "valign": "top"}
    styles = {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "": book.add_format({"text_wrap": True}),
        "head": book.add_format({"bg_color": "#E8E6F2", **head}),
        "needed": book.add_format({"bg_color": "#CFC9EA", "bold": True, **head}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "euros": book.add_format({"num_format": "#,##0.00"}),
        "text": book.add_format({"num_format": "@"}),
        "whole": book.add_format({"num_format": "0"}),
    }
    start = book.add_worksheet("Lisez-moi")
    start.set_column(0, 0, 110)
    start.hide_gridlines(2)
    for row, (text, style) in enumerate(_START):
        start.write_string(row, 0, text, styles[style])
    tables = list(db.files.values())
    sheets = {table.name: book.add_worksheet(table.plural[:_SHEET_NAME]) for table in tables}
    lists = _Lists(book, titles.context(db))
    for table in tables:
        _fill(sheets[table.name], table, styles, lists)
    lists.sheet.hide()
    book.close()
    return buffer.getvalue()


class _Lists:
    """A hidden sheet with a column per list for the drop-downs; Excel limits an inline list to 255 characters."""

    def __init__(self, book: xlsxwriter.Workbook, context: Context) -> None:
        self.sheet = book.add_worksheet(_LISTS)
        self._context = context
        self._ranges: dict[str, str] = {}

    def range(self, kind: Type) -> str | None:
        """Return the cell range of the values of a choice, or None for a type without list."""
        if isinstance(kind, YesNo):
            return self._column("yes_no", ["Oui", "Non"])
        if isinstance(kind, Choice):
            retired = self._context.retired.get(kind.list.name, frozenset())
            labels = self._context.labels[kind.list.name]
            return self._column(kind.list.name, [label for code, label in labels.items() if code not in retired])
        return None

    def labels(self, kind: Several) -> list[str]:
        """Return the labels of a list in this office."""
        return list(self._context.labels[kind.list.name].values())

    def _column(self, name: str, labels: list[str]) -> str | None:
        if name not in self._ranges and labels:
            index = len(self._ranges)
            for row, label in enumerate(labels):
                self.sheet.write_string(row, index, label)
            letter = xlsxwriter.utility.xl_col_to_name(index)
            self._ranges[name] = f"={_LISTS}!${letter}$1:${letter}${len(labels)}"
        return self._ranges.get(name)


def _fill(
    sheet: "xlsxwriter.worksheet.Worksheet", table: OfficeTable, styles: dict[str, object], lists: _Lists
) -> None:
    for index, field in enumerate(table.fields):
        sheet.write_string(0, index, field.label, styles["needed" if field.required else "head"])
        sheet.write_comment(0, index, _help(field, lists), {"x_scale": 2, "y_scale": 1.5, "font_size": 9})
        sheet.set_column(index, index, max(12, min(28, len(field.label) + 4)), styles[_style(field.type)])
        values = lists.range(field.type)
        if values:
            sheet.data_validation(1, index, _ROWS, index, {
                "validate": "list", "source": values, "error_title": field.label,
                "error_message": "Choisissez une valeur de la liste.", "error_type": "warning",
            })  # fmt: skip
    sheet.freeze_panes(1, len(table.title) if table.name == PERSON.name else 1)
    sheet.autofilter(0, 0, 0, len(table.fields) - 1)


def _style(kind: Type) -> str:
    match kind:
        case Date():
            return "date"
        case Euros():
            return "euros"
        case Integer():
            return "whole"
    return "text" if isinstance(kind, Text) else ""


def _help(field: Field, lists: _Lists) -> str:
    """Return the note of a column: the field's help, whether it is required, and the format of its values."""
    lines = [field.help, "Obligatoire." if field.required else ""]
    match field.type:
        case Date():
            lines.append("jj/mm/aaaa")
        case Several() as kind:
            lines.append("Plusieurs valeurs, séparées par « ; » : " + " ; ".join(lists.labels(kind)))
        case Reference():
            lines.append("Telle qu’elle est nommée dans sa feuille.")
        case References():
            lines.append("Noms séparés par « ; ».")
    return "\n".join(filter(None, lines))
