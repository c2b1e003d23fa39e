"""The deck opened by PowerPoint's format and LibreOffice: native charts with our numbers, titles, alternative texts."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from pypdf import PdfReader

from reports.charts import colours
from reports.content.chart_data import ChartData, ChartRow
from reports.content.report import Section
from reports.deck import deck
from reports.deck.charts import plain
from tests.reports.decimals import wrong_decimals

WHENS = ["2022", "2023-03-06", "2022-01-01/2022-06-30", "1950"]


@pytest.fixture(scope="module")
def report_2022(make_report):
    return make_report("2022")


@pytest.fixture(scope="module")
def deck_of(make_report):
    """Return the function that makes the deck of a period, each once."""
    return cache(lambda when: deck.pptx_bytes(make_report(when)))


@pytest.fixture(scope="module")
def data_2022(deck_of):
    return deck_of("2022")


@pytest.fixture
def slides_2022(data_2022):
    return list(open_deck(data_2022).slides)


def open_deck(data):
    return Presentation(BytesIO(data))


def charts_by_title(slides):
    """Return title -> native chart."""
    found = [shape for slide in slides for shape in slide.shapes if shape.has_chart]
    return {shape.name.removeprefix("Graphique : "): shape.chart for shape in found}


def tables_by_title(slides):
    """Return title -> the lines of its tables."""
    found: dict[str, list[list[str]]] = {}
    for shape in (shape for slide in slides for shape in slide.shapes if shape.has_table):
        lines = [[cell.text for cell in row.cells] for row in shape.table.rows]
        found.setdefault(shape.name.removeprefix("Tableau : "), []).extend(lines)
    return found


def slide_texts(slide):
    """Return every text of a slide."""
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def report_of(report, *pictures):
    """Return the same report with these charts alone."""
    return replace(report, sections=(Section("Essai", pictures),))


def bars(*labels):
    rows = tuple(ChartRow(f"x{index}", label, (index + 1.0,)) for index, label in enumerate(labels))
    return ChartData(
        "domaine", "Domaine d’activité", "bars", "person", rows, (("", "Domaine"),), 10, "domain", (), reading="Ici."
    )


# --- the numbers


def test_every_chart_is_native_and_holds_the_numbers_of_its_picture(report_2022, slides_2022):
    drawn = charts_by_title(slides_2022)

    pictures = [picture for picture in report_2022.charts if not picture.empty]
    assert len(drawn) == len(pictures) == 21
    for picture in pictures:
        plot = drawn[picture.title].plots[0]
        assert list(plot.categories) == [plain(row.label) for row in picture.rows]
        values = [tuple(map(abs, values)) for values in zip(*(series.values for series in plot.series), strict=True)]
        national = dict(picture.marks)
        assert values == [(*row.values, *([national[row.code]] if national else [])) for row in picture.rows]


def test_values_below_zero_are_negative_and_shown_without_their_sign(slides_2022):
    for title, negative in (("Pyramide des âges", "Femme"), ("Entrées et sorties du portefeuille", "Sorties")):
        plot = charts_by_title(slides_2022)[title].plots[0]
        below = [series.name for series in plot.series if min(series.values) < 0]
        assert below == [negative]
        assert plot.data_labels.number_format.startswith("# ##0;# ##0")
        assert plot.overlap == 100


def test_the_numbers_of_the_source_are_shown(slides_2022):
    texts = slide_texts(slides_2022[1])
    figures = {text.split("\n")[1]: text.split("\n")[0] for text in texts if text.count("\n") == 2}

    assert slides_2022[1].shapes.title.text == "139 personnes suivies en 2022, dont 116 accompagnées"
    assert figures["Personnes suivies"] == "139"
    assert figures["CER et contrats d’engagement signés"] == "112"
    assert figures["Diagnostics réalisés"] == "40"
    assert figures["Sorties du RSA"] == "43"
    assert figures["Durée moyenne des accompagnements terminés"] == "2,5\u00a0ans"
    assert figures["Hommes"] == "54,0\u00a0%"
    assert any("+\u00a012 depuis 2021" in text for text in texts)


def test_tables_give_shares(slides_2022):
    lines = {line[0]: line[1:] for line in tables_by_title(slides_2022)["Domaine d’activité"]}
    exits = tables_by_title(slides_2022)["Motifs de sortie du RSA"]

    assert lines["Arts plastiques et visuels"] == ["45", "32,4\u00a0%"]
    assert lines["Artisanat d’art"] == ["30", "21,6\u00a0%"]
    assert exits[0] == ["Motifs de sortie du RSA", "Sorties", "Part"]
    assert exits[1] == ["Revenus supérieurs", "17", "39,5\u00a0%"]
    assert exits[-1] == ["Ensemble", "43", "100,0\u00a0%"]


def test_bars_start_at_zero_in_the_order_of_the_list_each_with_its_colour_and_number(slides_2022):
    chart = charts_by_title(slides_2022)["Domaine d’activité"]
    points = chart.plots[0].series[0].points
    labels = [points[index].data_label.text_frame.text for index in range(2)]

    assert chart.chart_type == XL_CHART_TYPE.BAR_CLUSTERED
    assert chart.category_axis.reverse_order
    assert (chart.value_axis.minimum_scale, chart.value_axis.visible) == (0, False)
    assert labels == ["45\u00a0·\u00a032,4\u00a0%", "30\u00a0·\u00a021,6\u00a0%"]
    expected = RGBColor.from_string(colours.colour("domain", "crafts").lstrip("#"))
    assert points[1].format.fill.fore_color.rgb == expected


def test_every_number_has_the_decimals_of_its_kind(slides_2022):
    """On slides, in notes, in tables, beside bars."""
    texts = [text for slide in slides_2022 for text in (*slide_texts(slide), slide.notes_slide.notes_text_frame.text)]
    texts += [cell for lines in tables_by_title(slides_2022).values() for line in lines for cell in line]
    labels = [one for chart in charts_by_title(slides_2022).values() for one in chart._chartSpace.iter(f"{{{_A}}}t")]
    texts += [one.text for one in labels]

    found, wrong = wrong_decimals("\n".join(texts))
    assert found > 150
    assert wrong == []


_A = "http://schemas.openxmlformats.org/drawingml/2006/main"


# --- what every slide owes its reader


@pytest.mark.parametrize("when", WHENS)
def test_every_slide_has_a_title_a_language_notes_and_no_empty_place(deck_of, when):
    slides = list(open_deck(deck_of(when)).slides)

    assert len(slides) >= 3
    for slide in slides:
        assert slide.shapes.title.text.strip()
        assert slide.notes_slide.notes_text_frame.text.strip()
        assert all(shape.text_frame.text.strip() for shape in slide.placeholders)
        names = Counter(shape.name for shape in slide.shapes)
        assert names.most_common(1)[0][1] == 1
        runs = slide.element.xpath(".//a:r")
        assert runs
        assert {run.get_or_add_rPr().get("lang") for run in runs} == {"fr-FR"}


def test_every_chart_and_table_says_what_it_shows_and_nothing_is_a_drawing(report_2022, slides_2022):
    frames = [shape for slide in slides_2022 for shape in slide.shapes if shape.has_chart or shape.has_table]
    shown = {shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in frames}

    assert shown >= {plain(picture.alt) for picture in report_2022.charts if not picture.empty}
    assert None not in shown
    assert not [shape for slide in slides_2022 for shape in slide.shapes if hasattr(shape, "image")]


@pytest.mark.parametrize("when", WHENS)
def test_nothing_leaves_the_page(deck_of, when):
    presentation = open_deck(deck_of(when))

    for slide in presentation.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= presentation.slide_width
            assert shape.top + shape.height <= presentation.slide_height


def test_one_typeface_everywhere_and_our_ground(data_2022):
    faces: Counter[str] = Counter()
    with ZipFile(BytesIO(data_2022)) as parts:
        for name in parts.namelist():
            if name.startswith("ppt/") and name.endswith(".xml"):
                faces.update(re.findall(r'<a:latin typeface="([^"]*)"', parts.read(name).decode()))
        theme = parts.read("ppt/theme/theme1.xml").decode()
    assert faces["Arial"] > 100
    assert set(faces) <= {"Arial", "+mn-lt", "+mj-lt"}
    assert "FDFCFA" in theme


def test_messages_are_titles_and_definitions_are_notes(report_2022, slides_2022):
    titles = [slide.shapes.title.text for slide in slides_2022]
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in slides_2022)

    assert "43 sorties du RSA : revenus supérieurs d’abord (17, soit 39,5\u00a0%)" in titles
    assert titles[-1] == "Définitions et méthode"
    for shown in (*report_2022.numbers, *report_2022.shares, *report_2022.charts):
        assert plain(shown.means) in notes
    assert plain(report_2022.basis) in " ".join(slide_texts(slides_2022[-1]))


# --- what an office adds


def open_workbooks(slides):
    found = [shape.chart for slide in slides for shape in slide.shapes if shape.has_chart]
    return [openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob)) for chart in found]


def cell_types(book):
    return {cell.value: cell.data_type for row in book.active.iter_rows() for cell in row}


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1+1}"])
def test_a_label_like_a_formula_is_text_in_the_workbook_of_the_chart(report_2022, label):
    drawn = report_of(report_2022, replace(bars(label, "Autre"), series=(("", label),)))
    (book,) = open_workbooks(open_deck(deck.pptx_bytes(drawn)).slides)

    assert cell_types(book)[f"'{label}"] == "s"
    assert "f" not in cell_types(book).values()


def test_control_an_unescaped_label_is_a_formula():
    """Positive control of the test above."""
    bare = Presentation()
    data = CategoryChartData()
    data.categories = ["=1+1"]
    data.add_series("Essai", [1])
    slide = bare.slides.add_slide(bare.slide_layouts[6])
    slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, Inches(3), Inches(3), data)

    assert "f" in cell_types(*open_workbooks([slide])).values()


def test_a_chart_that_is_alone_has_its_table_beside_it_or_the_whole_page(report_2022):
    few = open_deck(deck.pptx_bytes(report_of(report_2022, bars("Un & <un>", "Deux")))).slides[2]
    many = open_deck(deck.pptx_bytes(report_of(report_2022, bars(*map(str, range(12)))))).slides[2]

    assert list(charts_by_title([few])["Domaine d’activité"].plots[0].categories) == ["Un & <un>", "Deux"]
    assert [shape.has_table for shape in few.shapes].count(True) == 1
    assert [shape.has_table for shape in many.shapes].count(True) == 0
    widths = [next(shape.width for shape in slide.shapes if shape.has_chart) for slide in (few, many)]
    assert widths[0] < widths[1]


def test_charts_without_anything_to_show_are_left_out(report_2022):
    nobody = replace(bars("Un"), rows=(ChartRow("x", "Un", (0.0,)),))

    assert deck.groups([nobody]) == []
    assert [[picture.name for picture in group] for group in deck.groups([nobody, bars("Un")])] == [["domaine"]]


# --- as it is opened


def test_libreoffice_opens_it_and_prints_every_number(to_pdf, data_2022):
    pages = PdfReader(BytesIO(to_pdf(data_2022, "pptx"))).pages
    texts = [page.extract_text().replace("\u00a0", " ") for page in pages]

    assert len(pages) == len(open_deck(data_2022).slides) == 15
    assert "Bilan 2022" in texts[0]
    for number in ("139", "116", "112", "40", "43", "2,5 ans"):
        assert number in texts[1]
    text = "\n".join(texts)
    for shown in ("32,4 %", "21,6 %", "45 · 32,4 %", "Mise en relation avec des partenaires et autres professionnels"):
        assert shown in text


def test_a_period_in_course_says_so_on_every_slide(report_2022):
    running = replace(report_of(report_2022, bars("Un")), period=report_2022.period.until(date(2022, 11, 27)))
    slides = list(open_deck(deck.pptx_bytes(running)).slides)

    assert slides
    for slide in slides:
        assert "en cours, jusqu’au 27/11/2022" in plain_spaces(" ".join(slide_texts(slide)))


def plain_spaces(text):
    return text.replace("\u00a0", " ")


def test_an_empty_period_is_a_deck_too(deck_of, to_pdf):
    data = deck_of("1950")
    pages = PdfReader(BytesIO(to_pdf(data, "pptx"))).pages

    assert [slide.shapes.title.text for slide in open_deck(data).slides] == [
        "Bilan 1950",
        "Aucune personne suivie en 1950",
        "Définitions et méthode",
    ]
    assert len(pages) == 3


# --- while it is made


def test_progress_is_reported(report_2022):
    shown = []
    deck.pptx_bytes(report_2022, lambda done, what: shown.append((done, what)))

    assert [done for done, _ in shown] == sorted(done for done, _ in shown)
    assert (shown[0][0], shown[-1][0]) == (0, 1)
    assert {section.title for section in report_2022.sections} <= {what for _, what in shown}


def test_what_the_tick_raises_cancels_the_work(report_2022):
    shown = []

    def tick(done, what):
        shown.append(what)
        if done > 0.3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        deck.pptx_bytes(report_2022, tick)
    assert 1 < len(shown) < 10
