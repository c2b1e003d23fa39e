"""Who could help with an obstacle near a commune: by what the file knows alone, with no invented position."""

import pytest

from db.people import places, who_helps
from tests.db.factories import insert, insert_diagnostic, insert_person

FIGEAC, CAHORS = (44.6086, 2.0333), (44.4475, 1.4412)


def partner(db, name, at=None, **values):
    latitude, longitude = (f"{degrees:.5f}" for degrees in at) if at else (None, None)
    return insert(db, "partner", name=name, latitude=latitude, longitude=longitude, **values)


def action(db, person, **values):
    diagnosis = insert_diagnostic(db, person, "2024-01-01", None)
    values = {"objective": "Passer le permis", "state": "todo", **values}
    return insert(db, "action", person_id=person, diagnostic_id=diagnosis, **values)


def found(db, obstacle="mobility", near=FIGEAC):
    return {one.name: one for one in who_helps.find(db, obstacle, places.read(db), near)}


def test_each_reason_is_a_fact_of_the_file_and_nothing_else_is_named(db):
    person, other = insert_person(db), insert_person(db, last_name="Autre")
    carries = partner(db, "Porte", FIGEAC)
    action(db, person, obstacle="mobility", partner_id=carries, state="done", domain="job")
    action(db, other, obstacle="mobility", partner_id=carries, state="todo", domain="job")
    action(db, other, obstacle="mobility", partner_id=partner(db, "Abandonnée"), state="dropped")
    action(db, other, obstacle="housing", partner_id=partner(db, "Autre frein"))
    sent = partner(db, "Reçoit")
    insert(db, "intervention", person_id=person, happened_on="2024-02-01", domain="job", partner_id=sent)
    insert(db, "intervention", person_id=person, happened_on="2024-03-01", domain="job", partner_id=sent)
    elsewhere = partner(db, "Pour autre chose")
    insert(db, "intervention", person_id=person, happened_on="2024-02-01", domain="venues", partner_id=elsewhere)
    partner(db, "Le dit", helps_with='["housing", "mobility"]')
    answers = partner(db, "Répond")
    insert(
        db, "need", title="Un bus", noted_on="2024-01-01", state="open", obstacle="mobility", partners=f"[{answers}]"
    )
    partner(db, "Décrit", description="Aide à la MOBILITÉ, location de véhicules.")
    partner(db, "Informe", description="Information et informations sur l’immobilité.")

    helpers = found(db)

    assert set(helpers) == {"Porte", "Reçoit", "Le dit", "Répond", "Décrit"}
    assert (helpers["Porte"].carried, helpers["Porte"].done) == (2, 1)
    assert helpers["Reçoit"].sent == 1  # persons, not meetings
    assert (helpers["Le dit"].says_so, helpers["Répond"].needs) == (True, 1)
    assert helpers["Décrit"].word == "mobilite"


def test_near_comes_before_far_within_what_is_known_and_unknown_places_are_last(db):
    says = {"helps_with": '["mobility"]'}
    partner(db, "Loin", CAHORS, **says)
    partner(db, "Nulle part", **says)
    partner(db, "Tout près", FIGEAC, **says)
    person, much = insert_person(db), partner(db, "Près et beaucoup", (44.64, 2.03), **says)
    action(db, person, obstacle="mobility", partner_id=much, state="done")
    partner(db, "Décrit seulement", FIGEAC, description="Transport à la demande")

    helpers = found(db)

    assert list(helpers) == ["Près et beaucoup", "Tout près", "Loin", "Nulle part", "Décrit seulement"]
    assert round(helpers["Loin"].distance) == 50
    assert helpers["Nulle part"].distance is None
    assert all(one.distance is None for one in found(db, near=None).values())


def test_a_commune_is_where_its_partners_are_or_its_postcode_or_nowhere(db):
    partner(db, "Un", (44.60, 2.02), town="Figeac", postcode="46100")
    partner(db, "Deux", (44.62, 2.04), town="FIGEAC", postcode="46100")
    partner(db, "Sans position", town="Figeac", helps_with='["mobility"]')
    insert_person(db, town="Faycelles", postcode="46100")
    insert_person(db, town="Gourdon")
    known = places.read(db)

    assert known.position("figeac") == pytest.approx((44.61, 2.03))
    assert known.position("Faycelles") == known.by_postcode["46100"]
    assert known.position("Gourdon") is None
    helper = found(db)["Sans position"]
    assert helper.is_near
    assert helper.distance < 1


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("saint céré", ["Saint-Céré"]), ("St-Cere", ["Saint-Céré"]), ("46400", ["Saint-Céré"]), ("Fijac", ["Figeac"]),
        ("Figeax", ["Figeac"]), ("Sain", []), ("saint", ["Saint-Céré", "Saint-Cirq"]), ("", []), ("Paris", []),
    ],
)  # fmt: skip
def test_a_commune_is_found_as_it_is_typed(db, typed, meant):
    partner(db, "Un", town="Saint-Céré", postcode="46400")
    partner(db, "Deux", town="Figeac")
    insert_person(db, town="Saint-Cirq")

    assert places.read(db).find(typed) == meant
