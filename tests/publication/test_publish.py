"""When a year is published, carried over, published again, refused or withdrawn, and which file is put online."""

import os
import sqlite3
import stat
from dataclasses import replace

import numpy as np
import pytest

from db.base.errors import BusyError, InvalidError, StorageError
from db.people import erasure
from db.rows import records
from db.storage import connection
from publication import at_start, publish
from publication.audit.auditor import ATTACKS, Verdict, audit
from publication.draw import draw
from publication.inference.simulated_keys import STAYS, Gain, Simulation
from publication.release import ledger, public_facts, public_file
from publication.release.release import Fact, to_json
from tests.db.factories import insert_person, insert_stage

WHO = "La CIPA"


@pytest.fixture
def to(tmp_path):
    return tmp_path / "public" / public_file.NAME


@pytest.fixture(autouse=True)
def accepting_auditor(request, monkeypatch):
    """Replace the auditor, which has tests of its own, by one that accepts everything."""
    if "real_auditor" in request.keywords:
        return
    monkeypatch.setattr(publish, "audit", fake_audit())


def fake_audit(*failing):
    """Return an auditor whose verdict is bad on the attacks of these numbers only."""

    def accept(case, tick=lambda *_: None, only=(), earlier=()):
        for attack in ATTACKS:
            tick(attack.number / len(ATTACKS), attack.title)
        return [Verdict(attack, ("Raison.",) if attack.number in failing else ()) for attack in ATTACKS]

    return accept


def years_of(path):
    return [release.year for release in public_file.read(path)]


def test_a_year_is_published_and_entered_in_the_ledger(db, private, to):
    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.kind == "new"
    assert years_of(to) == [2022]
    assert [(one.action, one.year, one.who) for one in ledger.read_entries(db)] == [("publish", 2022, WHO)]
    assert public_file.read(to)[0].measures["Photographie"] == "31/12/2022"
    assert stat.S_IMODE(to.stat().st_mode) == 0o644
    assert os.listdir(to.parent) == [public_file.NAME]


@pytest.mark.usefixtures("own_key")
def test_only_the_demonstration_has_a_warning(db, private, to):
    db.execute("UPDATE need SET deleted_at = '2026-01-01'")

    publish.release(db, private, 2022, to, WHO)

    assert public_file.WARNING not in public_file.read(to)[0].measures


def test_the_same_file_gives_the_same_bytes(db, private, to, tmp_path):
    publish.release(db, private, 2022, to, WHO)
    first = to.read_bytes()
    second = publish.release(db, private, 2022, tmp_path / "again.db", WHO)

    assert second.kind == "same"
    assert (tmp_path / "again.db").read_bytes() == first
    assert len(ledger.read_entries(db)) == 1


def test_years_are_published_oldest_first_in_any_order_of_publishing(db, private, to):
    publish.release(db, private, 2023, to, WHO)
    publish.release(db, private, 2022, to, WHO)

    assert years_of(to) == [2022, 2023]
    assert list(publish.releases_online(ledger.read_entries(db))) == [2022, 2023]


@pytest.mark.usefixtures("own_key")
def test_a_published_year_never_changes_when_the_file_does(db, private, to):
    publish.release(db, private, 2022, to, WHO)
    before = to.read_bytes()
    person = db.execute("SELECT person_id FROM stage WHERE starts_on <= '2022-06-01' LIMIT 1").fetchone()[0]
    db.execute("UPDATE person SET gender = iif(gender = 'woman', 'man', 'woman') WHERE id = ?", (person,))

    assert publish.release(db, private, 2022, to, WHO).kind == "same"
    assert to.read_bytes() == before


def test_with_too_few_changes_the_old_figures_stay_online(db, private, to, monkeypatch):
    publish.release(db, private, 2022, to, WHO)
    before = to.read_bytes()
    office = draw.read_source(db, [2022, 2023])
    changed = draw.count_changed(office.years[2022], office.years[2023])
    monkeypatch.setattr(publish, "MIN_CHANGED", changed + 1)

    outcome = publish.release(db, private, 2023, to, WHO)

    assert outcome.kind == "carried"
    assert str(changed) in outcome.sentence
    assert to.read_bytes() == before
    assert [one.year for one in ledger.read_entries(db)] == [2022]

    monkeypatch.setattr(publish, "MIN_CHANGED", changed)
    assert publish.release(db, private, 2023, to, WHO).kind == "new"


def test_persons_who_came_left_or_changed_category_are_counted_as_changed(office):
    population = office.years[2022]
    rows = np.flatnonzero(population.followed)
    codes = population.codes.copy()
    codes[rows[0], 0] = 1 - codes[rows[0], 0]

    assert draw.count_changed(population, population) == 0
    assert draw.count_changed(population, population.take(np.delete(np.arange(len(population.ids)), rows[:3]))) == 3
    assert draw.count_changed(population, replace(population, codes=codes)) == 1


@pytest.mark.usefixtures("own_key")
def test_a_newcomer_between_two_publications_of_a_year_changes_nothing(db, private, to, tmp_path):
    publish.release(db, private, 2022, to, WHO)
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-02-01", "2022-11-30")

    publish.release(db, private, 2022, tmp_path / "after.db", WHO)

    assert (tmp_path / "after.db").read_bytes() == to.read_bytes()


def test_what_the_auditor_refuses_is_neither_online_nor_in_the_ledger(db, private, to, monkeypatch):
    monkeypatch.setattr(publish, "audit", fake_audit(9))
    monkeypatch.setattr(publish, "_MAX_AUDITED_DRAWS", 1)

    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.refused
    assert "L’auditeur refuse" in outcome.sentence
    assert "Raison." in outcome.sentence
    assert not to.exists()
    assert ledger.read_entries(db) == []


def test_cancelling_leaves_everything_as_it_was(db, private, to):
    class StopError(Exception):
        pass

    def tick(done, what):
        if what == "Mettre en ligne":
            raise StopError

    with pytest.raises(StopError):
        publish.release(db, private, 2022, to, WHO, tick)

    assert not to.exists()
    assert ledger.read_entries(db) == []


def test_a_withdrawn_year_leaves_the_file_and_is_published_again_with_the_same_numbers(db, private, to):
    publish.release(db, private, 2022, to, WHO)
    publish.release(db, private, 2023, to, WHO)
    both = to.read_bytes()

    publish.withdraw(db, private, 2023, to, WHO)
    assert years_of(to) == [2022]
    with pytest.raises(InvalidError, match="2023"):
        publish.withdraw(db, private, 2023, to, WHO)

    assert publish.release(db, private, 2023, to, WHO).kind == "same"
    assert to.read_bytes() == both
    assert [one.action for one in ledger.read_entries(db)] == ["publish", "publish", "withdraw", "publish"]


def test_withdrawing_the_last_year_deletes_the_file(db, private, to):
    publish.release(db, private, 2022, to, WHO)

    publish.withdraw(db, private, 2022, to, WHO)

    assert not to.exists()


def test_of_two_colleagues_who_publish_at_the_same_moment_one_gets_an_error(db, private, to, monkeypatch):
    other = connection.open_file(private)

    def publish_as_colleague(*_):
        monkeypatch.setattr(publish, "audit", fake_audit())
        assert publish.release(other, private, 2022, to, "Une collègue").kind == "new"
        return fake_audit()(*_)

    monkeypatch.setattr(publish, "audit", lambda case, *_, **__: publish_as_colleague(case))
    with pytest.raises(BusyError, match="recommencez"):
        publish.release(db, private, 2023, to, WHO)
    other.close()

    assert years_of(to) == [2022]
    assert [(one.year, one.who) for one in ledger.read_entries(db)] == [(2022, "Une collègue")]


def test_a_file_that_cannot_be_written_is_written_at_the_next_start(db, private, to, monkeypatch):
    monkeypatch.setenv("PALETTE_PUBLIC", str(to.parent))
    publish.release(db, private, 2022, to, WHO)
    put_online = publish.put_online

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "put_online", fail)
    with pytest.raises(StorageError, match="au prochain démarrage"):
        publish.release(db, private, 2023, to, WHO)
    assert [one.year for one in ledger.read_entries(db)] == [2022, 2023]
    assert years_of(to) == [2022]

    monkeypatch.setattr(publish, "put_online", put_online)
    at_start.finish(private)
    assert years_of(to) == [2022, 2023]
    monkeypatch.setattr(publish, "put_online", fail)
    at_start.finish(private)  # nothing is left to do


def test_what_cannot_be_entered_in_the_ledger_is_not_put_online(db, private, to):
    db.execute("CREATE TRIGGER full BEFORE INSERT ON publication BEGIN SELECT RAISE(ABORT, 'full'); END")

    with pytest.raises(sqlite3.IntegrityError, match="full"):
        publish.release(db, private, 2022, to, WHO)

    assert not to.exists()


@pytest.mark.usefixtures("own_key")
def test_a_restored_backup_publishes_no_year_a_second_time_with_other_numbers(db, private, to):
    publish.release(db, private, 2022, to, WHO)
    backup = connection.connect(private.with_name("backup.db"))
    db.backup(backup)
    publish.release(db, private, 2023, to, WHO)
    online = to.read_bytes()
    backup.execute("UPDATE person SET gender = iif(gender = 'woman', 'man', 'woman'), domain = NULL")

    assert publish.release(backup, private, 2023, to, WHO).kind == "same"

    assert to.read_bytes() == online
    entries = [(one.action, one.year, one.who) for one in ledger.read_entries(backup)]
    assert entries == [("publish", 2022, WHO), ("publish", 2023, "Palette, d’après le site")]
    backup.close()


def test_the_public_file_of_another_office_is_never_replaced(db, private, to, office):
    drawn = draw.draw(office, 2023).release
    to.parent.mkdir()
    public_file.write(to, [drawn], public_file.mark_of(b"another office"))
    before = to.read_bytes()

    with pytest.raises(InvalidError, match="d’autres chiffres que ce fichier pour : 2023"):
        publish.release(db, private, 2022, to, WHO)

    assert to.read_bytes() == before
    assert ledger.read_entries(db) == []


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_the_file_of_an_ended_series_is_removed_and_the_next_release_starts_another(
    db, private, to, office, monkeypatch, is_withdrawn
):
    """As after an upgrade that changed the tables, which the site does not serve any more."""
    monkeypatch.setenv("PALETTE_PUBLIC", str(to.parent))
    drawn = draw.draw(office, 2022).release
    old = to_json(replace(drawn, tables={name: table for name, table in drawn.tables.items() if name != "age_foyer"}))
    later = [("publish", 2021, old), ("withdraw", 2021, "{}")] if is_withdrawn else []
    ledger.add_entries(db, 0, [("publish", 2022, old), *later], WHO)
    to.parent.mkdir()
    to.write_bytes(b"a file with other tables")

    at_start.finish(private)
    assert not to.exists()
    assert publish.release(db, private, 2022, to, WHO).kind == "carried"

    assert publish.release(db, private, 2023, to, WHO).kind == "new"
    assert years_of(to) == [2023]


def test_the_key_that_everybody_knows_publishes_the_demonstration_only(db, private, to):
    insert_person(db)

    with pytest.raises(InvalidError, match="La clé secrète de la démonstration est connue"):
        publish.release(db, private, 2022, to, WHO)
    assert not to.exists()


def test_a_year_that_is_not_over_is_never_published(db, private, to):
    year = int(records.today()[:4])

    with pytest.raises(InvalidError, match=f"{year} n’est pas finie"):
        publish.release(db, private, year, to, WHO)
    assert not to.exists()


@pytest.mark.real_auditor
@pytest.mark.usefixtures("own_key")
def test_erasing_persons_of_the_past_blocks_no_release(db, private, to):
    assert publish.release(db, private, 2022, to, WHO).kind == "new"
    years = draw.read_source(db, [2022, 2023]).years
    past = set(years[2022].ids.tolist()) - set(years[2023].ids.tolist())
    erasure.erase(db, sorted(past), WHO)

    outcome = publish.release(db, private, 2023, to, WHO)

    assert len(past) >= 10
    assert outcome.kind == "new", outcome.sentence


def test_ledger_entries_never_change(db, private, to):
    publish.release(db, private, 2022, to, WHO)

    for sql in ("UPDATE publication SET year = 2021", "DELETE FROM publication"):
        with pytest.raises(sqlite3.IntegrityError, match="publié"):
            db.execute(sql)


def test_a_public_fact_is_published_exactly(db, private, to):
    public_facts.add(public_facts.path_beside(private), Fact(2022, "genre", "Femmes", 64, "Présentation 2022"))

    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.kind == "new"
    assert public_file.read(to)[0].facts == (Fact(2022, "genre", "Femmes", 64, "Présentation 2022"),)


def test_a_fact_noted_after_a_release_is_attacked_as_known(db, private, to, monkeypatch):
    """For the persons of its year, who are not those of the last one; the file that is online is not accused of it."""
    fact = Fact(2022, "genre", "Femmes", 64, "Présentation 2022")

    class Simulated(Simulation):
        def gains(self, tick=lambda *_: None):
            if self.subject == 2022 and (2022, "genre", "Femmes") in self.facts:
                yield Gain(f"{STAYS}, toutes les années", "Genre", 0.5, 0.6, 0.99, 139, 600)

    for year in (2022, 2023):
        publish.release(db, private, year, to, WHO)
    monkeypatch.setattr(publish, "audit", audit)
    monkeypatch.setattr(draw, "Simulation", Simulated)
    before = publish.check(db, private, to)
    public_facts.add(public_facts.path_beside(private), fact)
    after = publish.check(db, private, to)

    assert all(verdict.passed for verdict in before)
    assert [verdict.attack.number for verdict in after if not verdict.passed] == [5]
    assert after[4].reasons[0].startswith("2022, « Genre »")


def test_a_preview_shows_published_numbers_beside_the_true_ones(db, private, to):
    shown = publish.preview(db, private, 2022)
    publish.release(db, private, 2022, to, WHO)

    published = public_file.read(to)[0]
    assert shown.release.has_same_numbers(published)
    assert not shown.published
    assert publish.preview(db, private, 2022).published
    profile = next(table for table in shown.tables if table.name == "profil")
    women = next(cell for cell in profile.cells if cell.labels == ("Genre", "Femmes"))
    assert women.true == 64
    assert women.published == int(published.margins["genre"].persons[0])
    assert 0 < shown.distance <= 2.3
    assert shown.total == 139


@pytest.mark.parametrize("day", ["2022-06-30", "2022", "31/12/2022", "", "abcd-12-31"])
def test_a_publication_is_only_of_a_31_december(day):
    with pytest.raises(InvalidError, match="31 décembre"):
        publish.year_of(day)

    assert publish.year_of("2022-12-31") == 2022


@pytest.mark.usefixtures("own_key")
def test_an_office_that_is_too_small_cannot_publish(db, private, to):
    db.execute("UPDATE person SET deleted_at = '2023-01-01' WHERE id > (SELECT min(id) + 30 FROM person)")

    with pytest.raises(draw.NoSafeDrawError, match="trop peu de personnes"):
        publish.release(db, private, 2022, to, WHO)

    assert not to.exists()


@pytest.mark.real_auditor
@pytest.mark.real_solver
def test_the_real_auditor_publishes_the_demonstration(db, private, to):
    outcome = publish.release(db, private, 2022, to, WHO)

    assert outcome.kind == "new"
    assert [verdict.passed for verdict in outcome.verdicts] == [True] * 13
    measures = public_file.read(to)[0].measures
    assert measures["Attaques tentées et repoussées"].startswith("13 sur 13")
    assert "scipy" in measures["Bibliothèques"]
    assert not any("gain" in name or "Écart moyen" in name for name in measures)
    assert outcome.secrets["Écart moyen"]
    assert "inventés" in measures[public_file.WARNING]
