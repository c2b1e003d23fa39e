"""The ZIP of all charts: its files, its note, progress and cancellation."""

import csv
import zipfile
from dataclasses import replace
from io import BytesIO, StringIO

import openpyxl
import pytest

from db.figures.periods import period_of
from reports import bundle
from reports.content.chart_data import ChartData

YEAR = period_of("2022")
MARKS = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF-", "csv": b"\xef\xbb\xbf"}


@pytest.fixture(scope="module")
def some(make_report) -> tuple[ChartData, ...]:
    found = {chart.name: chart for chart in make_report("2022").charts}
    return (found["genre"], found["domaine-genre"])


def open_archive(data):
    archive = zipfile.ZipFile(BytesIO(data))
    assert archive.testzip() is None
    return archive


def read_note(archive):
    data = archive.read("LISEZ-MOI.txt")
    assert data.startswith(b"\xef\xbb\xbf")  # so that a French Windows reads its accents
    return data.decode("utf-8-sig")


def test_every_chart_is_there_in_every_format_and_all_numbers_in_one_book(some):
    archive = open_archive(bundle.zip_bytes(some, YEAR, YEAR.title))

    expected = {f"{kind}/{name}-2022.{kind}" for kind in MARKS for name in ("genre", "domaine-genre")}
    assert sorted(archive.namelist()) == sorted({*expected, "LISEZ-MOI.txt", "chiffres-2022.xlsx"})
    for name in expected:
        assert archive.read(name).startswith(MARKS[name.rpartition(".")[2]])


def test_the_numbers_are_those_of_the_charts(some):
    archive = open_archive(bundle.zip_bytes(some, YEAR, YEAR.title))

    lines = list(csv.reader(StringIO(archive.read("csv/genre-2022.csv").decode("utf-8-sig")), delimiter=";"))
    assert [line[:2] for line in lines[1:]] == [["Femme", "64"], ["Homme", "75"]]
    book = openpyxl.load_workbook(BytesIO(archive.read("chiffres-2022.xlsx")))
    assert book.sheetnames == ["Genre", "Genre par domaine"]


def test_every_picture_says_whose_numbers_these_are(some):
    archive = open_archive(bundle.zip_bytes(some[:1], YEAR, "Bilan 2022 · Cahors"))

    assert "Bilan 2022 · Cahors" in archive.read("svg/genre-2022.svg").decode()


def test_the_note_says_the_period_what_was_chosen_and_what_each_chart_counts(some):
    note = read_note(open_archive(bundle.zip_bytes(some, YEAR, "Bilan 2022 · Cahors")))

    assert note.splitlines()[:3] == ["Palette · Bilan 2022 · Cahors", "", some[0].title]
    for chart in some:
        assert f"{chart.title}\r\n  {chart.reading}\r\n  {chart.means}\r\n" in note


def test_a_period_of_several_days_makes_names_that_every_system_takes(some):
    period = period_of("2022-01-01/2022-06-30")
    archive = open_archive(bundle.zip_bytes(some[:1], period, period.title))

    assert "png/genre-2022-01-01-2022-06-30.png" in archive.namelist()
    assert all(name.count("/") <= 1 and name.isascii() for name in archive.namelist())


def test_a_chart_with_nothing_to_draw_is_left_out(some):
    empty = replace(some[0], name="vide", title="Vide", rows=())
    archive = open_archive(bundle.zip_bytes((some[0], empty), YEAR, YEAR.title))

    assert not [name for name in archive.namelist() if "vide" in name]
    assert "Vide" not in read_note(archive)


def test_a_period_without_persons_has_the_note_only(make_report):
    report = make_report("1950")
    archive = open_archive(bundle.zip_bytes(report.charts, report.period, report.source))

    assert not [name for name in archive.namelist() if "/" in name]
    assert read_note(archive).startswith("Palette · Bilan 1950")


def test_progress_is_reported(some):
    told = []
    bundle.zip_bytes(some, YEAR, YEAR.title, lambda done, what: told.append((done, what)))

    assert [done for done, _ in told] == [index / 8 for index in range(9)]
    assert [what for _, what in told] == ["Genre"] * 4 + ["Genre par domaine"] * 4 + [""]


@pytest.mark.parametrize("at", [0.0, 0.5, 1.0])
def test_cancelling_stops_the_work(some, at):
    class CancelledError(Exception):
        pass

    def cancel(done, what):
        if done >= at:
            raise CancelledError(what)

    with pytest.raises(CancelledError):
        bundle.zip_bytes(some, YEAR, YEAR.title, cancel)
