"""The line of years of a person: what is on it, its words, and a picture that can be drawn of it."""

import vl_convert

from reports.charts import life_line
from tests.db.factories import insert, insert_aid, insert_benefit, insert_contract, insert_person, insert_stage

TODAY = "2026-11-24"


def test_everything_dated_is_on_one_axis_and_in_words(db):
    person = insert_person(db, rights=None)
    insert_benefit(db, person, "rsa", "2024-03-01")
    insert_stage(db, person, "diagnostic", "2024-05-01", "2024-06-30")
    insert_stage(db, person, "accompaniment", "2024-07-01", mode="light")
    insert_contract(db, person, "2024-07-01", "2024-07-01", "2024-12-31")
    insert_contract(db, person, None, "2027-01-01", None, kind="engagement")  # a draft: not part of the story
    insert_aid(db, person, 100_00, "2025-02-03")
    insert(db, "exit", person_id=person, left_on="2026-10-01", scope="rsa", reason="income")

    found = life_line.spans(db, person, TODAY)

    assert [one.words for one in found] == [
        "Droits\u00a0: RSA, depuis le 01/03/2024",
        "Étapes\u00a0: Diagnostic, du 01/05/2024 au 30/06/2024",
        "Contrats\u00a0: CER, du 01/07/2024 au 31/12/2024",
        "Étapes\u00a0: Accompagnement allégé, depuis le 01/07/2024",
        "Aides\u00a0: Matériel et outillage · 100\u00a0€, le 03/02/2025",
        "Sorties\u00a0: Revenus supérieurs, le 01/10/2026",
    ]
    assert all(one.words in life_line.alt_text(found) for one in found)


def test_the_picture_is_drawn_with_every_span_and_today(db):
    person = insert_person(db, rights=None)
    insert_stage(db, person, "diagnostic", "2026-11-24")
    found = life_line.spans(db, person, TODAY)

    svg = vl_convert.vegalite_to_svg({**life_line.specification(found, TODAY), "width": 700, "autosize": "pad"})

    assert "Étapes" in svg
    assert "Diagnostic, depuis le 24/11/2026" in svg


def test_a_person_without_anything_dated_has_no_line(db):
    assert life_line.spans(db, insert_person(db, rights=None), TODAY) == []
