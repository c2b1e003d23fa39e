"""The policy: when a year is published, carried over, published again, refused, withdrawn; what is put in place."""

import os
import stat
from dataclasses import replace

import numpy as np
import pytest

from db.base.errors import BusyError, InvalidError
from db.rows import personal_text
from db.storage import connection
from publication import publish
from publication.audit.auditor import ATTACKS, Verdict
from publication.draw import draw
from publication.release import public_facts, public_file
from publication.release.release import Fact
from tests.db.given import given_person, given_stage

WHO = "La CIPA"


@pytest.fixture
def to(tmp_path):
    return tmp_path / "public" / public_file.NAME


@pytest.fixture(autouse=True)
def lenient(request, monkeypatch):
    """The auditor has tests of its own; here it says what it is told to."""
    if "real_auditor" in request.keywords:
        return
    monkeypatch.setattr(publish, "audit", verdicts_of())


def verdicts_of(*failing):
    def answer(case, tick=lambda *_: None, only=(), earlier=()):
        for attack in ATTACKS:
            tick(attack.number / 14, attack.title)
        return [Verdict(one, ("Raison.",) if one.number in failing else ()) for one in ATTACKS]

    return answer


def years_of(path):
    return [release.year for release in public_file.read(path)]


def test_a_year_is_published_and_kept_in_the_record(db, private, to):
    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.kind == "new"
    assert years_of(to) == [2022]
    assert [(one.action, one.year, one.who) for one in personal_text.record(db)] == [("publish", 2022, WHO)]
    assert public_file.read(to)[0].measures["Photographie"] == "31/12/2022"
    assert stat.S_IMODE(to.stat().st_mode) == 0o644
    assert os.listdir(to.parent) == [public_file.NAME]


def test_only_the_demonstration_says_that_it_is_one(db, private, to):
    db.execute("UPDATE need SET deleted_at = '2026-01-01'")

    publish.release(db, private, 2022, to, WHO)

    assert public_file.WARNING not in public_file.read(to)[0].measures


def test_the_same_file_gives_the_same_bytes(db, private, to, tmp_path):
    publish.release(db, private, 2022, to, WHO)
    first = to.read_bytes()
    again = publish.release(db, private, 2022, tmp_path / "again.db", WHO)

    assert again.kind == "same"
    assert (tmp_path / "again.db").read_bytes() == first
    assert len(personal_text.record(db)) == 1


def test_years_come_together_oldest_first_whatever_the_order(db, private, to):
    publish.release(db, private, 2023, to, WHO)
    publish.release(db, private, 2022, to, WHO)

    assert years_of(to) == [2022, 2023]
    assert list(publish.in_force(personal_text.record(db))) == [2022, 2023]


def test_a_published_year_never_changes_though_the_file_does(db, private, to):
    publish.release(db, private, 2022, to, WHO)
    before = to.read_bytes()
    person = db.execute("SELECT person_id FROM stage WHERE starts_on <= '2022-06-01' LIMIT 1").fetchone()[0]
    db.execute("UPDATE person SET gender = iif(gender = 'woman', 'man', 'woman') WHERE id = ?", (person,))

    assert publish.release(db, private, 2022, to, WHO).kind == "same"
    assert to.read_bytes() == before


def test_too_few_changes_carry_the_old_figures_over(db, private, to, monkeypatch):
    publish.release(db, private, 2022, to, WHO)
    before = to.read_bytes()
    office = draw.read_source(db, [2022, 2023])
    few = draw.changed(office.years[2022], office.years[2023])
    monkeypatch.setattr(publish, "FEWEST_CHANGED", few + 1)

    outcome = publish.release(db, private, 2023, to, WHO)

    assert outcome.kind == "carried"
    assert str(few) in outcome.sentence
    assert to.read_bytes() == before
    assert [one.year for one in personal_text.record(db)] == [2022]

    monkeypatch.setattr(publish, "FEWEST_CHANGED", few)
    assert publish.release(db, private, 2023, to, WHO).kind == "new"


def test_who_came_who_left_and_who_is_otherwise_now_have_changed(office):
    people = office.years[2022]
    rows = np.flatnonzero(people.followed)
    codes = people.codes.copy()
    codes[rows[0], 0] = 1 - codes[rows[0], 0]

    assert draw.changed(people, people) == 0
    assert draw.changed(people, people.take(np.delete(np.arange(len(people.ids)), rows[:3]))) == 3
    assert draw.changed(people, replace(people, codes=codes)) == 1


def test_one_newcomer_between_two_publications_changes_nothing(db, private, to, tmp_path):
    publish.release(db, private, 2022, to, WHO)
    person = given_person(db)
    given_stage(db, person, "accompaniment", "2022-02-01", "2022-11-30")

    publish.release(db, private, 2022, tmp_path / "after.db", WHO)

    assert (tmp_path / "after.db").read_bytes() == to.read_bytes()


def test_what_the_auditor_refuses_is_neither_placed_nor_recorded(db, private, to, monkeypatch):
    monkeypatch.setattr(publish, "audit", verdicts_of(9))
    monkeypatch.setattr(publish, "_TRIES", 1)

    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.refused
    assert "L’auditeur refuse" in outcome.sentence
    assert "Raison." in outcome.sentence
    assert not to.exists()
    assert personal_text.record(db) == []


def test_cancelling_leaves_everything_as_it_was(db, private, to):
    class StopError(Exception):
        pass

    def tick(done, what):
        if what == "Mettre en ligne":
            raise StopError

    with pytest.raises(StopError):
        publish.release(db, private, 2022, to, WHO, tick)

    assert not to.exists()
    assert personal_text.record(db) == []


def test_a_withdrawn_year_leaves_the_file_and_would_say_the_same_again(db, private, to):
    publish.release(db, private, 2022, to, WHO)
    publish.release(db, private, 2023, to, WHO)
    both = to.read_bytes()

    publish.withdraw(db, private, 2023, to, WHO)
    assert years_of(to) == [2022]
    with pytest.raises(InvalidError, match="2023"):
        publish.withdraw(db, private, 2023, to, WHO)

    assert publish.release(db, private, 2023, to, WHO).kind == "same"
    assert to.read_bytes() == both
    assert [one.action for one in personal_text.record(db)] == ["publish", "publish", "withdraw", "publish"]


def test_the_last_year_withdrawn_takes_the_file_away(db, private, to):
    publish.release(db, private, 2022, to, WHO)

    publish.withdraw(db, private, 2022, to, WHO)

    assert not to.exists()


def test_of_two_colleagues_who_publish_at_the_same_moment_one_is_told(db, private, to, monkeypatch):
    other = connection.open_file(private)

    def first_a_colleague(*_):
        monkeypatch.setattr(publish, "audit", verdicts_of())
        assert publish.release(other, private, 2022, to, "Une collègue").kind == "new"
        return verdicts_of()(*_)

    monkeypatch.setattr(publish, "audit", lambda case, *_, **__: first_a_colleague(case))
    with pytest.raises(BusyError, match="recommencez"):
        publish.release(db, private, 2023, to, WHO)
    other.close()

    assert years_of(to) == [2022]
    assert [(one.year, one.who) for one in personal_text.record(db)] == [(2022, "Une collègue")]


def test_a_file_that_cannot_be_placed_is_not_recorded(db, private, to, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "place", full)
    with pytest.raises(OSError, match="space"):
        publish.release(db, private, 2022, to, WHO)

    assert personal_text.record(db) == []


def test_the_record_never_changes(db, private, to):
    import sqlite3

    publish.release(db, private, 2022, to, WHO)

    for sql in ("UPDATE publication SET year = 2021", "DELETE FROM publication"):
        with pytest.raises(sqlite3.IntegrityError, match="publié"):
            db.execute(sql)


def test_a_public_fact_is_shown_exactly_and_known_to_the_attacker(db, private, to):
    public_facts.add(public_facts.beside(private), Fact(2022, "genre", "Femmes", 64, "Présentation 2022"))

    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.kind == "new"
    assert public_file.read(to)[0].facts == (Fact(2022, "genre", "Femmes", 64, "Présentation 2022"),)


def test_a_preview_says_what_will_be_published_beside_the_truth(db, private, to):
    shown = publish.preview(db, private, 2022)
    publish.release(db, private, 2022, to, WHO)

    made = public_file.read(to)[0]
    assert shown.release.same_numbers(made)
    assert not shown.published
    assert publish.preview(db, private, 2022).published
    profile = next(table for table in shown.tables if table.name == "profil")
    women = next(line for line in profile.lines if line.labels == ("Genre", "Femmes"))
    assert women.true == 64
    assert women.published == int(made.margins["genre"].persons[0])
    assert 0 < shown.distance <= 1.5


@pytest.mark.parametrize("day", ["2022-06-30", "2022", "31/12/2022", "", "abcd-12-31"])
def test_a_publication_is_of_a_31_december(day):
    with pytest.raises(InvalidError, match="31 décembre"):
        publish.year_of(day)

    assert publish.year_of("2022-12-31") == 2022


def test_an_office_too_small_is_told_so(db, private, to):
    db.execute("UPDATE person SET deleted_at = '2023-01-01' WHERE id > (SELECT min(id) + 30 FROM person)")

    with pytest.raises(draw.NothingSafeError, match="trop peu de personnes"):
        publish.release(db, private, 2022, to, WHO)

    assert not to.exists()


@pytest.mark.real_auditor
def test_the_real_auditor_publishes_the_demonstration(db, private, to):
    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.kind == "new"
    assert [verdict.passed for verdict in outcome.verdicts] == [True] * 14
    assert publish.check(db, to)
    assert all(verdict.passed for verdict in publish.check(db, to))
    measures = public_file.read(to)[0].measures
    assert measures["Attaques tentées et repoussées"].startswith("14 sur 14")
    assert "scipy" in measures["Bibliothèques"]
    assert not any("gain" in name or "Écart moyen" in name for name in measures)
    assert outcome.secrets["Écart moyen"]
    assert "inventés" in measures[public_file.WARNING]
