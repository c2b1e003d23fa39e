"""Charts as PNG, SVG and PDF, opened by other programs; rendered without network access."""

import re
import socket
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from reports.charts import rendering
from reports.content import plots
from reports.content.chart_data import ChartData, ChartRow

ALL_SHAPES = {plot.shape: plot.name for plot in plots.PLOTS}
SOURCE = "Bilan 2022"
N = "\u202f"


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Fail on any connection or name look-up."""

    def refuse(*_, **__):
        raise AssertionError("a chart asked for another machine")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.fixture(scope="module")
def charts_2022(make_report):
    return {chart.name: chart for chart in make_report("2022").charts}


def bars(*labels, **more):
    rows = tuple(ChartRow(f"c{index}", label, (index + 1.0,)) for index, label in enumerate(labels))
    known = {"title": "Essai", "reading": "Une phrase.", **more}
    return ChartData(
        "x", str(known["title"]), "bars", "person", rows, (("", "N"),), 0, "gender", (), reading=known["reading"]
    )


def without_spaces(text):
    """Remove spaces, some of which pypdf does not recognise."""
    return "".join(text.split())


def text_of_pdf(data):
    return without_spaces("".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages))


def texts_of_svg(data):
    root = ElementTree.fromstring(data)
    return without_spaces(" ".join("".join(item.itertext()) for item in root.iter("{http://www.w3.org/2000/svg}text")))


def texts_of_chart(chart):
    """Return title, sentence, source, labels and numbers: every text of the chart."""
    return [chart.title, chart.reading, SOURCE, *(row.label for row in chart.rows), *map(chart.bar_label, chart.rows)]


# --- PNG


def test_a_png_is_twice_as_fine_as_a_screen(charts_2022):
    data = rendering.png_bytes(charts_2022["domaine"], SOURCE)

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    with Image.open(BytesIO(data)) as image:
        assert image.format == "PNG"
        assert 2 * 640 <= image.width < 2 * (640 + 2 * 16 + 220)  # padding, and labels that stand beside
        assert image.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
        assert len(image.convert("RGB").getcolors(2**24) or []) > 20  # something is drawn


@pytest.mark.parametrize("shape", sorted(ALL_SHAPES))
def test_every_shape_is_drawn_in_its_colours(charts_2022, shape):
    with Image.open(BytesIO(rendering.png_bytes(charts_2022[ALL_SHAPES[shape]], SOURCE))) as image:
        most = sorted(image.convert("RGB").getcolors(2**24) or [], reverse=True)

    (_, page), *others = most
    assert page == (255, 255, 255)
    first = np.array(next(own for _, own in others if own != (21, 18, 14)))
    assert np.ptp(first.astype(int)) > 5  # a colour, no black box


# --- SVG


@pytest.mark.parametrize("name", ["domaine", "foyer", "sorties", "aides"])
def test_an_svg_says_title_sentence_source_labels_and_numbers(charts_2022, name):
    chart = charts_2022[name]
    text = texts_of_svg(rendering.svg_bytes(chart, SOURCE))

    for said in texts_of_chart(chart):
        assert without_spaces(said) in text


@pytest.mark.parametrize("shape", sorted(ALL_SHAPES))
def test_an_svg_refers_to_nothing_outside(charts_2022, shape):
    data = rendering.svg_bytes(charts_2022[ALL_SHAPES[shape]], SOURCE)
    root = ElementTree.fromstring(data)

    tags = {item.tag.rpartition("}")[2] for item in root.iter()}
    assert not tags & {"script", "image", "foreignObject", "style", "use", "a", "link"}
    attributes = {(name, value) for item in root.iter() for name, value in item.attrib.items()}
    assert not [name for name, _ in attributes if name.rpartition("}")[2] in ("href", "src")]
    assert not [value for _, value in attributes if re.search(r"https?:|url\((?!#)|javascript:|data:", value)]


def test_names_of_the_office_stay_texts_in_an_svg():
    chart = bars("<script>alert(1)</script>", "]]>", "a & b", 'href="http://exemple.fr"', title="<b>&</b>")
    root = ElementTree.fromstring(rendering.svg_bytes(chart))

    assert not [item for item in root.iter() if item.tag.endswith("script")]
    assert without_spaces("<script>alert(1)</script>") in texts_of_svg(rendering.svg_bytes(chart))
    assert "<b>&</b>" in texts_of_svg(rendering.svg_bytes(chart))


# --- PDF


@pytest.mark.parametrize("name", ["domaine", "foyer", "sorties"])
def test_a_pdf_says_title_sentence_source_labels_and_numbers(charts_2022, name):
    data = rendering.pdf_bytes(charts_2022[name], SOURCE)

    assert data.startswith(b"%PDF-")
    assert len(PdfReader(BytesIO(data)).pages) == 1
    for said in texts_of_chart(charts_2022[name]):
        assert without_spaces(said) in text_of_pdf(data)


def test_a_pdf_can_leave_title_and_sentence_to_the_page_around_it(charts_2022):
    chart = charts_2022["domaine"]
    text = text_of_pdf(rendering.pdf_bytes(chart, SOURCE, heading=False))

    assert without_spaces(chart.title) not in text
    assert without_spaces(chart.reading) not in text
    assert without_spaces(chart.bar_label(chart.rows[0])) in text


# --- all


def test_a_long_sentence_is_cut_into_lines(charts_2022):
    chart = replace(charts_2022["genre"], reading="Une phrase qui dure. " * 20)
    told_ = rendering.specification(chart, SOURCE)["title"]["subtitle"]

    assert " ".join(told_) == f"{chart.reading.strip()} {SOURCE}"
    assert max(map(len, told_)) <= 88


def test_without_a_source_there_is_no_empty_line():
    assert rendering.specification(bars("Un"))["title"] == {"text": "Essai", "subtitle": ["Une phrase."]}


def test_numbers_are_french():
    chart = replace(bars("Un"), rows=(ChartRow("a", "Un", (1234567.0,)),))

    assert f"1{N}234{N}567" in rendering.svg_bytes(chart).decode()


def test_the_same_chart_is_the_same_file(charts_2022):
    assert rendering.svg_bytes(charts_2022["genre"], SOURCE) == rendering.svg_bytes(charts_2022["genre"], SOURCE)
    assert rendering.svg_bytes(charts_2022["genre"], SOURCE) != rendering.svg_bytes(charts_2022["genre"], "Bilan 2021")
