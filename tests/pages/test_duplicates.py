"""« Doublons » in a real browser: persons are compared, merged, unmerged, or kept apart."""

import pytest
from playwright.sync_api import expect

from tests.pages.axe import check
from tests.pages.spreadsheet import add, add_person, change
from tests.pages.waiting import settle

pytestmark = pytest.mark.browser


@pytest.fixture
def two(server):
    """One person entered twice."""
    db = server.open()
    keep = add_person(db, "Lefebvre", "Nathalie", phone="+33565000001", note="Atelier à Figeac.")
    gone = add(
        db, "person", last_name="Lefèvre", first_name="Nathalie", gender="woman", email="n@exemple.fr", note="Permis."
    )
    add(db, "intervention", person_id=gone, happened_on="2026-01-05", domain="network")
    db.close()
    return keep, gone


@pytest.fixture
def compared(server, page, two):
    page.goto(f"{server.address}doublons")
    expect(page.get_by_text("Se prononcent pareil", exact=True)).to_be_visible()
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("button", name="Fusionner")).to_be_enabled()
    settle(page)
    return two


def persons(server):
    return [(row["last_name"], row["email"], row["note"]) for row in server.rows("person")]


def test_two_persons_are_merged_with_a_choice_per_field_and_the_merge_is_undone(server, page, compared):
    keep, gone = compared
    before = persons(server)
    page.get_by_role("radiogroup", name="Nom").get_by_text("Lefèvre").click()
    settle(page)
    page.get_by_role("radiogroup", name="Notes").get_by_text("Les deux").click()
    settle(page)
    page.get_by_role("button", name="Fusionner").click()

    expect(page.get_by_text("réuni à")).to_be_visible()
    assert persons(server) == [("Lefèvre", "n@exemple.fr", "Atelier à Figeac.\n\nPermis.")]
    assert [row["person_id"] for row in server.rows("intervention")] == [keep]
    page.goto(f"{server.address}dossier?dossier={gone}")
    expect(page.get_by_text("Ce dossier a été réuni à celui de Lefèvre Nathalie")).to_be_visible()

    page.goto(f"{server.address}doublons")
    page.get_by_role("radio", name="Fusions").click()
    page.get_by_role("button", name="Défaire la fusion").click()
    page.get_by_role("dialog").get_by_role("button", name="Défaire l’opération").click()
    expect(page.get_by_text("Aucune fusion.")).to_be_visible()
    assert persons(server) == before
    assert [row["person_id"] for row in server.rows("intervention")] == [gone]


def test_the_comparison_is_accessible(server, page, compared):
    wrong = check(page, "comparison", page.get_by_role("button", name="Fusionner"), widths=(390, 1440))

    assert not wrong, "\n".join(wrong)


def test_a_change_by_a_colleague_is_shown_before_anything_is_merged(server, page, compared):
    keep, gone = compared
    db = server.open()
    change(db, "person", gone, craft="Relieuse")
    db.close()
    page.get_by_role("button", name="Fusionner").click()

    expect(page.get_by_text("Un des deux dossiers a été modifié entre-temps")).to_be_visible()
    expect(page.get_by_text("Relieuse")).to_be_visible()
    assert len(persons(server)) == 2


def test_a_pair_is_set_aside_and_proposed_again(server, page, compared):
    page.get_by_role("button", name="Ce sont deux personnes").click()

    expect(page.get_by_text("Aucun doublon en vue.")).to_be_visible()
    page.get_by_role("radio", name="Écartées").click()
    page.get_by_role("button", name="Proposer de nouveau").click()
    expect(page.get_by_text("Aucune paire écartée.")).to_be_visible()
    page.get_by_role("radio", name="À comparer").click()
    expect(page.get_by_role("button", name="Comparer")).to_be_visible()
