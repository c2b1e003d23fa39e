"""A field of the office's own: published once somebody said so, never before, and taken back without a trace lost."""

import json
from dataclasses import replace

import numpy as np
import pytest

from db.customise import edit
from db.customise.edit import NewField
from db.rows import personal_text
from publication import publish
from publication.audit import decoys
from publication.audit.auditor import ATTACKS, Case, audit
from publication.audit.comparison import compare, moved
from publication.draw import draw
from publication.inference import guessing, intervals, joint
from publication.release import public_file, tables
from publication.release.population import count, substituted
from publication.release.release import dumped, loaded
from publication.release.tables import PLANS
from tests.publication.test_publish import verdicts_of

OWN, TABLE, TITLE = "own_label_de_qualite", "champ_label_de_qualite", "Label de qualité"
LABELS = ("Or massif", "Argent fin", "Autre ou non précisé")


@pytest.fixture
def asked(db):
    """The field, never published, with a value for nearly everybody."""
    assert (
        edit.add_field(db, NewField("person", TITLE, "choice", values=("Or massif", "Argent fin", "Étain")), "Ada")
        == OWN
    )
    codes = ["own_or_massif", "own_argent_fin", "own_etain", None]
    for (person,) in db.execute("SELECT id FROM person").fetchall():
        db.execute(f"UPDATE person SET {OWN} = ? WHERE id = ?", (codes[person % 4], person))
    return db


def say(db, *labels):
    edit.change_field(db, db.tables["person"], OWN, {"published": labels or None}, "Ada")


@pytest.fixture
def said(asked):
    say(asked, "Or massif", "Argent fin")
    return asked


@pytest.fixture
def lenient(monkeypatch):
    """The auditor has tests of its own."""
    monkeypatch.setattr(publish, "audit", verdicts_of())


@pytest.fixture
def to(tmp_path):
    return tmp_path / "public" / public_file.NAME


def release(db, private, to, *years):
    for year in years:
        assert publish.release(db, private, year, to, "Ada").kind == "new"
    return {one.year: one for one in public_file.read(to)}


# ---- before, after, taken back


def test_nothing_of_it_is_in_the_file_before_somebody_says_so(asked, private, to, lenient):
    found = release(asked, private, to, 2022)

    assert found[2022].own == {}
    content = to.read_bytes().lower()
    for word in (TITLE, *LABELS[:2], "Étain", TABLE, OWN, "own_"):
        assert word.lower().encode() not in content, word


def test_with_no_such_field_the_bytes_are_the_same(db, private, to, tmp_path, lenient):
    release(db, private, to, 2022)
    edit.add_field(db, NewField("person", TITLE, "choice", values=("Or massif",)), "Ada")
    draw.draw(draw.read_source(db, [2022]), 2022)
    other = tmp_path / "other.db"

    assert publish.release(db, private, 2022, other, "Ada").kind == "same"
    assert other.read_bytes() == to.read_bytes()
    drawn, _ = draw.draw(draw.read_source(db, [2022]), 2022)
    assert drawn.same_numbers(public_file.read(to)[0])


def test_once_said_it_is_a_table_of_its_own_and_earlier_years_keep_theirs(asked, private, to, lenient):
    before = release(asked, private, to, 2022)[2022]
    say(asked, "Or massif", "Argent fin")

    found = release(asked, private, to, 2023)

    assert dumped(found[2022]) == dumped(before)
    sheet = found[2023].own[TABLE]
    assert (sheet.title, sheet.labels) == (TITLE, (LABELS,))
    assert sheet.persons.sum() == found[2023].rounded
    assert not (sheet.persons % 5).any()
    assert {name for name in found[2023].tables if name not in PLANS} == {TABLE}
    kept = loaded(personal_text.record(asked)[-1].numbers)
    assert dumped(replace(kept, facts=())) == dumped(found[2023])
    assert OWN.encode() not in to.read_bytes(), "no code of the office's file"


def test_each_is_near_to_the_truth_and_the_publish_page_shows_both(said, private, to, lenient):
    found = release(said, private, to, 2022)[2022]
    true = count(draw.read_source(said, [2022]).years[2022])

    assert true.tables[TABLE].sum() == true.total == 139
    assert np.abs(found.own[TABLE].persons - true.tables[TABLE]).max() <= 10
    shown = next(one for one in compare(found, true) if one.name == TABLE)
    assert (shown.title, shown.headings) == (TITLE, (TITLE,))
    assert [line.labels for line in shown.lines] == [(label,) for label in LABELS]
    later = found.with_tables(**{TABLE: replace(found.own[TABLE], persons=found.own[TABLE].persons[::-1] + 5)})
    assert (TITLE, LABELS[0]) in {line[:2] for line in moved(found, later)}


def test_renaming_and_retiring_change_nothing_of_what_is_published(said, private, to, lenient):
    first = release(said, private, to, 2022)[2022]
    values = said.tables["person"].field(OWN).list
    assert values
    edit.change_field(said, said.tables["person"], OWN, {"label": "Distinction"}, "Ada")
    edit.change_value(said, values, "own_or_massif", "Ada", label="Doré", retired=1)

    found = release(said, private, to, 2023)

    assert dumped(found[2022]) == dumped(first)
    assert (found[2023].own[TABLE].title, found[2023].own[TABLE].labels) == (TITLE, (LABELS,))
    verdicts = audit(Case(to, public_file.read(to), draw.read_source(said, [2022, 2023])), only=(1, 7, 8, 10))
    assert [one.reasons for one in verdicts] == [()] * 4


def test_a_field_that_is_filled_in_later_does_not_hold_up_the_years_to_come(asked, private, to, lenient):
    asked.execute(f"UPDATE person SET {OWN} = NULL")
    say(asked, "Or massif", "Argent fin")
    first = release(asked, private, to, 2022)[2022]
    asked.execute(f"UPDATE person SET {OWN} = iif(id % 2, 'own_or_massif', 'own_argent_fin')")

    found = release(asked, private, to, 2023)

    assert (dumped(found[2022]), found[2022].own[TABLE].persons.tolist()) == (dumped(first), [0, 0, 140])
    assert found[2023].own[TABLE].persons[0] > 50
    verdicts = audit(Case(to, public_file.read(to), draw.read_source(asked, [2022, 2023])), only=(1, 3, 5, 7, 8))
    assert [one.reasons for one in verdicts] == [()] * 5


def test_taken_back_it_is_in_no_new_year_and_stays_in_the_old_ones(said, private, to, tmp_path, lenient):
    first = release(said, private, to, 2022)[2022]
    say(said)

    found = release(said, private, to, 2023)

    assert (dumped(found[2022]), found[2023].own) == (dumped(first), {})
    publish.withdraw(said, private, 2022, to, "Ada")
    assert publish.release(said, private, 2022, to, "Ada").kind == "same"
    assert dumped(public_file.read(to)[0]) == dumped(first)


def test_a_hidden_field_is_in_no_new_year(said, private, to, lenient):
    edit.change_field(said, said.tables["person"], OWN, {"hidden": 1}, "Ada")

    assert release(said, private, to, 2022)[2022].own == {}


def test_said_otherwise_it_is_another_series(said, private, to, lenient):
    release(said, private, to, 2022)
    say(said, "Étain")
    found = release(said, private, to, 2023)

    assert list(found[2022].own) == [TABLE]
    assert list(found[2023].own) == ["champ2_label_de_qualite"]
    assert [dumped(one) for one in public_file.read(to)] == [dumped(one) for one in found.values()]


def test_no_such_table_can_be_mistaken_for_one_of_the_menu():
    assert not [name for name in (*PLANS, *tables.TABLES_OF_ALL) if name.startswith("champ")]


# ---- how it is protected


class Cases:
    """One year with the field, drawn; and a case of the auditor for whatever is made of it."""

    def __init__(self, db, path):
        self.path, self.office = path, draw.read_source(db, [2022])
        self.made, _ = draw.draw(self.office, 2022)

    def __call__(self, *releases, years=None):
        self.path.unlink(missing_ok=True)
        public_file.write(self.path, releases)
        return Case(self.path, releases, years or self.office)


@pytest.fixture
def case(said, tmp_path):
    return Cases(said, tmp_path / "case.db")


def reasons(case, number):
    return " ".join(next(one for one in ATTACKS if one.number == number).run(case))


def with_own(made, **changes):
    return made.with_tables(**{TABLE: replace(made.own[TABLE], **changes)})


def test_the_fourteen_attacks_are_withstood_with_a_field_that_everybody_has(said, private, to):
    first = publish.release(said, private, 2022, to, "Ada")
    second = publish.release(said, private, 2023, to, "Ada")

    for outcome in (first, second):
        assert [verdict.reasons for verdict in outcome.verdicts] == [()] * 14
    assert all(TABLE in one.own for one in public_file.read(to))
    assert [one.passed for one in publish.check(said, to)] == [True] * 14


def test_its_categories_are_guessed_with_all_others_and_beside_them(case):
    people, made = case.office.years[2022], case.made
    guesses = guessing.last_ones([(people, made)])
    whole = [one for one in guesses if "champs du bureau" in one.how]
    came = guessing.newcomers(people, lambda some: draw.numbers(some, 2022, case.office.key, 0), 3, 2, seed=1)

    assert (len(whole), len(guesses)) == (6, 18)
    assert {one.how for one in came if "champs du bureau" in one.how} == {
        f"3 · {how}, champs du bureau compris" for how in ("nombres seuls", "tous les tableaux")
    }
    exact = decoys._true(made, count(people), lambda true: true)
    years = [(people, count(people), exact)]
    assert guessing._own(years, TABLE, 1.0)[0] > 0.95 * 139, "exact numbers give the last one away"


def test_it_has_substitutes_of_its_own(case):
    people = case.office.years[2022]
    counted = substituted(people, bytes(32))
    others = (counted.marks[TABLE] != people.marks[TABLE]).any(axis=1)

    assert 1 <= others.sum() <= 5
    assert counted.marks[TABLE].sum() == people.marks[TABLE].sum() == 139


def test_who_adds_and_subtracts_knows_the_exact_total(case):
    known = {one.labels: one for one in intervals.intervals(case.made) if one.sheet == TABLE}
    squeezed = with_own(case.made, persons=np.array([140, 0, 0]))

    assert len(known) == 3
    told = {one.labels[0]: (one.low, one.high) for one in intervals.intervals(squeezed) if one.sheet == TABLE}
    assert told == {LABELS[0]: (136, 139), LABELS[1]: (0, 3), LABELS[2]: (0, 3)}  # 139 in all: not 144, nor 4 and 4


def test_two_years_of_exact_numbers_name_whoever_came(case):
    people = case.office.years[2022]
    newcomer = np.flatnonzero(people.followed)[3]
    before = people.take(np.delete(np.arange(len(people.ids)), newcomer))
    exact = [decoys._true(case.made, count(some), lambda true: true) for some in (before, people)]
    groups = {frozenset((2021, 2022)): 138, frozenset((2022,)): 1}

    found = joint.certain([replace(exact[0], year=2021, total=138), exact[1]], groups)

    assert TABLE in {one.criterion for one in found if one.years == {2022}}
    assert joint.certain([replace(case.made, year=2021), case.made], groups) == []


@pytest.mark.parametrize(
    ("number", "changes", "told"),
    [
        (7, {"persons": np.array([47, 45, 48])}, "multiple"),
        (7, {"persons": np.array([0, 45, 45])}, "le total n’est pas 140"),
        (8, {"title": "Autre chose"}, "les catégories ne sont pas celles"),
        (8, {"labels": (("Or", "Argent fin", LABELS[2]),)}, "les catégories ne sont pas celles"),
        (1, {"persons": np.array([3, 68, 68])}, "vaut exactement 3"),
    ],
)
def test_the_auditor_refuses_a_bad_table_of_it(case, number, changes, told):
    assert told in reasons(case(with_own(case.made, **changes)), number)
    assert reasons(case(case.made), number) == ""


def test_the_auditor_refuses_a_table_that_nobody_ever_said_to_be_published(case):
    foreign = case.made.with_tables(champ_religion=replace(case.made.own[TABLE], title="Religion"))

    verdicts = audit(case(foreign), only=(1, 5, 8))

    assert all("champ_religion" in " ".join(one.reasons) for one in verdicts)


@pytest.mark.parametrize("changes", [{"title": "Suivi par Jeanne Durand"}, {"labels": (("Jeanne Durand", "b", "c"),)}])
def test_the_auditor_refuses_what_is_written_of_a_person_in_its_words(case, changes):
    named = replace(case.office, personal=frozenset({"Jeanne Durand"}))

    assert "écrit d’une personne" in reasons(case(with_own(case.made, **changes), years=named), 10)
    assert reasons(case(case.made, years=named), 10) == ""


def test_a_release_without_such_a_table_is_kept_as_it_always_was(case):
    made = replace(case.made, tables={name: case.made.tables[name] for name in PLANS})

    assert "title" not in json.loads(dumped(made))["tables"]["sorties"]
    assert json.loads(dumped(case.made))["tables"][TABLE]["title"] == TITLE
