"""Who resembles a person that is being typed, and what is kept of the answer."""

import pytest

from db.base.errors import InvalidError
from db.people import duplicates, known_already
from tests.db.factories import delete, insert_person

TYPED = {"last_name": "Lefebvre", "first_name": "Nathalie", "birth_date": "12/3/1970"}


def found(db, **typed):
    return {one.row.id: (one.reasons, one.asked) for one in known_already.look(db, typed)}


def test_a_person_is_found_by_how_her_name_sounds_and_by_her_birth_date_as_typed_archived_or_not(db):
    same = {"last_name": "Lefèvre", "first_name": "Natalie", "birth_date": "1970-03-12"}
    current, archived = insert_person(db, **same), insert_person(db, **same, archived_on="2020-01-01")
    gone = insert_person(db, **same)
    delete(db, "person", gone)
    insert_person(db, last_name="Zola", first_name="Anne")

    expected = (("se prononcent pareil", "même date de naissance"), True)
    assert found(db, **TYPED) == {current: expected, archived: expected}


def test_who_bears_the_name_typed_so_far_is_shown_and_need_not_be_answered(db):
    one = insert_person(db, last_name="Lefebvre", first_name="Paul")

    assert found(db, last_name="Lefe") == {one: ((), False)}
    assert found(db, last_name="Lefebvre", birth_date="31/02/") == {one: ((), False)}
    assert found(db) == found(db, last_name="  ") == {}


def test_other_birth_dates_stay_a_question(db):
    one = insert_person(db, last_name="Lefebvre", first_name="Nathalie", birth_date="1951-01-01")

    assert found(db, **TYPED)[one] == (("même nom et même prénom", "mais dates de naissance différentes"), True)


def test_of_many_who_bear_the_name_the_most_similar_are_shown(db):
    for first_name in ("Aline", "Berthe", "Claire", "Denise", "Élise", "Flore"):
        insert_person(db, last_name="Lefebvre", first_name=first_name)
    same = insert_person(db, last_name="Lefebvre", first_name="Nathalie")

    assert next(iter(found(db, **TYPED))) == same
    assert len(found(db, last_name="Lefebvre")) == 5


def test_duplicates_does_not_ask_again_what_was_answered(db):
    one = insert_person(db, last_name="Lefebvre", first_name="Nathalie")

    new = known_already.add(db, {**TYPED, "gender": "woman"}, [one], "Ada")

    assert duplicates.pairs(db) == []
    assert [(said.one, said.other, said.who) for said in duplicates.set_aside(db)] == [(one, new, "Ada")]
    known_already.add(db, {**TYPED, "gender": "woman"}, [], "Ada")
    assert duplicates.pairs(db), "the control"


def test_nothing_is_kept_of_a_person_who_is_refused(db):
    one = insert_person(db, last_name="Lefebvre", first_name="Nathalie")

    with pytest.raises(InvalidError):
        known_already.add(db, TYPED, [one], "Ada")  # no gender

    assert db.execute("SELECT count(*) FROM person").fetchone()[0] == 1
    assert duplicates.set_aside(db) == []
