"""Each attack on a release that it must refuse, and on a good release, which withstands all of them."""

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from publication.audit import consistency, decoys
from publication.audit.auditor import ATTACKS, Case, audit
from publication.audit.bytes_check import check_bytes
from publication.draw import draw
from publication.draw.draw import SourceData, build_release
from publication.inference import intervals, joint, simulated_keys
from publication.inference.simulated_keys import Gain
from publication.release.population import count_tables
from publication.release.release import Fact, PublishedTable, Release


def run_attack(number, case):
    """Return the reasons of one attack."""
    return next(attack for attack in ATTACKS if attack.number == number).run(case)


def with_exact_numbers(release: Release, population) -> Release:
    """Return the release with the true numbers, as a careless office would publish them."""
    return decoys.with_true_counts(release, count_tables(population), lambda true: true)


def with_cells(release, name, *changes):
    """Return the release with other numbers in some cells of a table: (index, number)."""
    table = release.tables[name]
    persons = table.persons.copy()
    for index, number in changes:
        persons[index] = number
    return release.with_tables(**{name: replace(table, persons=persons)})


def test_a_good_release_withstands_every_attack(case, drawn):
    made = case(*drawn)
    verdicts = audit(made)

    assert [verdict.attack.number for verdict in verdicts] == list(range(1, 14))
    assert [verdict.reasons for verdict in verdicts] == [()] * 13
    measured = made.measures[2023]
    assert measured["Petits nombres exacts"] == "0"
    assert measured["Petits nombres de 1 à 4 à coup sûr"] == "0"
    assert int(measured["Intervalle le plus étroit"].split()[0]) > 1
    for who in ("Une seule personne inconnue", "Arrivée ou départ"):
        assert "points (" in made.secrets[2023][f"{who} : plus grand gain de l’attaquant"]


def test_the_attestation_does_not_depend_on_the_true_numbers(case, release, population, office):
    """Otherwise somebody who knows everybody but one person could try each profile and see which gives the same."""
    other = population.codes.copy()
    other[np.flatnonzero(population.followed)[:5]] = 0
    made, changed = case(release), case(release, years=SourceData(office.key, {2022: replace(population, codes=other)}))
    for audited in (made, changed):
        audit(audited, only=(1, 4, 5, 9))

    assert made.measures == changed.measures
    assert made.secrets != changed.secrets


def test_the_mean_distance_of_the_demonstration_is_about_two_persons(drawn, office):
    assert drawn[0].year == 2022
    assert draw.distances(drawn[0], count_tables(office.years[2022])).mean() <= 2.2


def test_1_small_cells_that_are_only_hidden_are_deduced(case, release, population):
    reasons = run_attack(1, case(decoys.hidden_under_five(release, count_tables(population))))

    assert any("genre_" in reason or "domaine_" in reason for reason in reasons)
    assert all("2022" in reason for reason in reasons)


def test_1_hidden_cells_are_recovered_with_their_true_numbers(release, population):
    counts = count_tables(population)
    counts = replace(counts, tables={**counts.tables, "age_foyer": np.array([[38, 3, 2], [52, 22, 22]])})  # few and old
    hidden = decoys.hidden_under_five(release, counts)
    table = hidden.tables["age_foyer"]
    found = {one.labels: one for one in intervals.find_intervals(hidden) if one.table == "age_foyer"}

    recovered = 0
    for index, _ in intervals.cells(table):
        interval = found[intervals.labels_at(table, index)]
        true = int(counts.tables["age_foyer"][index])
        assert interval.low <= true <= interval.high
        recovered += interval.is_exact and 0 < true < 5
    assert recovered > 0


def test_2_exact_tables_of_two_criteria_reveal_combinations_of_three(case, release, population):
    few = population.take(np.flatnonzero(population.followed)[:40])
    published = with_exact_numbers(replace(release, rounded=40), few)

    assert any(" × " in reason for reason in run_attack(2, case(published)))
    assert run_attack(2, case(release)) == []


def test_3_exact_tables_of_two_years_reveal_the_categories_of_a_newcomer(case, release, population, office):
    newcomer = np.flatnonzero(population.followed)[3]
    before = population.take(np.delete(np.arange(len(population.ids)), newcomer))
    years = SourceData(office.key, {2021: before, 2022: population})
    releases = [replace(with_exact_numbers(release, before), year=2021), with_exact_numbers(release, population)]

    reasons = run_attack(3, case(*releases, years=years))

    assert any("1 personnes suivies en 2022" in reason for reason in reasons)


def test_3_rounded_tables_of_the_same_years_reveal_nothing(release, population, office):
    newcomer = np.flatnonzero(population.followed)[3]
    before = population.take(np.delete(np.arange(len(population.ids)), newcomer))
    groups = {frozenset((2021, 2022)): 138, frozenset((2022,)): 1}
    earlier = build_release(before, 2021, office.key, 0)

    assert joint.find_certain_groups([earlier, build_release(population, 2022, office.key, 0)], groups) == []


def test_4_and_5_refuse_what_gains_too_much_and_name_criterion_and_attack(case, drawn):
    made = case(*drawn)
    assert (run_attack(4, made), run_attack(5, made)) == ([], [])

    gains = [
        Gain(f"{who}, toutes les années, autres critères connus", "Genre", 0.247, 0.26, 0.81, 139, 600)
        for who in (simulated_keys.ARRIVES, simulated_keys.LEAVES, simulated_keys.STAYS)
    ]
    careless = replace(made, measured=tuple(gains))
    [arrives, leaves], [stays] = run_attack(4, careless), run_attack(5, careless)
    for reason, who in ((arrives, "personne arrivée"), (leaves, "personne partie"), (stays, "personne suivie")):
        assert f"2023, « Genre » ({who}, toutes les années, autres critères connus)" in reason
        assert "24,7 points de plus que les parts publiées (au plus 26,0, pour une limite de 5)" in reason


def test_5_somebody_who_is_nearly_certain_is_refused_although_the_mean_gain_is_small(case, release):
    gain = Gain(f"{simulated_keys.STAYS}, une année seule, autres critères connus", "Âge", 0.01, 0.02, 0.93, 139, 600)

    assert "jusqu’à 93 % pour une personne" in run_attack(5, replace(case(release), measured=(gain,)))[0]


@pytest.mark.real_solver
def test_6_a_publication_that_differs_each_time_is_refused(case, release, monkeypatch):
    class ChangingCase(Case):
        turn = 0

        def rebuild(self, population):
            self.turn += 1
            return build_release(population, 2022, bytes([self.turn]) * 32, 0)

    monkeypatch.setattr(consistency, "_REBUILDS", 10)  # a hundred: test_the_real_auditor_publishes_the_demonstration
    made = case(release)

    assert run_attack(6, made) == []
    assert run_attack(6, ChangingCase(made.path, made.releases, made.office))


@pytest.mark.parametrize("number", [12, -5, 1000])
def test_7_a_number_that_is_not_rounded_or_does_not_add_up(case, release, number):
    reasons = run_attack(7, case(with_cells(release, "age_etudes", ((0, 0), number))))

    assert any("age_etudes" in reason for reason in reasons)


def test_7_the_numbers_of_another_file_are_refused(case, release, office):
    half = office.years[2022].take(np.flatnonzero(office.years[2022].followed)[::2])
    other = SourceData(office.key, {2022: half})

    assert any("s’écartent trop" in reason for reason in run_attack(7, case(release, years=other)))


def test_8_a_category_whose_limits_moved_is_refused(case, release):
    table = release.tables["age_etudes"]
    labels = (("49 ans et plus", "Moins de 49 ans"), table.labels[1])
    shifted = release.with_tables(age_etudes=replace(table, labels=labels))

    assert run_attack(8, case(shifted)) == ["2022, age_etudes : les catégories ne sont pas celles de la série."]


def test_9_a_group_whose_members_all_have_one_category_is_refused(case, release):
    margin = release.margins["age"]
    old = int(margin.persons[0]) - 2  # not a multiple: taken as exact
    young = release.rounded - old
    changed_margin = replace(margin, persons=np.array([old, young]))
    changed = with_cells(release, "age_etudes", ((0, 0), 0), ((0, 1), old), ((1, 0), young), ((1, 1), 0))
    published = replace(changed, margins={**release.margins, "age": changed_margin})

    assert any("50 ans et plus" in reason and "toujours" in reason for reason in run_attack(9, case(published)))


def test_10_an_additional_byte_or_free_page_is_refused(case, release):
    made = case(release)
    assert run_attack(10, made) == []

    with made.path.open("ab") as file:
        file.write(b"Durand")
    assert run_attack(10, made)

    made = case(release)
    with closing(sqlite3.connect(made.path)) as db, db:
        db.execute("CREATE TABLE old (name TEXT)")
        db.execute("INSERT INTO old VALUES ('Durand'), (?)", ("x" * 50_000,))
        db.execute("DROP TABLE old")
    assert "pages libres" in " ".join(run_attack(10, made))


def test_10_a_name_in_the_source_of_a_fact_is_refused(case, release, office):
    named = replace(release, facts=(Fact(2022, "genre", "Femmes", 64, "dit par Jeanne Durand"),))
    made = case(named)

    assert check_bytes(made.path, made.releases, office.personal_texts) == []
    assert check_bytes(made.path, made.releases, {"Jeanne Durand"})


def test_11_a_site_that_allows_any_sql_is_refused(case, release, monkeypatch):
    from partners import instance

    made = case(release)
    assert run_attack(11, made) == []

    monkeypatch.setattr(instance, "authorize", lambda *_: sqlite3.SQLITE_OK)
    assert any("PRAGMA" in reason or "SELECT" in reason or "ATTACH" in reason for reason in run_attack(11, made))


def test_12_an_amount_of_few_persons_or_mostly_of_one_is_refused(case, release, population, office):
    table = release.tables["aides"]
    few = release.with_tables(aides=replace(table, persons=np.full(4, 5), means=(300,) * 4))
    assert any("moins de 5 personnes" in reason for reason in run_attack(12, case(few)))

    cents = population.cents.copy()
    cents[np.flatnonzero(cents[:, 0])[0], 0] = 100_000_00
    rich = SourceData(office.key, {2022: replace(population, cents=cents)})
    assert any("détient presque tout" in reason for reason in run_attack(12, case(release, years=rich)))


def test_13_an_auditor_that_refuses_nothing_is_detected(release, population, monkeypatch):
    assert decoys.find_accepted_decoys(release, population) == []

    monkeypatch.setattr(decoys, "refusal_reasons", lambda _: [])
    assert len(decoys.find_accepted_decoys(release, population)) == len(decoys.DECOYS) == 3


@pytest.mark.parametrize("what", decoys.DECOYS)
def test_13_the_whole_auditor_refuses_each_decoy(what, case, release, population):
    verdicts = audit(case(decoys.DECOYS[what](release, count_tables(population))), only=(1, 7, 8))

    assert any(verdict.reasons for verdict in verdicts)


def test_cancelling_stops_the_auditor_between_two_attacks(case, release):
    class StopError(Exception):
        pass

    def tick(done, what):
        if done > 0:
            raise StopError

    with pytest.raises(StopError):
        audit(case(release), tick)


def test_two_releases_with_the_same_numbers_reveal_no_group(release):
    later = replace(release, year=2023)

    assert joint.find_certain_groups([release, later], {frozenset((2022, 2023)): 139}) == []


def test_published_tables_are_compared_by_content(release):
    table = release.tables["age_etudes"]

    assert table.is_same(PublishedTable(table.columns, table.labels, table.persons.copy()))
    assert not table.is_same(replace(table, persons=table.persons + 5))
