"""Figures: the population by lists and bands, and the length of accompaniments (docs/domain.md § 4)."""

from typing import Any

import pytest

from db.figures import counting, populations
from db.model.office import Office
from tests.db.factories import insert_followed_person, insert_person, insert_stage


def without_zeros(shares: dict[str, int]) -> dict[str, int]:
    return {label: count for label, count in shares.items() if count}


# --- profile ---


def test_every_value_of_every_list_is_shown_in_its_order(db):
    photo = counting.photo(db, "2022")

    assert list(photo["gender"]) == ["Femme", "Homme", "Autre ou non précisé"]
    assert list(photo["domain"])[::5] == ["Arts plastiques et visuels", "Autres"]
    assert list(photo["education"])[-1] == "Non renseigné"
    assert list(photo["age"]) == list(populations.AGE_BANDS)
    assert list(photo["seniority"]) == list(populations.SENIORITY_BANDS)
    assert {count for name in counting.PROFILE for count in photo[name].values()} == {0}


def test_profile_shares_are_over_the_persons_followed(db):
    insert_followed_person(db, gender="man", origin="lot", household="alone", education="bac2", domain="film")
    insert_person(db, gender="woman")  # known, never followed

    photo = counting.photo(db, "2022")

    assert without_zeros(photo["gender"]) == {"Homme": 1}
    assert without_zeros(photo["origin"]) == {"Originaire du Lot": 1}
    assert without_zeros(photo["household"]) == {"Personne seule": 1}
    assert without_zeros(photo["domain"]) == {"Audiovisuel / Cinéma": 1}
    assert photo["gender"] == counting.photo(db, "2022-07-14")["gender"]


def test_what_is_missing_joins_the_list_s_own_unknown_or_comes_last(db):
    insert_followed_person(db, household=None, domain=None, birth_date=None, rsa_entry_on=None)
    insert_followed_person(db, household="unknown", domain="other")

    photo = counting.photo(db, "2022")

    assert without_zeros(photo["household"]) == {"Non renseigné": 2}
    assert list(photo["domain"].items())[-2:] == [("Autres", 1), ("Non renseigné", 1)]
    assert without_zeros(photo["age"]) == without_zeros(photo["seniority"]) == {"Non renseigné": 2}
    assert "Non renseigné" not in photo["gender"]


def test_labels_are_the_office_s_own(db):
    insert_followed_person(db, household=None, domain="crafts")
    db.execute("UPDATE list_domain SET label = 'Métiers d’art' WHERE code = 'crafts'")
    db.execute("UPDATE list_household SET label = 'Inconnu' WHERE code = 'unknown'")
    db.execute("INSERT INTO list_domain VALUES ('circus', 'Cirque', 1, 0)")

    photo = counting.photo(db, "2022")

    assert without_zeros(photo["domain"]) == {"Métiers d’art": 1}
    assert without_zeros(photo["household"]) == {"Inconnu": 1}
    assert photo["domain"]["Cirque"] == 0


def test_a_retired_value_is_shown_while_it_counts_somebody(db):
    insert_followed_person(db, origin="lot")
    db.execute("UPDATE list_origin SET retired = 1 WHERE code IN ('lot', 'foreign')")

    assert counting.photo(db, "2022")["origin"] == {"Originaire du Lot": 1, "Installé par choix de vie": 0}


@pytest.mark.parametrize(
    ("born", "band"),
    [
        ("1998-01-01", "Moins de 25 ans"),
        ("1997-12-31", "25–29 ans"),  # 25 on the very day
        ("1993-01-01", "25–29 ans"),
        ("1992-12-31", "30–39 ans"),
        ("1983-01-01", "30–39 ans"),
        ("1982-12-31", "40–49 ans"),
        ("1973-01-01", "40–49 ans"),
        ("1972-12-31", "50–59 ans"),
        ("1963-01-01", "50–59 ans"),
        ("1962-12-31", "60 ans et plus"),
        ("1930-06-01", "60 ans et plus"),
    ],
)
def test_age_is_taken_on_31_december(db, born, band):
    insert_followed_person(db, birth_date=born)

    photo = counting.photo(db, "2022")

    assert without_zeros(photo["age"]) == {band: 1}
    assert photo["fifty_or_over"] == (band in ("50–59 ans", "60 ans et plus"))
    assert photo["age"] == counting.photo(db, "2022-12-31")["age"]


def test_age_of_a_day_is_the_age_on_that_day(db):
    insert_followed_person(db, birth_date="1973-03-06")

    assert counting.photo(db, "2023-03-05")["fifty_or_over"] == 0
    assert counting.photo(db, "2023-03-06")["fifty_or_over"] == 1
    assert counting.photo(db, "2022")["fifty_or_over"] == 0


@pytest.mark.parametrize(
    ("entered", "band"),
    [
        ("2023-01-01", "Non renseigné"),  # not yet in the RSA on 31 December
        ("2022-12-31", "Moins de 6 mois"),
        ("2022-07-01", "Moins de 6 mois"),
        ("2022-06-30", "6 à 12 mois"),
        ("2022-01-01", "6 à 12 mois"),
        ("2021-12-31", "1 à 2 ans"),
        ("2021-01-01", "1 à 2 ans"),
        ("2020-12-31", "2 à 5 ans"),
        ("2018-01-01", "2 à 5 ans"),
        ("2017-12-31", "5 ans et plus"),
        ("1988-12-01", "5 ans et plus"),
    ],
)
def test_seniority_bands_begin_on_the_anniversary(db, entered, band):
    insert_followed_person(db, rsa_entry_on=entered)

    photo = counting.photo(db, "2022")

    assert without_zeros(photo["seniority"]) == {band: 1}
    assert photo["under_two_years"] == (band in ("Moins de 6 mois", "6 à 12 mois", "1 à 2 ans"))


@pytest.mark.parametrize(
    ("education", "counted"),
    [("bac", 0), ("bac2", 1), ("licence", 1), ("master", 1), ("doctorate", 1), ("unknown", 0), (None, 0)],
)
def test_bac2_or_over_goes_from_bac2_to_the_doctorate(db, education, counted):
    insert_followed_person(db, education=education)

    assert counting.photo(db, "2022")["bac2_or_over"] == counted


# --- length of accompaniment ---


def lengths(db: Office, year: str) -> tuple[Any, Any]:
    photo = counting.photo(db, year)
    return photo["mean_length_years"], photo["mean_length_years_ongoing"]


def test_length_runs_from_the_first_to_the_last_day_of_all_stages(db):
    person = insert_person(db)
    insert_stage(db, person, "diagnostic", "2018-01-01", "2018-12-31")  # no accompaniment yet
    insert_stage(db, person, "accompaniment", "2019-01-01", "2019-12-31")
    insert_stage(db, person, "accompaniment", "2021-01-01", "2022-12-30", mode="light")

    ended, ongoing = lengths(db, "2022")

    assert ended == pytest.approx(1460 / 365.25)  # 1 January 2019 to 30 December 2022, both counted, one leap year
    assert ongoing is None


def test_length_is_a_mean_over_those_who_ended_in_the_year(db):
    for ends_on in ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"):
        insert_stage(db, insert_person(db), "accompaniment", "2021-01-01", ends_on)

    ended, ongoing = lengths(db, "2022")

    assert ended == pytest.approx((366 + 730) / 2 / 365.25)
    assert ongoing == pytest.approx(730 / 365.25)  # the one who ended on 1 January 2023, up to 31 December 2022
    assert lengths(db, "2024") == (None, None)


def test_ongoing_length_stops_at_the_end_of_the_year(db):
    insert_stage(db, insert_person(db), "accompaniment", "2022-01-01")
    insert_stage(db, insert_person(db), "accompaniment", "2023-01-01")  # not begun

    assert lengths(db, "2022") == (None, pytest.approx(365 / 365.25))


def test_a_stage_begun_the_day_after_carries_the_accompaniment_on(db):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01", "2022-12-31")
    insert_stage(db, person, "accompaniment", "2023-01-01", mode="light")

    assert lengths(db, "2022") == (None, pytest.approx(365 / 365.25))


@pytest.mark.parametrize("back_on", ["2023-01-01", "2025-06-01"])
def test_a_later_return_does_not_change_the_year_in_which_it_ended(db, back_on):
    person = insert_person(db)
    insert_stage(db, person, "accompaniment", "2022-01-01", "2022-06-30")
    before = lengths(db, "2022")

    insert_stage(db, person, "accompaniment", back_on)

    assert lengths(db, "2022") == before == (pytest.approx(181 / 365.25), None)
