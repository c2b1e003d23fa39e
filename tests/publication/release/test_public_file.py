"""The public file: the same bytes for the same releases, nothing else in it, and read back as it was written."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from publication.release import artificial_persons, public_file
from publication.release.release import Fact, from_json, to_json
from publication.release.tables import ATTRIBUTES, BASE, OTHER_TABLES, PLANS


@pytest.fixture
def path(tmp_path, drawn):
    path = tmp_path / public_file.NAME
    public_file.write(path, drawn)
    return path


def query(path, sql):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_the_same_releases_make_the_same_bytes_in_any_order(path, drawn, tmp_path):
    other = tmp_path / "other.db"
    public_file.write(other, drawn[::-1])

    assert other.read_bytes() == path.read_bytes()


def test_what_is_written_is_read_back(path, drawn):
    assert [to_json(one) for one in public_file.read(path)] == [to_json(one) for one in drawn]
    assert [to_json(from_json(to_json(one))) for one in drawn] == [to_json(one) for one in drawn]


def test_a_public_file_is_never_written_over(path, drawn):
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        public_file.write(path, drawn)

    assert path.read_bytes() == before


def test_it_contains_the_planned_tables_and_nothing_else(path):
    names = {name for (name,) in query(path, "SELECT name FROM sqlite_master")}

    assert names == {*PLANS, *OTHER_TABLES}
    assert query(path, "PRAGMA freelist_count") == [(0,)]


@pytest.mark.parametrize("name", [*PLANS, OTHER_TABLES[0]])
def test_numbers_of_persons_are_multiples_and_shares_are_computed_from_them(path, name):
    rows = query(path, f"SELECT annee, personnes, part FROM {name}")

    assert rows
    assert all(number % BASE == 0 for _, number, _ in rows)
    sums = {year: sum(number for each, number, _ in rows if each == year) for year in (2022, 2023)}
    profile = {year: query(path, f"SELECT sum(personnes) FROM profil WHERE annee = {year} AND critere = 'Genre'")[0][0] for year in sums}  # fmt: skip  # noqa: E501
    is_partition = name in PLANS and PLANS[name].is_partition
    for year, number, share in rows:
        whole = sums[year] if is_partition else profile[year]
        assert share == pytest.approx(100 * number / whole, abs=0.051)


def test_an_amount_is_the_rounded_persons_times_the_rounded_mean(path):
    for persons, mean, total in query(path, "SELECT personnes, montant_moyen, montant FROM aides"):
        assert (mean is None) == (total is None)
        assert mean is None or total == persons * mean


def test_artificial_persons_add_up_to_the_rounded_total_and_match_the_margins(drawn, path):
    for release in drawn:
        persons = artificial_persons.make_persons(release)
        assert len(persons) == release.rounded
        for column, margin in enumerate(release.margins.values()):
            counted = np.bincount(persons[:, column], minlength=len(margin.labels[0]))
            assert np.abs(counted - margin.persons).max() <= 1
    assert query(path, "SELECT count(*) FROM personnes_fictives") == [(sum(one.rounded for one in drawn),)]


def test_artificial_persons_are_made_from_published_data_alone(drawn):
    published = from_json(to_json(drawn[0]))

    assert (artificial_persons.make_persons(published) == artificial_persons.make_persons(drawn[0])).all()


def test_landmarks_are_the_public_facts_alone(drawn, tmp_path):
    path = tmp_path / "facts.db"
    public_file.write(path, [replace(drawn[0], facts=(Fact(2022, "genre", "Femmes", 64, "Présentation"),))])

    assert query(path, "SELECT tableau, nombre, source FROM reperes") == [("genre", 64, "Présentation")]
    assert public_file.read(path)[0].facts == (Fact(2022, "genre", "Femmes", 64, "Présentation"),)


def test_a_release_without_persons_has_no_shares(drawn, tmp_path):
    empty = replace(
        drawn[0], rounded=0,
        margins={name: replace(table, persons=table.persons * 0) for name, table in drawn[0].margins.items()},
        tables={name: replace(table, persons=table.persons * 0) for name, table in drawn[0].tables.items()},
    )  # fmt: skip
    path = tmp_path / "empty.db"

    public_file.write(path, [empty])

    assert query(path, "SELECT count(*), max(part) FROM profil") == [(sum(len(one.labels) for one in ATTRIBUTES), None)]
    assert query(path, "SELECT count(*) FROM personnes_fictives") == [(0,)]


def test_any_other_file_is_refused_in_french(tmp_path, path):
    text = tmp_path / "text.db"
    text.write_text("pas une base")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE personnes (nom TEXT)")

    for wrong, word in ((text, "publication"), (path, "personnes"), (tmp_path / "absent.db", "publication")):
        with pytest.raises(public_file.PublicFileError, match=word):
            public_file.read(wrong)
