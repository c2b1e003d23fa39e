"""An own field is published once the administrator makes it public, never before; earlier years keep theirs."""

import json
from dataclasses import replace

import numpy as np
import pytest

from db.customise import edit
from db.customise.edit import NewField
from publication import publish
from publication.audit import decoys
from publication.audit.auditor import ATTACKS, Case, audit
from publication.audit.comparison import compare, published_changes
from publication.draw import draw
from publication.inference import joint
from publication.release import ledger, public_file, tables
from publication.release.population import count_tables
from publication.release.release import from_json, to_json
from publication.release.tables import PLANS
from tests.publication.test_publish import fake_audit

OWN, TABLE, TITLE = "own_label_de_qualite", "champ_label_de_qualite", "Label de qualité"
LABELS = ("Or massif", "Argent fin", "Autre ou non précisé")


@pytest.fixture
def unpublished(db, own_key):
    """An office with the field, not yet public, with a value for most persons."""
    assert (
        edit.add_field(db, NewField("person", TITLE, "choice", values=("Or massif", "Argent fin", "Étain")), "Ada")
        == OWN
    )
    codes = ["own_or_massif", "own_argent_fin", "own_etain", None]
    for (person,) in db.execute("SELECT id FROM person").fetchall():
        db.execute(f"UPDATE person SET {OWN} = ? WHERE id = ?", (codes[person % 4], person))
    return db


def make_public(db, *labels):
    edit.change_field(db, db.tables["person"], OWN, {"published": labels or None}, "Ada")


@pytest.fixture
def published(unpublished):
    make_public(unpublished, "Or massif", "Argent fin")
    return unpublished


@pytest.fixture
def accepting_auditor(monkeypatch):
    """Replace the auditor, which has tests of its own, by one that accepts everything."""
    monkeypatch.setattr(publish, "audit", fake_audit())


@pytest.fixture
def to(tmp_path):
    return tmp_path / "public" / public_file.NAME


def release(db, private, to, *years):
    for year in years:
        assert publish.release(db, private, year, to, "Ada").kind == "new"
    return {one.year: one for one in public_file.read(to)}


# ---- before, after, no longer public


def test_nothing_of_it_is_in_the_file_before_it_is_public(unpublished, private, to, accepting_auditor):
    found = release(unpublished, private, to, 2022)

    assert found[2022].own_tables == {}
    content = to.read_bytes().lower()
    for word in (TITLE, *LABELS[:2], "Étain", TABLE, OWN, "own_"):
        assert word.lower().encode() not in content, word


def test_a_field_that_is_not_public_changes_no_byte(db, private, to, tmp_path, accepting_auditor):
    release(db, private, to, 2022)
    edit.add_field(db, NewField("person", TITLE, "choice", values=("Or massif",)), "Ada")
    draw.draw(draw.read_source(db, [2022]), 2022)
    other = tmp_path / "other.db"

    assert publish.release(db, private, 2022, other, "Ada").kind == "same"
    assert other.read_bytes() == to.read_bytes()
    drawn = draw.draw(draw.read_source(db, [2022]), 2022).release
    assert drawn.has_same_numbers(public_file.read(to)[0])


def test_once_public_it_has_a_table_and_earlier_years_are_unchanged(unpublished, private, to, accepting_auditor):
    before = release(unpublished, private, to, 2022)[2022]
    make_public(unpublished, "Or massif", "Argent fin")

    found = release(unpublished, private, to, 2023)

    assert to_json(found[2022]) == to_json(before)
    table = found[2023].own_tables[TABLE]
    assert (table.title, table.labels) == (TITLE, (LABELS,))
    assert table.persons.sum() == found[2023].rounded
    assert not (table.persons % 5).any()
    assert {name for name in found[2023].tables if name not in PLANS} == {TABLE}
    stored = from_json(ledger.read_entries(unpublished)[-1].numbers)
    assert to_json(replace(stored, facts=())) == to_json(found[2023])
    assert OWN.encode() not in to.read_bytes(), "no code of the office's file"


def test_its_numbers_are_near_the_truth_and_the_comparison_shows_both(published, private, to, accepting_auditor):
    found = release(published, private, to, 2022)[2022]
    true = count_tables(draw.read_source(published, [2022]).years[2022])

    assert true.tables[TABLE].sum() == true.total == 139
    assert np.abs(found.own_tables[TABLE].persons - true.tables[TABLE]).max() <= 10
    shown = next(one for one in compare(found, true) if one.name == TABLE)
    assert (shown.title, shown.headings) == (TITLE, (TITLE,))
    assert [cell.labels for cell in shown.cells] == [(label,) for label in LABELS]
    later = found.with_tables(
        **{TABLE: replace(found.own_tables[TABLE], persons=found.own_tables[TABLE].persons[::-1] + 5)}
    )
    assert (TITLE, LABELS[0]) in {line[:2] for line in published_changes(found, later)}


def test_renaming_or_retiring_a_value_changes_nothing_published(published, private, to, accepting_auditor):
    first = release(published, private, to, 2022)[2022]
    values = published.tables["person"].field(OWN).list
    assert values
    edit.change_field(published, published.tables["person"], OWN, {"label": "Distinction"}, "Ada")
    edit.change_value(published, values, "own_or_massif", "Ada", label="Doré", retired=1)

    found = release(published, private, to, 2023)

    assert to_json(found[2022]) == to_json(first)
    assert (found[2023].own_tables[TABLE].title, found[2023].own_tables[TABLE].labels) == (TITLE, (LABELS,))
    verdicts = audit(Case(to, public_file.read(to), draw.read_source(published, [2022, 2023])), only=(1, 7, 8, 10))
    assert [one.reasons for one in verdicts] == [()] * 4


def test_a_field_that_is_filled_in_later_does_not_prevent_later_years(unpublished, private, to, accepting_auditor):
    few = "iif(id % 6 = 0, 'own_or_massif', iif(id % 6 = 1, 'own_argent_fin', NULL))"
    unpublished.execute(f"UPDATE person SET {OWN} = {few}")
    make_public(unpublished, "Or massif", "Argent fin")
    first = release(unpublished, private, to, 2022)[2022]
    unpublished.execute(f"UPDATE person SET {OWN} = iif(id % 2, 'own_or_massif', 'own_argent_fin')")

    found = release(unpublished, private, to, 2023)

    assert to_json(found[2022]) == to_json(first)
    assert found[2022].own_tables[TABLE].persons[0] < 40
    assert found[2023].own_tables[TABLE].persons[0] > 50
    verdicts = audit(Case(to, public_file.read(to), draw.read_source(unpublished, [2022, 2023])), only=(1, 3, 5, 7, 8))
    assert [one.reasons for one in verdicts] == [()] * 5


def test_once_no_longer_public_it_stays_in_old_years_only(published, private, to, tmp_path, accepting_auditor):
    first = release(published, private, to, 2022)[2022]
    make_public(published)

    found = release(published, private, to, 2023)

    assert (to_json(found[2022]), found[2023].own_tables) == (to_json(first), {})
    publish.withdraw(published, private, 2022, to, "Ada")
    assert publish.release(published, private, 2022, to, "Ada").kind == "same"
    assert to_json(public_file.read(to)[0]) == to_json(first)


def test_a_hidden_field_is_in_no_new_year(published, private, to, accepting_auditor):
    edit.change_field(published, published.tables["person"], OWN, {"hidden": 1}, "Ada")

    assert release(published, private, to, 2022)[2022].own_tables == {}


def test_with_other_categories_it_is_another_series(published, private, to, accepting_auditor):
    release(published, private, to, 2022)
    make_public(published, "Étain")
    found = release(published, private, to, 2023)

    assert list(found[2022].own_tables) == [TABLE]
    assert list(found[2023].own_tables) == ["champ2_label_de_qualite"]
    assert [to_json(one) for one in public_file.read(to)] == [to_json(one) for one in found.values()]


def test_no_dictionary_table_has_a_name_of_an_own_table():
    assert not [name for name in (*PLANS, *tables.OTHER_TABLES) if name.startswith("champ")]


# ---- how it is protected


class CaseFactory:
    """A release of one year with the field, and audit cases of variants of it."""

    def __init__(self, db, path):
        self.path, self.office = path, draw.read_source(db, [2022])
        self.drawn = draw.draw(self.office, 2022).release

    def __call__(self, *releases, years=None):
        self.path.unlink(missing_ok=True)
        public_file.write(self.path, releases)
        return Case(self.path, releases, years or self.office)


@pytest.fixture
def case(published, tmp_path):
    return CaseFactory(published, tmp_path / "case.db")


def reasons_of(case, number):
    """Return the reasons of one attack, joined."""
    return " ".join(next(attack for attack in ATTACKS if attack.number == number).run(case))


def with_own_table(drawn, **changes):
    """Return the release with other values in its own table."""
    return drawn.with_tables(**{TABLE: replace(drawn.own_tables[TABLE], **changes)})


@pytest.mark.real_solver
def test_every_attack_is_withstood_with_an_own_field(published, private, to, remembered):
    with remembered.used():
        first = publish.release(published, private, 2022, to, "Ada")
    second = publish.release(published, private, 2023, to, "Ada")

    for outcome in (first, second):
        assert [verdict.reasons for verdict in outcome.verdicts] == [()] * 13
    assert all(TABLE in one.own_tables for one in public_file.read(to))
    with remembered.used():
        assert [one.passed for one in publish.check(published, private, to)] == [True] * 13


def test_it_is_attacked_alone_like_a_criterion(case):
    gains = [one for one in draw.measure_gains(case.office, 2022, [case.drawn]) if one.criterion == TITLE]

    assert len(gains) == 2
    assert not [one for one in gains if one.is_excessive]


def test_exact_numbers_of_two_years_reveal_its_value_for_a_newcomer(case):
    population = case.office.years[2022]
    newcomer = np.flatnonzero(population.followed)[3]
    before = population.take(np.delete(np.arange(len(population.ids)), newcomer))
    exact = [
        decoys.with_true_counts(case.drawn, count_tables(some), lambda true: true) for some in (before, population)
    ]
    groups = {frozenset((2021, 2022)): 138, frozenset((2022,)): 1}

    found = joint.find_certain_groups([replace(exact[0], year=2021), exact[1]], groups)

    assert TABLE in {one.criterion for one in found if one.years == {2022}}
    assert joint.find_certain_groups([replace(case.drawn, year=2021), case.drawn], groups) == []


@pytest.mark.parametrize(
    ("number", "changes", "reason"),
    [
        (7, {"persons": np.array([47, 45, 48])}, "multiple"),
        (7, {"persons": np.array([0, 45, 45])}, "le total n’est pas"),
        (8, {"title": "Autre chose"}, "les catégories ne sont pas celles"),
        (8, {"labels": (("Or", "Argent fin", LABELS[2]),)}, "les catégories ne sont pas celles"),
        (1, {"persons": np.array([3, 68, 68])}, "vaut exactement 3"),
    ],
)
def test_the_auditor_refuses_a_bad_table_of_it(case, number, changes, reason):
    assert reason in reasons_of(case(with_own_table(case.drawn, **changes)), number)
    assert reasons_of(case(case.drawn), number) == ""


def test_the_auditor_refuses_a_table_that_was_never_made_public(case):
    foreign = case.drawn.with_tables(champ_religion=replace(case.drawn.own_tables[TABLE], title="Religion"))

    verdicts = audit(case(foreign), only=(1, 5, 8))

    assert all("champ_religion" in " ".join(one.reasons) for one in verdicts)


@pytest.mark.parametrize("changes", [{"title": "Suivi par Jeanne Durand"}, {"labels": (("Jeanne Durand", "b", "c"),)}])
def test_the_auditor_refuses_personal_texts_in_its_title_and_categories(case, changes):
    named = replace(case.office, personal_texts=frozenset({"Jeanne Durand"}))

    assert "écrit d’une personne" in reasons_of(case(with_own_table(case.drawn, **changes), years=named), 10)
    assert reasons_of(case(case.drawn, years=named), 10) == ""


def test_the_ledger_stores_titles_of_own_tables_only(case):
    drawn = replace(case.drawn, tables={name: case.drawn.tables[name] for name in PLANS})

    assert "title" not in json.loads(to_json(drawn))["tables"]["sorties"]
    assert json.loads(to_json(case.drawn))["tables"][TABLE]["title"] == TITLE
