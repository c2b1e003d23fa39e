"""Typed texts to stored values, and back."""

import sqlite3
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.base.errors import FieldError
from db.base.french import fold, french_number
from db.model import lists
from db.model.coded_texts import Degrees, Siret
from db.model.lists import LISTS
from db.model.types import (
    Choice,
    Choices,
    Context,
    Date,
    Email,
    Euros,
    Integer,
    LongText,
    Phone,
    Reference,
    References,
    Text,
    Time,
    YesNo,
)
from db.rows import records
from tests.db.examples import EVERY_FIELD, every_type, list_offenders, siret, telephone_numbers
from tests.db.factories import insert as given_row
from tests.db.factories import insert_person

KNOWN = Context({values.name: values.values for values in LISTS}, find=lambda table, text: int(text.split("n°")[1]))
SPACES = [" ", "\u00a0", "\u202f", "\u2009", "\t", ""]


def refusal_reason(kind, text):
    """Return the reason shown to the user."""
    with pytest.raises(FieldError) as error:
        kind.read(text, KNOWN)
    return str(error.value)


def test_a_date_keeps_within_its_bounds():
    kind = Date(min="1988-12-01", max="2020-12-31")

    assert kind.read("01/12/1988", KNOWN) == "1988-12-01"
    assert refusal_reason(kind, "30/11/1988") == "30/11/1988 est hors limites (du 01/12/1988 au 31/12/2020)"
    assert kind.check(date(2020, 12, 31), KNOWN) == "2020-12-31"


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize(
    ("written", "cents"), [("1{}234,50{}€", 1234_50), ("1{}234.5{}", 1234_50), ("12{}300{}€", 12_300_00)]
)
def test_euros_are_read_with_every_kind_of_space(space, written, cents):
    assert Euros().read(written.format(space, space), KNOWN) == cents


@pytest.mark.parametrize("text", ["1,234,50", "neuf", "1e3", "$12", "9" * 5000, "--1"])
def test_what_is_not_a_sum_is_refused(text):
    assert refusal_reason(Euros(), text).startswith(f"« {text} » n’est pas une somme")


def test_euros_keep_within_their_bounds():
    assert Euros().read("0", KNOWN) == 0
    assert refusal_reason(Euros(), "-1") == "-1\u00a0€ est hors limites (de 0\u00a0€ à 100\u202f000\u00a0€)"


@pytest.mark.parametrize("text", ["4,5", "quarante", "1/2", "9" * 5000])
def test_what_is_not_a_whole_number_is_refused(text):
    assert refusal_reason(Integer(), text) == f"« {text} » n’est pas un nombre entier"


def test_a_number_out_of_bounds_says_its_bounds():
    assert refusal_reason(Integer(0, 1440, "min"), "1441") == "1\u202f441 est hors limites (de 0 à 1\u202f440)"


@pytest.mark.parametrize("text", ["lou@exemple.fr", "lou.marchand+rsa@sous.exemple.fr"])
def test_an_e_mail_address_is_read(text):
    assert Email().read(f" {text} ", KNOWN) == text


@pytest.mark.parametrize("text", ["lou", "lou@exemple", "lou@@exemple.fr", "lou marchand@exemple.fr", "lou@exemple."])
def test_what_is_not_an_e_mail_address_is_refused(text):
    assert "n’est pas une adresse électronique" in refusal_reason(Email(), text)


@pytest.mark.parametrize(
    "text", ["Arts plastiques et visuels", "arts  plastiques ET visuels", "visual_arts", " ARTS PLASTIQUES ET VISUELS"]
)
def test_a_choice_is_read_whatever_its_accents_case_and_spaces(text):
    assert Choice(lists.DOMAINS).read(text, KNOWN) == "visual_arts"


@pytest.mark.parametrize(
    ("text", "code"), [("metier d'art", None), ("artisanat d'art", "crafts"), ("ARTISANAT D’ART", "crafts")]
)
def test_both_apostrophes_are_the_same_to_a_list(text, code):
    if code is None:
        assert (
            refusal_reason(Choice(lists.DOMAINS), text) == f"« {text} » n’est pas dans la liste « Domaine d’activité »"
        )
    else:
        assert Choice(lists.DOMAINS).read(text, KNOWN) == code


def test_several_choices_are_kept_in_the_order_of_the_list_and_once():
    kind = Choices(lists.OBSTACLES)

    assert kind.read("numerique ; Logement;MOBILITÉ ; logement", KNOWN) == ("housing", "mobility", "digital")
    assert kind.read("", KNOWN) is None
    assert "« lune »" in refusal_reason(kind, "Logement ; lune")


@pytest.mark.parametrize(("text", "kept"), [("oui", 1), ("Non", 0), ("X", 1), ("O", 1), ("0", 0), ("", None)])
def test_yes_and_no_are_read(text, kept):
    assert YesNo().read(text, KNOWN) == kept


def test_what_is_neither_yes_nor_no_is_refused():
    assert refusal_reason(YesNo(), "peut-être") == "« peut-être » ne se lit pas (attendu : oui ou non)"


def test_a_line_of_text_loses_its_double_spaces_and_long_text_keeps_its_lines():
    assert Text().read("  Lou \n Marchand ", KNOWN) == "Lou Marchand"
    assert LongText().read(" un \r\n\r\n deux \n", KNOWN) == "un\n\n deux"
    assert Text().read("Lou\x00\x07 Marchand\ud800", KNOWN) == "Lou Marchand"


def test_a_text_that_is_too_long_says_by_how_much():
    assert Text(5).read("12345", KNOWN) == "12345"
    assert refusal_reason(Text(5), "123456") == "le texte a 6 caractères, 5 au plus"


def test_folding_forgets_accents_case_and_ligatures():
    assert fold("  L’Œuvre  d’ÉLUARD ") == "l'oeuvre d'eluard"


def test_numbers_are_written_in_french():
    assert french_number(1234567.5, 2) == "1\u202f234\u202f567,50"


# ---- references


def test_a_reference_is_read_by_the_title_of_its_row_in_any_order(db):
    person = insert_person(db, last_name="Lebœuf-Éluard", first_name="Zoé")
    kind, known = Reference("person"), records.context(db)

    for text in ("Lebœuf-Éluard Zoé", "zoe leboeuf-eluard", f"n° {person}", f"LEBŒUF-ÉLUARD ZOÉ n° {person}"):
        assert kind.read(text, known) == person, text


def test_two_of_the_same_name_must_be_told_apart_by_their_number(db):
    first, second = insert_person(db), insert_person(db)
    kind, known = Reference("person"), records.context(db)

    with pytest.raises(FieldError) as error:
        kind.read("Marchand Lou", known)

    told = f"plusieurs portent ce nom : précisez « Marchand Lou n° {first} », « Marchand Lou n° {second} »"
    assert str(error.value) == told
    assert kind.read(f"Marchand Lou n° {second}", known) == second


def test_a_number_in_a_name_is_not_the_number_of_a_row(db):
    for name in ("Galerie", "Cinéma", "Atelier n° 1"):
        given_row(db, "partner", name=name)
    kind, known = Reference("partner"), records.context(db)

    assert kind.read("Atelier n° 1", known) == 3
    with pytest.raises(FieldError, match="n’a pas été trouvé"):
        kind.read("Atelier n° 2", known)  # row 2 is called « Cinéma »


def test_nobody_is_found_by_an_unknown_name_or_once_deleted(db):
    gone = insert_person(db, last_name="Partie")
    db.execute("UPDATE person SET deleted_at = '2024-01-01' WHERE id = ?", (gone,))
    kind, known = Reference("person"), records.context(db)

    for text in ("Personne Inconnue", "Partie Lou", f"n° {gone}", "n° 999", "0\x1f"):
        with pytest.raises(FieldError, match="n’a pas été trouvé parmi : personnes"):
            kind.read(text, known)


def test_a_contract_is_found_by_its_dates_among_many(db):
    person = insert_person(db)
    for year in range(1950, 2020):
        days = {"signed_on": f"{year}-01-01", "starts_on": f"{year}-01-01", "ends_on": f"{year}-06-30"}
        given_row(db, "cer", person_id=person, kind="cer", rank="first", **days)

    assert Reference("cer").read("CER 01/01/1950", records.context(db)) == 1


def test_several_references_are_read_once_each(db):
    zoe, ada = insert_person(db, first_name="Zoé"), insert_person(db, first_name="Ada")

    assert References("person").read("Marchand Ada ; zoe marchand;Marchand Ada", records.context(db)) == (ada, zoe)


# ---- there and back, for every type that a field has


def values_of(kind):
    """Return a strategy of the values that a field of this type may hold."""
    match kind:
        case Choice(list=values):
            return st.sampled_from(list(values.values))
        case Choices(list=values):
            codes = list(values.values)
            return st.lists(st.sampled_from(codes), min_size=1).map(lambda some: tuple(c for c in codes if c in some))
        case Date():
            return st.dates(date.fromisoformat(kind.min), date.fromisoformat(kind.max)).map(date.isoformat)
        case Time():
            return st.times().map(lambda time: f"{time:%H:%M}")
        case YesNo():
            return st.sampled_from([0, 1])
        case Euros() | Integer():
            return st.integers(kind.min, kind.max)
        case Reference():
            return st.integers(1, 10**9)
        case References():
            return st.lists(st.integers(1, 10**9), min_size=1, unique=True).map(tuple)
        case Phone():
            return telephone_numbers()
        case Email():
            return st.from_regex(r"[a-zé.]{1,20}@[a-z]{1,20}\.fr", fullmatch=True)
        case Siret():
            return st.integers(0, 10**8 - 1).map(siret)
        case Degrees(bound=bound):
            return st.floats(-bound, bound).map(lambda degrees: kind.check(f"{degrees:.7f}", KNOWN))
    return st.text(min_size=1, max_size=kind.max).map(lambda text: kind.check(text, KNOWN)).filter(bool)


NUMBERED = Context(KNOWN.labels, find=KNOWN.find, title=lambda table, row_id: f"Lou n°{row_id}")


@every_type
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_shown_reads_back_as_the_same_value(kind, data):
    value = data.draw(values_of(kind))

    assert kind.read(kind.show(value, NUMBERED), NUMBERED) == value
    assert kind.from_sql(kind.to_sql(value)) == value


@every_type
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_may_be_kept_passes_the_check_of_its_column(kind, data):
    value = data.draw(values_of(kind))
    check = kind.sql_check("v") or "1"

    found = sqlite3.connect(":memory:").execute(f"SELECT {check} FROM (SELECT ? AS v)", (kind.to_sql(value),))

    assert found.fetchone() == (1,)


@every_type
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=60))
def test_every_pasted_text_is_read_or_refused_with_a_message(kind, text):
    if isinstance(kind, Reference | References):
        return  # the file is asked; see the tests of references
    try:
        value = kind.read(text, KNOWN)
    except FieldError as error:
        value, reason = None, str(error)
    else:
        reason = "read"

    assert reason
    assert value is None or kind.check(value, KNOWN) == value


def test_an_empty_cell_is_an_empty_value():
    def check_field(_, field):
        assert field.type.show(None, KNOWN) == ""
        assert field.type.read("  ", KNOWN) is None

    assert list_offenders(EVERY_FIELD, check_field) == []
