"""« Photo-bilan »: the numbers of the source document, changes since a year before, empty offices."""

import shutil
from contextlib import closing
from datetime import date, timedelta

import pytest

from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.model.dictionary import TABLES
from db.storage import connection
from reports.content import plots, report
from tests.db.factories import insert_person, insert_stage

N = "\u202f"
TRUE = "Ce qui était vrai, d’après tout ce qui est enregistré aujourd’hui"


@pytest.fixture(scope="module")
def empty_path(tmp_path_factory):
    """An office file without persons."""
    path = tmp_path_factory.mktemp("empty") / "palette.db"
    connection.create(path).close()
    return path


def numbers(document):
    return {item.name: item.value for item in (*document.numbers, *document.shares)}


def changes(document):
    return {item.name: item.change for item in (*document.numbers, *document.shares)}


def texts(document):
    return {item.name: item.text for item in (*document.numbers, *document.shares)}


# --- the source


def test_the_numbers_of_2022(make_report):
    assert texts(make_report("2022")) == {
        "followed": "139",
        "accompanied": "116",
        "cer_signed": "112",
        "diagnostics_completed": "40",
        "exits": "43",
        "mean_length_years": f"2,5{N}ans",
        "men": f"54,0{N}%",
        "fifty_or_over": f"30,9{N}%",
        "bac2_or_over": f"58,3{N}%",
        "under_two_years": f"46,0{N}%",
    }


def test_the_numbers_of_the_day_of_the_source(make_report):
    found = make_report("2023-03-06")

    assert [(item.name, item.value) for item in found.numbers] == [
        ("portfolio", 95),
        ("accompanied", 80),
        ("light", 27),
        ("in_diagnosis", 15),
        ("prime_only", 6),
        ("exits_since_january", 11),
    ]


@pytest.mark.parametrize(
    ("when", "before"), [("2022", "2021"), ("2023-03-06", "2022-03-06"), ("2024-02-29", "2023-02-28")]
)
def test_changes_are_since_the_report_of_a_year_before(make_report, when, before):
    now, then = make_report(when), make_report(before)

    earlier = numbers(then)
    assert {item.name: item.before for item in (*now.numbers, *now.shares)} == earlier
    for item in now.numbers:
        if item.unit != "years" and item.value is not None:
            moved = item.value - (earlier[item.name] or 0)
            assert item.change == (f"+{N}{moved}" if moved > 0 else f"−{N}{-moved}" if moved else "=")


def test_shares_change_in_points(make_report):
    found = changes(make_report("2022"))

    assert found["followed"] == f"+{N}12"
    assert found["diagnostics_completed"] == "="
    for name in ("men", "fifty_or_over", "bac2_or_over", "under_two_years"):
        assert found[name] == "=" or "point" in found[name]


@pytest.mark.parametrize(
    ("when", "title", "compared"),
    [
        ("2022", "Bilan 2022", "depuis 2021"),
        ("2023-03-06", "Photo au 06/03/2023", "depuis le 06/03/2022"),
        ("2024-02-29", "Photo au 29/02/2024", "depuis le 28/02/2023"),
        ("2022-01-01/2022-06-30", "Bilan du 01/01/2022 au 30/06/2022", "par rapport à un an plus tôt"),
        ("2022-01-01/2022-12-31", "Bilan 2022", "depuis 2021"),
    ],
)
def test_it_says_what_it_is_and_since_when_things_changed(make_report, when, title, compared):
    found = make_report(when)

    assert (found.title, found.compared) == (title, compared)


# --- true or known


def test_it_says_whether_it_is_true_or_was_known(demo_path):
    with closing(connection.open_file(demo_path)) as db:
        assert report.make(db, period_of("2022")).basis == TRUE
        assert report.make(db, period_of("2022"), "2023-01-15").basis == "Ce que l’on savait au 15/01/2023"


@pytest.fixture
def running(tmp_path, empty_path):
    """A file in which somebody came more than a year ago, somebody ten days ago, and a third is to come in ten days."""
    path = tmp_path / "palette.db"
    shutil.copy(empty_path, path)
    with closing(connection.open_file(path)) as db:
        for days in (-400, -10, 10):
            insert_stage(db, insert_person(db, rights=None), "diagnostic", str(date.today() + timedelta(days=days)))
        yield db


def test_a_period_in_course_is_counted_to_today_and_compared_with_the_same_days_a_year_before(running):
    today = date.today()
    first, last = today - timedelta(days=20), today + timedelta(days=40)

    found = report.make(running, period_of(f"{first}/{last}"))

    followed = found.numbers[0]
    assert (followed.value, followed.before, followed.change) == (2, 1, f"+{N}1")
    assert numbers(found) == numbers(report.make(running, period_of(f"{first}/{today}")))
    state = f"période en cours, jusqu’au {today:%d/%m/%Y}"
    assert found.basis.endswith(f" ; {state}")
    assert found.title.endswith(f" ({state})")
    assert found.compared == f"par rapport aux mêmes jours de {first.year - 1}"


def test_a_period_that_has_not_begun_says_so_and_is_compared_with_nothing(running):
    found = report.make(running, period_of(str(date.today().year + 1)))

    assert (found.title, found.basis) == (
        f"Bilan {date.today().year + 1} (période pas commencée)",
        f"{TRUE} ; période pas commencée",
    )
    assert {item.before for item in (*found.numbers, *found.shares)} == {None}


def test_what_was_known_in_the_middle_of_a_period_is_counted_up_to_that_day(demo_path):
    with closing(connection.open_file(demo_path)) as db:
        found = report.make(db, period_of("2022"), "2022-06-30")
        half = report.make(db, period_of("2022-01-01/2022-06-30"))
        today = report.make(db, period_of(date.today().isoformat()))

    assert found.basis == "Ce que l’on savait au 30/06/2022 ; période en cours, jusqu’au 30/06/2022"
    assert numbers(found) == numbers(half)
    assert [item.before for item in found.numbers] == [item.before for item in half.numbers]
    assert today.period.state == ""


# --- sections


@pytest.mark.parametrize("when", ["2022", "2023-03-06", "2022-01-01/2022-06-30", "1950"])
def test_every_chart_is_in_it_once_under_its_heading(make_report, when):
    found = make_report(when)

    assert sorted(chart.name for chart in found.charts) == sorted(plot.name for plot in plots.PLOTS)
    assert [chart for section in found.sections for chart in section.charts] == list(found.charts)
    assert all(section.title and section.charts for section in found.sections)


@pytest.mark.parametrize("when", ["2022", "2023-03-06"])
def test_it_counts_every_required_figure_and_each_is_declared(make_report, when):
    period = period_of(when)

    assert set(make_report(when).figures) == set(report.required_figures(period)) <= FIGURES.keys()
    assert (
        set(report.headline_figures(period))
        <= set(report.photo_figures(period))
        <= set(report.required_figures(period))
    )
    assert len(report.required_figures(period)) == len(set(report.required_figures(period)))


def test_parts_are_named_with_their_figure(make_report):
    labels = report.part_labels(make_report("2022"))

    assert labels["by_reason", "job"] == "Motif de sortie : Emploi salarié"
    assert labels["territory", "cahors"] == "Territoire : Cahors"
    assert not {name for name, _ in labels} & {"followed", "mean_length_years"}


def test_every_number_has_a_label_and_a_definition(make_report):
    for item in (*make_report("2022").numbers, *make_report("2023-03-06").numbers, *make_report("2022").shares):
        assert item.label
        assert item.means.endswith(".")
        assert 0 < len(item.short) <= len(item.label)


# --- nobody


def test_a_mean_and_a_share_of_nobody_are_a_dash(make_report):
    found = make_report("1950")

    for name in ("mean_length_years", "men", "fifty_or_over", "bac2_or_over", "under_two_years"):
        assert (numbers(found)[name], texts(found)[name], changes(found)[name]) == (None, "–", "")
    assert (texts(found)["followed"], changes(found)["followed"]) == ("0", "=")
    assert all(chart.empty for chart in found.charts)


def test_a_first_year_has_nothing_to_be_compared_with(tmp_path, empty_path):
    path = tmp_path / "palette.db"
    shutil.copy(empty_path, path)
    with closing(connection.open_file(path)) as db:
        insert_stage(db, insert_person(db, rights=None, gender="man"), "diagnostic", "2022-05-01")
        found = report.make(db, period_of("2022"))

    assert (texts(found)["followed"], changes(found)["followed"]) == ("1", f"+{N}1")
    assert (texts(found)["men"], changes(found)["men"]) == (f"100,0{N}%", "")
    assert (texts(found)["mean_length_years"], changes(found)["mean_length_years"]) == ("–", "")


@pytest.mark.parametrize("when", ["2022", "2023-03-06", "2022-01-01/2022-06-30"])
def test_an_empty_file_has_a_report(empty_path, when):
    with closing(connection.open_file(empty_path)) as db:
        found = report.make(db, period_of(when))

    assert {item.value for item in found.numbers} <= {0, None}
    assert {chart.reading for chart in found.charts} == {"Rien à montrer pour cette période."}


def test_making_a_report_writes_nothing(demo_path):
    with closing(connection.open_file(demo_path)) as db:
        before = db.execute("SELECT max(id) FROM history").fetchone()
        counts = [db.execute(f'SELECT count(*) FROM "{table}"').fetchone() for table in TABLES]
        report.make(db, period_of("2022"))

        assert db.execute("SELECT max(id) FROM history").fetchone() == before
        assert [db.execute(f'SELECT count(*) FROM "{table}"').fetchone() for table in TABLES] == counts
