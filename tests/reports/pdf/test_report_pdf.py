"""The report as PDF, read with pypdf: numbers, sentences, alternative texts, labels that stay text."""

import tempfile
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from reports.content.report import Section
from reports.pdf import report_pdf
from tests.reports.decimals import wrong_decimals

HOSTILE = "« #[=x] $ * _ ` \\ » //"


@pytest.fixture(scope="module")
def report_2022(make_report):
    return make_report("2022")


@pytest.fixture(scope="module")
def paper_2022(report_2022):
    return PdfReader(BytesIO(report_pdf.pdf_bytes(report_2022)))


@pytest.fixture(scope="module")
def page_texts_2022(paper_2022):
    return page_texts(paper_2022)


@pytest.fixture(scope="module")
def text_2022(page_texts_2022):
    return joined(page_texts_2022)


def page_texts(pdf):
    return [page.extract_text() for page in pdf.pages]


def joined(texts):
    """Return the text of the pages with single spaces."""
    return " ".join(" ".join(texts).replace("\u200b", "").split())


def text_of(pdf):
    """Return the text of the PDF with single spaces."""
    return joined(page_texts(pdf))


def without_breaks(text):
    """Remove spaces and hyphens, as words are cut at the end of a line."""
    return "".join(text.split()).replace("-", "").replace("\u00ad", "")


def report_with_chart(report, name, **changes):
    """Return the report reduced to one chart, changed."""
    chart = next(chart for chart in report.charts if chart.name == name)
    return replace(report, sections=(Section("Une partie", (replace(chart, **changes),)),))


def with_label(report, label):
    """Return the report of the domains, the first with this label."""
    rows = next(chart for chart in report.charts if chart.name == "domaine").rows
    return report_with_chart(report, "domaine", rows=(replace(rows[0], label=label), *rows[1:]))


def tagged_elements(pdf):
    """Return every element of the structure tree with its alternative text."""
    found, left = [], [pdf.trailer["/Root"]["/StructTreeRoot"]]
    while left:
        item = left.pop().get_object()
        if isinstance(item, list):
            left.extend(item)
        elif isinstance(item, dict):
            found.append((item.get("/S"), item.get("/Alt")))
            left.extend([item["/K"]] if "/K" in item else [])
    return found


def declares_pdf_ua(pdf):
    root = pdf.trailer["/Root"]
    return b"pdfuaid:part>1<" in root["/Metadata"].get_data()


def test_it_says_the_numbers_of_the_source(text_2022):
    for said in ("139 Personnes suivies", "116 Personnes accompagnées", "112 CER", "54,0 % Hommes"):
        assert said in text_2022
    for line in ("Arts plastiques et visuels 45 32,4 %", "Artisanat d’art 30 21,6 %", "Ensemble 139 100,0 %"):
        assert line in text_2022
    assert "+ 12 depuis 2021" in text_2022


def test_every_number_has_the_decimals_of_its_kind(text_2022):
    found, wrong = wrong_decimals(text_2022)

    assert found > 100
    assert wrong == []


def test_a_period_in_course_says_so_on_every_page(report_2022):
    running = replace(report_2022, sections=(), period=report_2022.period.until(date(2022, 11, 27)))
    pages = page_texts(PdfReader(BytesIO(report_pdf.pdf_bytes(running))))

    assert all("période en cours, jusqu’au 27/11/2022" in " ".join(page.split()) for page in pages)
    assert "par rapport aux mêmes jours de 2021" in joined(pages)


def test_every_chart_has_its_title_its_sentence_and_its_definition(report_2022, text_2022):
    charts = [chart for chart in report_2022.charts if not chart.empty]
    assert len(charts) > 20
    for chart in charts:
        for said in (chart.title, chart.reading, chart.means):
            assert without_breaks(said) in without_breaks(text_2022)


def test_every_chart_has_an_alternative_text(report_2022, paper_2022):
    found = tagged_elements(paper_2022)

    assert {alt for _, alt in found if alt} == {chart.alt for chart in report_2022.charts if not chart.empty}
    assert {"/Title", "/H1", "/H2", "/Table", "/TH"} <= {kind for kind, _ in found}


def test_the_file_says_its_title_its_language_and_that_it_is_pdf_ua(paper_2022):
    root = paper_2022.trailer["/Root"]

    assert paper_2022.metadata.title == "Bilan 2022"
    assert root["/Lang"] == "fr-FR"
    assert root["/MarkInfo"]["/Marked"]
    assert declares_pdf_ua(paper_2022)


def test_each_page_is_numbered_and_has_only_fonts_of_its_own(paper_2022, page_texts_2022):
    count = len(paper_2022.pages)

    for index, (page, text) in enumerate(zip(paper_2022.pages, page_texts_2022, strict=True), start=1):
        assert f"page {index} / {count}" in text
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert fonts
        assert all("LibertinusSerif" in font["/BaseFont"] for font in fonts)


@pytest.mark.parametrize("label", [HOSTILE, '#image("/etc/passwd")', "#panic()", "@nobody <here>"])
def test_a_label_of_the_office_stays_a_text(report_2022, label):
    pdf = PdfReader(BytesIO(report_pdf.pdf_bytes(with_label(report_2022, label))))

    assert without_breaks(label) in without_breaks(text_of(pdf))


def test_letters_missing_from_the_font_lose_pdf_ua_conformance_only(report_2022):
    pdf = PdfReader(BytesIO(report_pdf.pdf_bytes(with_label(report_2022, "Peinture 日本 😀"))))

    assert "Peinture" in text_of(pdf)
    assert not declares_pdf_ua(pdf)
    assert [alt for _, alt in tagged_elements(pdf) if alt]  # still told to who cannot see


def test_a_word_longer_than_its_column_is_cut(report_2022):
    pdf = PdfReader(BytesIO(report_pdf.pdf_bytes(with_label(report_2022, "W" * 120))))

    lines = [line.count("W") for page in pdf.pages for line in page.extract_text().splitlines()]
    assert sum(lines) >= 120
    assert max(lines) < 50


def test_a_list_longer_than_a_page_is_not_lost(report_2022):
    rows = report_2022.charts[0].rows
    many = tuple(replace(rows[0], label=f"Motif {index:03}") for index in range(150))
    pdf = PdfReader(BytesIO(report_pdf.pdf_bytes(report_with_chart(report_2022, "sorties", rows=many))))

    text = text_of(pdf)
    assert all(f"Motif {index:03}" in text for index in range(150))


def test_an_empty_period_is_one_page_that_says_so(make_report):
    pdf = PdfReader(BytesIO(report_pdf.pdf_bytes(make_report("1950"))))

    assert len(pdf.pages) == 1
    assert "Rien à montrer pour cette période." in text_of(pdf)
    assert "Le détail en chiffres" not in text_of(pdf)


def test_empty_charts_and_empty_sections_are_left_out(report_2022):
    empty = report_with_chart(report_2022, "origine", rows=()).sections
    told = report_with_chart(report_2022, "genre")
    pdf = PdfReader(
        BytesIO(
            report_pdf.pdf_bytes(replace(told, sections=(*told.sections, *empty, Section("Vide", empty[0].charts))))
        )
    )

    text = text_of(pdf)
    assert "Une partie" in text
    assert "Vide" not in text
    assert "Origine" not in text


def test_progress_is_reported(report_2022):
    told = []
    report_pdf.pdf_bytes(report_with_chart(report_2022, "genre"), lambda done, what: told.append((done, what)))

    assert told == [(0.0, "Genre"), (0.9, "Mise en page"), (1.0, "Bilan prêt")]


@pytest.mark.parametrize("at", [0.0, 0.9, 1.0])
def test_cancelling_stops_the_work_and_leaves_no_file(report_2022, tmp_path, monkeypatch, at):
    class CancelledError(Exception):
        pass

    seen: list[str] = []

    def cancel(done, what):
        seen.extend(path.name for path in tmp_path.iterdir())
        if done >= at:
            raise CancelledError

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(CancelledError):
        report_pdf.pdf_bytes(report_with_chart(report_2022, "genre"), cancel)

    assert seen  # it did work there
    assert list(tmp_path.iterdir()) == []


def piece(tall):
    return {"tall": tall}


def test_bands_keep_every_piece_once_and_fill_both_columns():
    pieces = [piece(tall) for tall in (30, 60, 50, 30, 90, 20, 70)]
    found = report_pdf.bands(pieces)

    assert sorted(id(one) for band in found for column in band for one in column) == sorted(map(id, pieces))
    assert report_pdf.bands([piece(60), piece(25), piece(28)]) == [[[piece(60)], [piece(25), piece(28)]]]
    assert report_pdf.bands([]) == []
