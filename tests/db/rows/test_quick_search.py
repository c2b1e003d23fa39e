"""The quick search finds persons and partners by what their index holds, and tells archived persons."""

import pytest

from db.model.roles import Role
from db.rows import quick_search
from db.storage import connection
from tests.db.factories import insert, insert_person


@pytest.fixture
def office(db):
    insert_person(
        db, last_name="Durand", first_name="Anne", artist_name="Les Pieds nus", phone="+33565534000", town="Cahors",
        email="anne.durand@exemple.fr",
    )  # fmt: skip
    insert_person(db, last_name="Durand", first_name="Zoé", archived_on="2024-01-01")
    insert_person(db, last_name="Abel", first_name="Max", town="Durandville")
    insert(db, "partner", name="Le Moulin", contact="Mme Durand")
    return db


def labels(db, words, size=8):
    return [one.label for one in quick_search.everything(db, words, size)]


@pytest.mark.parametrize(
    "words", ["05 65 53 40 00", "0565534000", "+33 5 65 53", "anne.durand@exemple", "pieds nus", "anne durand", "ÂNNE"]
)
def test_a_person_is_found_by_telephone_e_mail_artist_name_and_name(office, words):
    assert labels(office, words) == ["Durand Anne"]


def test_names_come_first_then_other_fields_archives_and_partners(office):
    assert labels(office, "durand") == ["Durand Anne", "Abel Max", "Durand Zoé (archivée)", "Le Moulin"]
    assert quick_search.everything(office, "moulin", 8)[0].detail == "Mme Durand"
    assert labels(office, "durand", 1) == ["Durand Anne", "Le Moulin"]


@pytest.mark.parametrize("words", ["", "  ", "·", '" OR 1'])
def test_words_in_which_nothing_can_be_searched_find_nobody(office, words):
    assert labels(office, words) == []


def test_only_who_may_read_the_index_finds_anybody(office, path, monkeypatch):
    monkeypatch.setenv("PALETTE_DATA", str(path.parent))
    for role in Role:
        assert bool(labels(connection.thread_office([role]), "durand")) == (role is Role.AGENT), role
