"""What every spreadsheet file shares: workbooks without formulas, sheet names, column letters."""

import re
from io import BytesIO
from typing import Any

import xlsxwriter

from db.base.french import fold

_LONGEST_NAME = 31
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula (OWASP, CSV injection). ``unharmed``
    takes it away, so one that stands before such a text already gets another."""
    return f"'{text}" if text.lstrip("'").startswith(_DANGEROUS) else text


def unharmed(text: str) -> str:
    """Return a text as it was before ``harmless``."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(_DANGEROUS) else text


def new_workbook(out: BytesIO, **options: Any) -> Any:
    """Open an XlsxWriter workbook in which no text becomes a formula or a link. ``options``: those of XlsxWriter."""
    return xlsxwriter.Workbook(out, {**options, "strings_to_formulas": False, "strings_to_urls": False})


def sheet_name(title: str, taken: set[str]) -> str:
    """Return the title as a valid sheet name that is not in ``taken`` (folded names), and add it there. Raises
    StopIteration for a title without any allowed character."""
    short = re.sub(r"[][:*?/\\]", "-", title).strip("' ")[:_LONGEST_NAME].strip()
    names = (short, *(f"{short[: _LONGEST_NAME - 4]} ({number})" for number in range(2, 99)))
    name = next(name for name in names if name and fold(name) not in taken)
    taken.add(fold(name))
    return name


def column_letters(index: int) -> str:
    """Return the letters of a column: 0 -> « A », 26 -> « AA »."""
    return str(xlsxwriter.utility.xl_col_to_name(index))


def write_text(sheet: Any, line: int, column: int, text: str, style: Any = None) -> int:
    """Write a text unchanged into a sheet of XlsxWriter. Return 0, or less than 0 when it does not fit.

    XlsxWriter writes a string « <r>…</r> » raw, as its own rich-text markup, which breaks the file; written as a rich
    string of several parts it stays text.
    """
    if not text.startswith("<r>") or not text.endswith("</r>"):
        return int(sheet.write_string(line, column, text, style))
    return int(sheet.write_rich_string(line, column, text[0], text[1], text[2:], *([style] if style else [])))
