"""The numbers of charts as a French spreadsheet opens them: real numbers, percentages, a chart on every sheet."""

import csv
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO

import openpyxl
import pytest
from pypdf import PdfReader

from db.figures.periods import period_of
from reports.content.chart_data import ChartData, ChartRow
from reports.content.report import Section
from reports.sheets import figure_sheets

TOP = 6
"""The line of the headings, counted from 1."""


@pytest.fixture(scope="module")
def report_2022(make_report):
    return make_report("2022")


@pytest.fixture(scope="module")
def pictures_2022(report_2022):
    return {picture.name: picture for picture in report_2022.charts}


@pytest.fixture(scope="module")
def data_2022(report_2022):
    return figure_sheets.report_bytes(report_2022)


@pytest.fixture(scope="module")
def book_2022(data_2022):
    return openpyxl.load_workbook(BytesIO(data_2022))


def chart(*labels, title="Essai", unit="person", values=None, base=10):
    values = values or [index + 1.0 for index in range(len(labels))]
    rows = tuple(
        ChartRow(f"c{index}", label, (value,)) for index, (label, value) in enumerate(zip(labels, values, strict=True))
    )
    return ChartData("x", title, "bars", unit, rows, (("", "N"),), base, "gender", (), reading="Une phrase.")


def read_csv(picture):
    data = figure_sheets.csv_bytes(picture)
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    assert text.count("\r\n") == text.count("\n") == len(picture.rows) + 1
    return list(csv.reader(StringIO(text), delimiter=";"))


def open_workbook(*pictures):
    return openpyxl.load_workbook(BytesIO(figure_sheets.xlsx_bytes(pictures, "Bilan 2022")))


def table_of(sheet):
    """Return the headings, then each line, as values."""
    return [[cell.value for cell in line] for line in sheet.iter_rows(min_row=TOP) if any(cell.value for cell in line)]


# --- the names of files


@pytest.mark.parametrize(
    ("when", "name"),
    [
        ("2022", "domaine-2022"),
        ("2023-03-06", "domaine-2023-03-06"),
        ("2022-01-01/2022-06-30", "domaine-2022-01-01-2022-06-30"),
    ],
)
def test_a_file_says_what_and_when(when, name):
    assert figure_sheets.file_name("domaine", period_of(when)) == name


# --- CSV


def test_csv_has_commas_in_numbers_and_semicolons_between_them(pictures_2022):
    assert read_csv(pictures_2022["domaine"])[:3] == [
        ["Domaine d’activité", "Personnes", "%"],
        ["Arts plastiques et visuels", "45", "32,4"],
        ["Artisanat d’art", "30", "21,6"],
    ]
    assert read_csv(pictures_2022["reperes"])[1] == ["Hommes", "54,0", "46"]
    assert read_csv(pictures_2022["domaine-genre"])[0] == ["Genre par domaine", "Femme", "Homme"]


def test_csv_of_sums_is_in_euros_without_a_space_between_thousands():
    picture = chart("Formation", "Matériel", unit="cents", values=[1234567.5, 400], base=1234967.5)

    assert read_csv(picture) == [
        ["Essai", "Euros", "%"],
        ["Formation", "1234567,50", "100,0"],
        ["Matériel", "400,00", "0,0"],
    ]


@pytest.mark.parametrize("label", ["=1+1", "+33 5", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_holds_no_formula(label):
    assert read_csv(chart(label, title=label))[1][0] == f"'{label}"
    assert read_csv(chart(label, title=label))[0][0] == f"'{label}"


@pytest.mark.parametrize("label", ["un;deux", 'dit "un"', "l’un\nl’autre", "é 日本"])
def test_csv_keeps_names_whole(label):
    data = figure_sheets.csv_bytes(chart(label)).decode("utf-8-sig")

    assert list(csv.reader(StringIO(data, newline=""), delimiter=";"))[1][0] == label


def test_csv_of_an_empty_chart_is_its_headings():
    assert read_csv(chart(base=0)) == [["Essai", "Personnes"]]


def test_every_chart_has_its_csv(report_2022):
    for picture in report_2022.charts:
        assert {len(line) for line in read_csv(picture)} == {len(picture.header)}


# --- XLSX: sheets


def test_the_report_has_its_headline_then_a_sheet_for_each_chart(report_2022, book_2022):
    titles = [picture.title for picture in report_2022.charts]

    assert book_2022.sheetnames[0] == "Photo-bilan"
    assert [name[:20] for name in book_2022.sheetnames[1:]] == [title[:20] for title in titles]
    assert len({name.lower() for name in book_2022.sheetnames}) == len(titles) + 1
    assert max(map(len, book_2022.sheetnames)) <= 31
    assert max(map(len, titles)) > 31  # one is cut


def test_every_sheet_says_its_title_its_sentence_its_definition_and_its_source(report_2022, book_2022):
    for picture, sheet in zip(report_2022.charts, book_2022.worksheets[1:], strict=True):
        told = [sheet.cell(line, 1).value for line in range(1, 5)]
        assert told == [picture.title, picture.reading, picture.means, f"{report_2022.title} · {report_2022.basis}"]


def test_the_numbers_of_every_sheet_are_real_numbers_shares_are_percentages(report_2022, book_2022):
    for picture, sheet in zip(report_2022.charts, book_2022.worksheets[1:], strict=True):
        head, *lines = table_of(sheet)
        assert tuple(name or "" for name in head) == picture.header
        for row, line in zip(picture.rows, lines, strict=True):
            label, *numbers = picture.line(row)
            names = picture.header[1:]
            wanted = [
                number / 100 if name in ("%", "National (%)") and isinstance(number, int | float) else number
                for name, number in zip(names, numbers, strict=True)
            ]
            assert line[0] == label
            assert line[1:] == pytest.approx(wanted)
        for cell in (cell for cells in sheet.iter_rows(min_row=TOP + 1, min_col=2) for cell in cells):
            if cell.value is not None:
                assert cell.data_type == "n"
                assert ("%" in cell.number_format) == (sheet.cell(TOP, cell.column).value in ("%", "National (%)"))


def test_every_number_is_shown_with_the_decimals_of_its_kind(report_2022, book_2022):
    """In sheets a format gives the decimals, in CSV the text; both are those of the screen."""
    kinds = {"%": "0.0 %", "National (%)": "0 %", "Euros": '#,##0.00 "€"'}
    for picture, sheet in zip(report_2022.charts, book_2022.worksheets[1:], strict=True):
        for column, name in enumerate(picture.header[1:], start=2):
            formats = {sheet.cell(line, column).number_format for line in range(TOP + 1, TOP + 1 + len(picture.rows))}
            assert formats <= {kinds.get(name, "#,##0")}
            decimals = {"%": 1, "Euros": 2}.get(name, 0)
            cells = [line[column - 1] for line in read_csv(picture)[1:]]
            assert all(len(cell.partition(",")[2]) == decimals for cell in cells)
    shown = {
        cell.number_format
        for line in book_2022["Photo-bilan"].iter_rows(min_row=5, min_col=2, max_col=3)
        for cell in line
    }
    assert shown == {"#,##0", "0.0 %", '0.0 "an(s)"'}


def test_sums_are_in_euros(pictures_2022):
    sheet = open_workbook(pictures_2022["aides"]).worksheets[0]

    assert "€" in sheet.cell(TOP + 1, 2).number_format
    assert sum(line[1] for line in table_of(sheet)[1:]) == 12735
    assert sum(line[2] for line in table_of(sheet)[1:]) == pytest.approx(1)


def test_the_headline_has_this_year_and_the_year_before(book_2022):
    lines = {line[0].value: line[1:] for line in book_2022["Photo-bilan"].iter_rows(min_row=4)}

    assert [cell.value for cell in lines[""]] == ["Bilan 2022", "Bilan 2021", "Ce que compte ce chiffre"]
    assert [cell.value for cell in lines["Personnes suivies"]][:2] == [139, 127]
    assert [cell.value for cell in lines["Sorties du RSA"]][:2] == [43, 24]
    men, length = lines["Hommes"][0], lines["Durée moyenne des accompagnements terminés"][0]
    assert men.value == pytest.approx(0.5396, abs=0.0001)
    assert "%" in men.number_format
    assert length.value == pytest.approx(2.5, abs=0.01)
    assert "an" in length.number_format


def test_a_period_in_course_says_so_on_every_sheet_and_whose_days_it_is_compared_with(report_2022):
    running = replace(report_2022, period=report_2022.period.until(date(2022, 11, 27)))
    book = openpyxl.load_workbook(BytesIO(figure_sheets.report_bytes(running)))

    state = "période en cours, jusqu’au 27/11/2022"
    assert [state in sheet["A4"].value for sheet in book.worksheets[1:]] == [True] * len(report_2022.charts)
    head = [cell.value for cell in book["Photo-bilan"][4]][1:3]
    assert head == [f"Bilan 2022 ({state})", "Bilan du 01/01/2021 au 27/11/2021"]


def test_a_mean_over_nobody_is_an_empty_cell(make_report):
    book = openpyxl.load_workbook(BytesIO(figure_sheets.report_bytes(make_report("1950"))))
    lines = {line[0].value: line[1:] for line in book["Photo-bilan"].iter_rows(min_row=4)}

    assert [cell.value for cell in lines["Personnes suivies"]][:2] == [0, 0]
    for label in ("Durée moyenne des accompagnements terminés", "Hommes"):
        assert [cell.value for cell in lines[label]][:2] == [None, None]


# --- XLSX: what runs, and what is drawn


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://exemple.fr", "=HYPERLINK(1)"])
def test_a_name_of_the_office_is_a_text(text):
    book = open_workbook(replace(chart(text), reading=text))
    sheet = book.worksheets[0]

    assert (sheet.cell(TOP + 1, 1).value, sheet.cell(TOP + 1, 1).data_type) == (text, "s")
    assert (sheet.cell(2, 1).value, sheet.cell(2, 1).data_type) == (text, "s")
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f" or cell.hyperlink]


def test_no_sheet_of_the_report_holds_a_formula_or_a_link(data_2022, book_2022):
    cells = [cell for sheet in book_2022 for line in sheet.iter_rows() for cell in line]

    assert len(cells) > 500
    assert not [cell for cell in cells if cell.data_type in ("f", "e") or cell.hyperlink]
    assert not [name for name in zipfile.ZipFile(BytesIO(data_2022)).namelist() if "externalLink" in name]


def test_every_chart_is_an_excel_chart_of_its_own_cells(report_2022, book_2022):
    for picture, sheet in zip(report_2022.charts, book_2022.worksheets[1:], strict=True):
        if picture.empty:  # what the law asks since 2025
            continue
        (drawn,) = sheet._charts
        assert len(drawn.series) == len(picture.series)
        last = TOP + len(picture.rows)
        for index, series in enumerate(drawn.series):
            column = "BCDEF"[index]
            assert series.val.numRef.f.endswith(f"!${column}${TOP + 1}:${column}${last}")
            assert series.cat.strRef.f.endswith(f"!$A${TOP + 1}:$A${last}")
            assert series.val.numRef.f.rpartition("!")[0].strip("'").replace("''", "'") == sheet.title
        assert drawn.anchor._from.col > len(picture.header) - 1  # it hides no number


def test_a_chart_with_nothing_to_draw_has_its_headings_and_no_chart():
    sheet = open_workbook(chart(base=0)).worksheets[0]

    assert table_of(sheet) == [["", "Personnes"]]
    assert sheet._charts == []


def test_progress_is_reported_and_the_work_can_be_cancelled(report_2022, pictures_2022):
    class CancelledError(Exception):
        pass

    def cancel(done, what):
        told.append((done, what))
        if done >= 0.5:
            raise CancelledError

    told: list[tuple[float, str]] = []
    some = replace(report_2022, sections=(Section("x", (pictures_2022["genre"], pictures_2022["domaine"])),))
    with pytest.raises(CancelledError):
        figure_sheets.report_bytes(some, cancel)

    assert told == [(0.0, "Genre"), (0.5, "Domaine d’activité")]


def test_libreoffice_opens_it_and_shows_french_numbers(report_2022, pictures_2022, to_pdf):
    some = replace(report_2022, sections=(Section("x", (pictures_2022["domaine"], pictures_2022["aides"])),))
    pages = PdfReader(BytesIO(to_pdf(figure_sheets.report_bytes(some), "xlsx"))).pages

    text = "".join("".join(page.extract_text().split()) for page in pages)
    for said in ("Bilan2022", "Personnessuivies", "139", "Artsplastiquesetvisuels", "Aidesaccordéespartype"):
        assert said in text
    for wrong in ("#VALUE!", "#REF!", "#NAME?", "Err:"):
        assert wrong not in text
