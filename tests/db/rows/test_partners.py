"""One partner's page: who was sent there and what came of it, by the file."""

from db.rows import partners
from tests.db.factories import insert, insert_diagnostic, insert_person


def test_who_was_sent_and_what_came_of_it(db):
    one, other, third = (insert_person(db, last_name=name) for name in ("Un", "Deux", "Trois"))
    place, elsewhere = insert(db, "partner", name="La Halle"), insert(db, "partner", name="Ailleurs")
    for person, day, where in ((one, "2024-02-01", place), (one, "2024-05-01", place), (other, "2024-06-01", place),
                               (third, "2024-06-01", elsewhere)):  # fmt: skip
        insert(db, "intervention", person_id=person, happened_on=day, domain="job", partner_id=where)
    diagnosis = insert_diagnostic(db, third, "2024-01-01", None)
    insert(db, "action", person_id=third, diagnostic_id=diagnosis, objective="Exposer", partner_id=place, state="done")
    insert(db, "exit", person_id=one, left_on="2024-09-30", reason="job", scope="rsa")
    insert(db, "exit", person_id=other, left_on="2024-01-31", reason="job", scope="rsa")  # before

    sent = partners.sent(db, place)

    assert [(who.person, who.meetings, who.actions) for who in sent] == [
        (other, ["2024-06-01"], []), (one, ["2024-05-01", "2024-02-01"], []), (third, [], [("Exposer", "done")]),
    ]  # fmt: skip
    assert [who.exit for who in sent] == [None, ("2024-09-30", "job"), None]


def test_needs_and_projects_with_a_partner_without_deleted_ones(db):
    place = insert(db, "partner", name="La Halle")
    need = insert(db, "need", title="Un four", noted_on="2024-01-01", state="open", partners=f"[{place}]")
    insert(
        db, "need", title="Effacé", noted_on="2024-01-01", state="open", partners=f"[{place}]", deleted_at="2024-01-01"
    )
    insert(db, "need", title="Autre", noted_on="2024-01-01", state="open")
    project = insert(db, "project", name="Marché", partner_id=place)

    assert [row.id for row in partners.needs(db, place)] == [need]
    assert [row.id for row in partners.projects(db, place)] == [project]


def test_what_hinders_a_person_is_of_open_actions_first_then_of_the_latest_diagnosis(db):
    person = insert_person(db)
    insert_diagnostic(db, person, "2020-01-01", None, obstacles='["french"]')
    latest = insert_diagnostic(db, person, "2024-01-01", None, obstacles='["housing", "money"]')
    for obstacle, state in (("money", "todo"), ("digital", "done")):
        insert(db, "action", person_id=person, diagnostic_id=latest, objective=obstacle, obstacle=obstacle, state=state)

    assert partners.obstacles_of(db, person) == ["money", "housing"]
    assert partners.obstacles_of(db, insert_person(db)) == []
