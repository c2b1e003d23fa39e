"""The public file: the same bytes for the same releases, only what they say, and read back as it was written."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from publication.release import artificial_persons, public_file
from publication.release.release import Fact, dumped, loaded
from publication.release.tables import ATTRIBUTES, BASE, PLANS, TABLES_OF_ALL


@pytest.fixture
def path(tmp_path, drawn):
    found = tmp_path / public_file.NAME
    public_file.write(found, drawn)
    return found


def rows(path, sql):
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_the_same_releases_make_the_same_bytes_in_any_order(path, drawn, tmp_path):
    other = tmp_path / "other.db"
    public_file.write(other, drawn[::-1])

    assert other.read_bytes() == path.read_bytes()


def test_what_is_written_is_read_back(path, drawn):
    assert [dumped(one) for one in public_file.read(path)] == [dumped(one) for one in drawn]
    assert [dumped(loaded(dumped(one))) for one in drawn] == [dumped(one) for one in drawn]


def test_a_public_file_is_never_written_over(path, drawn):
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        public_file.write(path, drawn)

    assert path.read_bytes() == before


def test_it_holds_the_menu_and_nothing_else(path):
    names = {name for (name,) in rows(path, "SELECT name FROM sqlite_master")}

    assert names == {*PLANS, *TABLES_OF_ALL}
    assert rows(path, "PRAGMA freelist_count") == [(0,)]


@pytest.mark.parametrize("name", [*PLANS, TABLES_OF_ALL[0]])
def test_every_number_of_persons_is_a_multiple_and_every_share_comes_from_them(path, name):
    persons = rows(path, f"SELECT annee, personnes, part FROM {name}")

    assert persons
    assert all(number % BASE == 0 for _, number, _ in persons)
    whole = {year: sum(number for at, number, _ in persons if at == year) for year in (2022, 2023)}
    profile = {year: rows(path, f"SELECT sum(personnes) FROM profil WHERE annee = {year} AND critere = 'Genre'")[0][0] for year in whole}  # fmt: skip  # noqa: E501
    parts = name in PLANS and PLANS[name].parts
    for year, number, share in persons:
        of = whole[year] if parts else profile[year]
        assert share == pytest.approx(100 * number / of, abs=0.051)


def test_a_sum_of_money_is_the_rounded_persons_times_the_rounded_mean(path):
    for persons, mean, total in rows(path, "SELECT personnes, montant_moyen, montant FROM aides"):
        assert (mean is None) == (total is None)
        assert mean is None or total == persons * mean


def test_made_up_persons_are_as_many_as_the_rounded_total_and_look_like_the_tables(drawn, path):
    for release in drawn:
        persons = artificial_persons.persons(release)
        assert len(persons) == release.rounded
        for place, sheet in enumerate(release.margins.values()):
            counted = np.bincount(persons[:, place], minlength=len(sheet.labels[0]))
            assert np.abs(counted - sheet.persons).max() <= 1
    assert rows(path, "SELECT count(*) FROM personnes_fictives") == [(sum(one.rounded for one in drawn),)]


def test_made_up_persons_need_nothing_but_what_is_published(drawn):
    published = loaded(dumped(drawn[0]))

    assert (artificial_persons.persons(published) == artificial_persons.persons(drawn[0])).all()


def test_landmarks_are_the_exact_total_and_what_was_public_already(drawn, tmp_path):
    path = tmp_path / "facts.db"
    public_file.write(path, [replace(drawn[0], facts=(Fact(2022, "genre", "Femmes", 64, "Présentation"),))])

    assert rows(path, "SELECT tableau, nombre, source FROM reperes") == [
        ("total", 139, "Palette"),
        ("genre", 64, "Présentation"),
    ]
    assert public_file.read(path)[0].facts == (Fact(2022, "genre", "Femmes", 64, "Présentation"),)


def test_an_office_of_nobody_makes_a_file_without_dividing_by_nothing(drawn, tmp_path):
    nobody = replace(
        drawn[0], total=0, rounded=0,
        margins={name: replace(sheet, persons=sheet.persons * 0) for name, sheet in drawn[0].margins.items()},
        tables={name: replace(sheet, persons=sheet.persons * 0) for name, sheet in drawn[0].tables.items()},
    )  # fmt: skip
    path = tmp_path / "nobody.db"

    public_file.write(path, [nobody])

    assert rows(path, "SELECT count(*), max(part) FROM profil") == [(sum(len(one.labels) for one in ATTRIBUTES), None)]
    assert rows(path, "SELECT count(*) FROM personnes_fictives") == [(0,)]


def test_anything_else_is_refused_in_french(tmp_path, path):
    text = tmp_path / "text.db"
    text.write_text("pas une base")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE personnes (nom TEXT)")

    for wrong, word in ((text, "publication"), (path, "personnes"), (tmp_path / "absent.db", "publication")):
        with pytest.raises(public_file.PublicFileError, match=word):
            public_file.read(wrong)
