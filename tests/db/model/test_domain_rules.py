"""The contract that follows another, and the eligibility of a request while it is typed."""

from typing import Any

import pytest

from db.model import domain_rules
from db.rows import records
from db.rows.records import Edit
from tests.db.factories import insert_contract, insert_person


@pytest.mark.parametrize(
    ("kind", "ends_on", "day", "starts_on"),
    [
        ("engagement", "2026-12-10", "2026-11-23", "2026-12-11"),  # the day after the earlier one
        ("engagement", "2027-11-14", "2026-11-23", "2027-11-15"),
        ("engagement", "2026-11-01", "2026-11-23", "2026-11-23"),  # it has ended: today
        ("cer", "2026-12-31", "2026-11-23", "2027-01-01"),  # it ends before the law ends it
        ("cer", "2027-06-30", "2026-11-23", "2026-11-23"),  # it would outlive the law: replaced today
    ],
)
def test_the_next_contract_starts_when_the_earlier_one_ends_or_must_end(db, kind, ends_on, day, starts_on):
    person = insert_person(db)
    earlier = insert_contract(db, person, "2024-06-01", "2024-06-01", ends_on, kind=kind, objectives="Exposer")

    following = domain_rules.next_contract(db, earlier, day)

    assert (following["kind"], following["starts_on"], following["objectives"]) == ("engagement", starts_on, "Exposer")
    saved = records.save(
        db, db.tables["cer"], Edit({**following, "ends_on": "2028-12-31"}), "Ada"
    )  # and the file accepts it
    assert records.get(db, db.tables["cer"], saved.row_id).values["replaces_id"] == earlier


REASONS: dict[str, dict[str, Any]] = {
    "Artiste âgé de 60 ans et plus": {"birth_date": "1964-03-06"},
    "Accompagné par ailleurs au titre de son activité": {"accompanied_elsewhere": 1},
    "Pas mobile (permis et véhicule) alors que l’activité le demande": {"needs_mobility": 1, "vehicle": 0},
    "En orientation professionnelle (France Travail, emploi alimentaire)": {"food_job": 1},
}
ON_THE_PERSON: dict[str, Any] = {"birth_date": "1964-03-07", "licence": 1, "vehicle": 1}


@pytest.mark.parametrize("reason", [*REASONS, None])
def test_the_verdict_and_its_reason_while_typing_are_those_of_the_saved_row(db, reason):
    given = {**ON_THE_PERSON, **REASONS.get(reason, {})}
    of_person = {name: given[name] for name in ON_THE_PERSON}
    person = records.save(
        db,
        db.tables["person"],
        Edit({"last_name": "Zola", "first_name": "Anne", "gender": "woman", **of_person}),
        "Ada",
    ).row_id
    typed = {"person_id": person, "requested_on": "2024-03-06"}
    typed |= {name: value for name, value in given.items() if name not in ON_THE_PERSON}

    said = domain_rules.verdict_reasons(db, typed)

    assert said == ([reason] if reason else [])  # sixty on the very day counts, a day short of it does not
    row = records.get(
        db, db.tables["orientation"], records.save(db, db.tables["orientation"], Edit(typed), "Ada").row_id
    )
    assert row.values["verdict"] == ("no" if reason else "yes")
    assert len(row.values["verdict_reasons"] or ()) == len(said)
