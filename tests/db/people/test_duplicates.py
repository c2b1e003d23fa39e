"""Possible duplicates: why a pair is proposed, which pairs are not, and decisions on a pair."""

import pytest

from benchmarks import bulk_office
from db.people import duplicates, merge, merge_preview, similarity
from db.rows import undo
from db.storage import connection
from db.storage.integrity import check
from tests.db.factories import delete, insert_person

BASE = {"last_name": "Lefebvre", "first_name": "Nathalie"}


def people(db, *persons):
    return [insert_person(db, None, **{**BASE, **values}) for values in persons]


def reasons(db, first, second):
    """Return why the two are proposed; None when they are not."""
    one, other = people(db, first, second)
    found = duplicates.pairs(db)
    assert len(found) < 2
    assert all((pair.one, pair.other) == (one, other) for pair in found)
    return found[0].reasons if found else None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {}, ("même nom et même prénom",)),
        ({"last_name": "Le Goff"}, {"last_name": "le-goff"}, ("même nom et même prénom",)),
        ({}, {"last_name": "Lefèvre"}, ("se prononcent pareil",)),
        ({"last_name": "Rousseau"}, {"last_name": "Rousso", "first_name": "Natalie"}, ("se prononcent pareil",)),
        ({}, {"last_name": "Nathalie", "first_name": "Lefebvre"}, ("nom et prénom inversés",)),
        ({}, {"last_name": "Natalie", "first_name": "Lefèvre"}, ("nom et prénom inversés", "se prononcent pareil")),
        ({"last_name": "Garnier"}, {"last_name": "Granier"}, ("une lettre d’écart",)),
        ({"last_name": "Martin"}, {"last_name": "Martins"}, ("une lettre d’écart",)),
        ({"last_name": "Blondel"}, {"last_name": "Blandel"}, ("une lettre d’écart",)),
        ({"first_name": "Nathalie"}, {"first_name": "Nathslie"}, ("une lettre d’écart",)),
        ({"last_name": "Moreau"}, {"last_name": "Moreau-Petit"}, ("un nom ou un prénom de plus",)),
        ({"first_name": "Marie Claire"}, {"first_name": "Claire"}, ("un nom ou un prénom de plus",)),
        (
            {"last_name": "Durand", "phone": "0565000001"},
            {"last_name": "Petit", "first_name": "Paul", "phone": "+33565000001"},
            ("même téléphone",),
        ),
        (
            {"last_name": "Durand", "email": "N@exemple.fr"},
            {"last_name": "Petit", "first_name": "Paul", "email": "n@exemple.fr"},
            ("même courriel",),
        ),
        (
            {"birth_date": "1970-03-12"},
            {"last_name": "Durand", "birth_date": "1970-03-12"},
            ("même date de naissance", "même prénom"),
        ),
        (
            {"birth_date": "1970-03-12"},
            {"birth_date": "1970-12-03"},
            ("même nom et même prénom", "dates de naissance proches"),
        ),
        (
            {"birth_date": "1970-03-12"},
            {"birth_date": "1981-06-30"},
            ("même nom et même prénom", "mais dates de naissance différentes"),
        ),
    ],
)
def test_why_two_persons_are_proposed(db, first, second, expected):
    assert reasons(db, first, second) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {"first_name": "Paul"}),
        ({}, {"last_name": "Moreau"}),
        ({"first_name": "Lou"}, {"first_name": "Léo"}),
        ({"last_name": "De Castro"}, {"last_name": "De"}),
        ({"last_name": "渡辺", "first_name": "直美"}, {"last_name": "鈴木", "first_name": "一郎"}),
        ({"birth_date": "1970-03-12"}, {"birth_date": "1970-03-12", "last_name": "Moreau", "first_name": "Paul"}),
        ({"last_name": "Garnier", "birth_date": "1970-03-12"}, {"last_name": "Granier", "birth_date": "1990-01-01"}),
    ],
)
def test_pairs_that_are_not_proposed(db, first, second):
    assert reasons(db, first, second) is None


def test_the_likeliest_come_first_and_say_how_likely(db):
    born = {"birth_date": "1970-03-12"}
    one, other, third = people(db, born, {"last_name": "Lefèvre", **born}, {"last_name": "Lefebre"})

    found = duplicates.pairs(db)

    assert [(pair.one, pair.other, pair.level) for pair in found] == [
        (one, other, "très probable"),
        (one, third, "probable"),
        (other, third, "probable"),
    ]


def test_who_was_deleted_is_not_proposed_and_who_is_archived_is(db):
    one, other = people(db, {}, {"archived_on": "2024-01-01"})
    assert len(duplicates.pairs(db)) == 1

    delete(db, "person", other)

    assert duplicates.pairs(db) == []
    assert one


def test_a_value_shared_by_hundreds_does_not_pair_them_all(db):
    values = [(f"Nom{n:03}x{n * 7919 % 997}", f"Prénom{n:03}y{n * 104729 % 991}") for n in range(300)]
    db.executemany(
        "INSERT INTO person (last_name, first_name, gender, phone) VALUES (?, ?, 'woman', '+33565000000')", values
    )
    compared = 0
    everybody = duplicates.index(db)
    for one in everybody.people:
        compared += len(list(everybody._met(one)))
    assert compared < 300 * 60


def test_somebody_about_to_enter_the_file_is_recognised(db):
    (there,) = people(db, {"phone": "+33565000001"})
    newcomer = similarity.person(0, {"last_name": "LEFEVRE", "first_name": "nathalie", "phone": "+33565000001"})

    ((found, like),) = duplicates.index(db).like(newcomer)

    assert found.id == there
    assert like.reasons == ("se prononcent pareil", "même téléphone")


def test_search_by_keys_finds_what_comparing_all_pairs_finds(tmp_path):
    """The search by keys finds the pairs that comparing everybody with everybody finds."""
    bulk_office.write_bulk_office(tmp_path / "many.db", 600)
    db = connection.open_file(tmp_path / "many.db")
    for name in ("Delmas Jeanne", "Delmaz Jeanne", "Jeanne Delmas", "Delmas-Roux Jeanne", "Delmas Jane"):
        last, first = name.split()
        insert_person(db, None, last_name=last, first_name=first)
    everybody = duplicates.index(db).people
    every = {
        (one.id, other.id)
        for place, one in enumerate(everybody)
        for other in everybody[place + 1 :]
        if similarity.compare(one, other)
    }
    db.execute("UPDATE person SET version = version + 1, changed_by = 'x', town = 'Gramat' WHERE id = 1")  # a new token

    assert {(pair.one, pair.other) for pair in duplicates.pairs(db)} == every
    assert len(every) > 5
    db.close()


# ---- what was said of a pair


def test_two_persons_after_all_are_not_proposed_again_until_they_are_brought_back(db):
    one, other = people(db, {}, {"last_name": "Lefèvre"})

    duplicates.set_apart(db, other, one, "Ada")

    assert duplicates.pairs(db) == []
    (told,) = duplicates.set_aside(db)
    assert (told.one, told.other, told.who) == (one, other, "Ada")
    duplicates.bring_back(db, one, other, "Grace")
    assert duplicates.set_aside(db) == []
    assert len(duplicates.pairs(db)) == 1
    duplicates.set_apart(db, one, other, "Ada")
    assert [(said.one, said.other) for said in duplicates.set_aside(db)] == [(one, other)]
    assert check(db) == []


def test_the_way_back_from_a_merge_proposes_the_pair_again(db):
    one, other = people(db, {}, {})
    merge.merge(db, one, other, merge.MergeChoices(), merge_preview.look(db, one, other).versions, "Ada")
    assert duplicates.pairs(db) == []
    (merged,) = duplicates.merges(db)

    undo.undo(db, merged.operation, "Ada")
    assert len(duplicates.pairs(db)) == 1
    delete(db, "person", other)
    assert duplicates.merged_into(db, other) is None, "this time it was only deleted"
