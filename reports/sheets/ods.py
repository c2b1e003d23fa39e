"""Tables as ODS: the XML is written directly (odfdo takes half a minute for 2,000 rows). The value of a cell is in
OpenDocument's attributes; its paragraphs hold the displayed text."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from db.base.spreadsheets import column_letters
from db.base.version import PRODUCT
from reports.sheets.workbook import (
    DAY,
    EUROS,
    FILL,
    HEAD,
    INK,
    NUMBER,
    OWN,
    RULE,
    SOFT,
    TALLEST,
    TEXT,
    TITLE,
    Cell,
    CoverPage,
    TableSheet,
    head_of,
)

_KIND = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office", "table": "table", "text": "text", "style": "style", "number": "datastyle",
        "fo": "xsl-fo-compatible", "meta": "meta", "config": "config",
    }.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'  # fmt: skip
_START = '<?xml version="1.0" encoding="UTF-8"?>'
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold. Palette stores none; another program may have."""


def ods_bytes(title: str, page: CoverPage, sheets: Sequence[TableSheet]) -> bytes:
    """Return the document, ``page`` first."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", _KIND, zipfile.ZIP_STORED)
        file.writestr("META-INF/manifest.xml", _manifest())
        file.writestr("meta.xml", _meta(title))
        file.writestr("styles.xml", _styles_document())
        file.writestr("settings.xml", _settings(sheets))
        with file.open("content.xml", "w") as content:
            _content(content, page, sheets)
    return out.getvalue()


def _content(content: IO[bytes], page: CoverPage, sheets: Sequence[TableSheet]) -> None:
    def put(text: str) -> None:
        content.write(text.encode())

    put(f"{_START}<office:document-content{_NAMES}><office:automatic-styles>{_STYLES}")
    widths = sorted({*page.widths, *(column.width for sheet in sheets for column in sheet.columns)})
    put("".join(_width_style(width) for width in widths))
    put("</office:automatic-styles><office:body><office:spreadsheet>")
    put(_page(page))
    for sheet in sheets:
        put(_head(sheet))
        for row in sheet.rows:
            put(_row(sheet, row))
        put("</table:table>")
    put(f"<table:database-ranges>{''.join(map(_filters, sheets))}</table:database-ranges>")
    put("</office:spreadsheet></office:body></office:document-content>")


# ---- tables


def _page(page: CoverPage) -> str:
    lines = []
    for look, cells in page.lines:
        count = len(page.widths)
        if look == SOFT:
            span = f' table:number-columns-spanned="{count}" table:number-rows-spanned="1"'
            filled = "<table:covered-table-cell/>" * (count - 1)
            lines.append(_table_row(_cell(cells[0], SOFT, span) + filled))
        else:
            looks = [page.look(look, index) for index in range(len(cells))]
            line = "".join(map(_cell, cells, looks)) or "<table:table-cell/>"
            lines.append(_table_row(line, "high" if look == HEAD else "row"))
    return f"<table:table table:name={_attribute(page.name)}>{_columns(page.widths)}{''.join(lines)}</table:table>"


def _head(sheet: TableSheet) -> str:
    cells = "".join(_cell(column.heading, head_of(column)) for column in sheet.columns)
    return (
        f"<table:table table:name={_attribute(sheet.name)}>{_columns([column.width for column in sheet.columns])}"
        f"<table:table-header-rows>{_table_row(cells, 'high')}</table:table-header-rows>"
    )


def _row(sheet: TableSheet, row: Sequence[Cell]) -> str:
    cells = "".join(_cell(value, column.look) for value, column in zip(row, sheet.columns, strict=True))
    return _table_row(cells, f"high{sheet.lines(row)}")


def _table_row(cells: str, style: str = "row") -> str:
    return f'<table:table-row table:style-name="{style}">{cells}</table:table-row>'


def _columns(widths: Sequence[int]) -> str:
    return "".join(f'<table:table-column table:style-name="w{width}"/>' for width in widths)


def _filters(sheet: TableSheet) -> str:
    """Return the filter buttons of the headings."""
    name = "'" + sheet.name.replace("'", "''") + "'"
    last = f"{column_letters(len(sheet.columns) - 1)}{max(sheet.size, 1) + 1}"
    address = _attribute(f"{name}.A1:{name}.{last}")
    return (
        f"<table:database-range table:name={_attribute('Filtre ' + sheet.name)}"
        f' table:target-range-address={address} table:display-filter-buttons="true"/>'
    )


# ---- cells


def _cell(value: Cell, look: str, attributes: str = "") -> str:
    style = f' table:style-name="{look}"{attributes}'
    match value:
        case None | "":
            return "<table:table-cell/>"
        case str():
            # The tab is an element in a paragraph, which some readers leave out; as an attribute it is a character.
            exact = f" office:string-value={_attribute(value)}" if "\t" in value else ""
            return f'<table:table-cell{style} office:value-type="string"{exact}>{_paragraphs(value)}</table:table-cell>'
        case date():
            kind, text = f'"date" office:date-value="{value.isoformat()}"', f"{value:%d/%m/%Y}"
        case _:
            plain = f"{value:.2f}" if look == EUROS else str(value)
            kind, text = f'"float" office:value="{plain}"', plain.replace(".", ",")
    return f"<table:table-cell{style} office:value-type={kind}><text:p>{text}</text:p></table:table-cell>"


def _paragraphs(text: str) -> str:
    return "".join(f"<text:p>{_line(line)}</text:p>" for line in _replace_unwritable(text).split("\n"))


def _line(line: str) -> str:
    """Return a line of text; repeated spaces and tabs are elements."""
    plain = re.sub(r"^ | {2,}| $", lambda match: f"\0{len(match[0])}\0", line)
    spaced = re.sub(r"\0(\d+)\0", r'<text:s text:c="\1"/>', escape(plain))
    return spaced.replace("\t", "<text:tab/>")


def _replace_unwritable(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)


def _attribute(text: str) -> str:
    return quoteattr(_replace_unwritable(text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


# ---- looks


def _cell_style(name: str, cell: str, paragraph: str = "", text: str = "", data: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-cell"{data}>'
        f'<style:table-cell-properties style:vertical-align="top" {cell}/><style:paragraph-properties {paragraph}/>'
        f'<style:text-properties fo:font-family="Arial" fo:font-size="10pt" {text}/></style:style>'
    )


def _row_style(name: str, height: str, grows: bool) -> str:
    return (
        f'<style:style style:name="{name}" style:family="table-row"><style:table-row-properties'
        f' style:row-height="{height}" style:use-optimal-row-height="{str(grows).lower()}"/></style:style>'
    )


def _width_style(width: int) -> str:
    return (
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * 0.2:.1f}cm"/></style:style>'
    )


def _head_style(name: str, side: str) -> str:
    cell = f'{_WRAP} fo:background-color="{FILL}" fo:border-bottom="0.75pt solid {RULE}"'
    style = _cell_style(name, cell, side, 'fo:font-weight="bold"')
    return style.replace('"top"', '"middle"')


_RIGHT = 'fo:text-align="end" fo:margin-right="0.2cm"'
_WRAP = 'fo:wrap-option="wrap"'
_STYLES = "".join(
    [
        '<number:date-style style:name="N-day"><number:day number:style="long"/><number:text>/</number:text>'
        '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
        "</number:date-style>",
        '<number:number-style style:name="N-euros" number:language="fr" number:country="FR">'
        '<number:number number:decimal-places="2" number:min-decimal-places="2"'
        ' number:min-integer-digits="1" number:grouping="true"/>'
        "<number:text>\u00a0€</number:text></number:number-style>",
        '<number:number-style style:name="N-number" number:language="fr"'
        ' number:country="FR"><number:number number:decimal-places="0"'
        ' number:min-integer-digits="1" number:grouping="true"/></number:number-style>',
        _row_style("row", "0.5cm", grows=True),
        _row_style("high", "1.05cm", grows=False),
        *(_row_style(f"high{lines}", f"{lines * 0.43 + 0.05:.2f}cm", grows=False) for lines in range(1, TALLEST + 1)),
        _cell_style(TEXT, _WRAP),
        _cell_style(OWN, "", 'fo:text-align="start"'),
        _cell_style(NUMBER, "", _RIGHT, data=' style:data-style-name="N-number"'),
        _cell_style(EUROS, "", _RIGHT, data=' style:data-style-name="N-euros"'),
        _cell_style(DAY, "", 'fo:text-align="start"', data=' style:data-style-name="N-day"'),
        _cell_style(TITLE, "", text='fo:font-weight="bold" fo:font-size="16pt"').replace('fo:font-size="10pt" ', ""),
        _cell_style(SOFT, _WRAP, text=f'fo:color="{INK}"'),
        _head_style(HEAD, 'fo:text-align="start"'),
        _head_style(HEAD + NUMBER, _RIGHT),
    ]
)


# ---- the other files


def _manifest() -> str:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    names = {"/": _KIND, **dict.fromkeys(("content.xml", "styles.xml", "settings.xml", "meta.xml"), "text/xml")}
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{kind}"/>'
        for name, kind in names.items()
    )
    return f'{_START}<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">{entries}</manifest:manifest>'


def _meta(title: str) -> str:
    properties = f"<dc:title>{escape(title)}</dc:title><meta:generator>{PRODUCT}</meta:generator>"
    return f"{_START}<office:document-meta{_NAMES}><office:meta>{properties}</office:meta></office:document-meta>"


def _styles_document() -> str:
    """Return the page style: French, A4 landscape."""
    return (
        f"{_START}<office:document-styles{_NAMES}>"
        '<office:styles><style:default-style style:family="table-cell"><style:text-properties'
        ' fo:font-family="Arial" fo:font-size="10pt" fo:language="fr" fo:country="FR"/></style:default-style>'
        '</office:styles><office:automatic-styles><style:page-layout style:name="paper"><style:page-layout-properties'
        ' fo:page-width="29.7cm" fo:page-height="21cm" style:print-orientation="landscape"'
        ' style:print-page-order="ltr" style:scale-to="80%"/></style:page-layout></office:automatic-styles>'
        '<office:master-styles><style:master-page style:name="Default" style:page-layout-name="paper"/>'
        "</office:master-styles></office:document-styles>"
    )


def _settings(sheets: Sequence[TableSheet]) -> str:
    """Freeze headings and numbers."""

    def entries(sheet: TableSheet) -> Iterator[str]:
        for name, kind, value in (
            ("HorizontalSplitMode", "short", 2), ("VerticalSplitMode", "short", 2),
            ("HorizontalSplitPosition", "int", 1), ("VerticalSplitPosition", "int", 1),
            ("ActiveSplitRange", "short", 3), ("PositionRight", "int", 1), ("PositionBottom", "int", 1),
        ):  # fmt: skip
            yield f'<config:config-item config:name="{name}" config:type="{kind}">{value}</config:config-item>'

    tables = "".join(
        f"<config:config-item-map-entry config:name={_attribute(sheet.name)}>{''.join(entries(sheet))}"
        "</config:config-item-map-entry>"
        for sheet in sheets
    )
    return (
        f"{_START}<office:document-settings{_NAMES}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed'
        ' config:name="Views"><config:config-item-map-entry><config:config-item config:name="ViewId"'
        ' config:type="string">view1</config:config-item><config:config-item-map-named config:name="Tables">'
        f"{tables}</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )
