"""Telephone numbers: one stored form for every way of writing them, and what is not a number refused."""

import phonenumbers
import pytest
from hypothesis import given, settings
from phonenumbers import PhoneNumber

from db.base.errors import FieldError
from db.base.spreadsheets import harmless
from db.imports.cell_values import CellReader
from db.model import telephones
from db.model.effective_dictionary import DECLARED
from db.model.types import Context, Phone
from tests.db.examples import telephone_numbers

CONTEXT = Context({})


@pytest.mark.parametrize(
    ("text", "stored", "shown"),
    [
        ("05 65 53 40 00", "+33565534000", "05 65 53 40 00"),
        ("05.65.53.40.00", "+33565534000", "05 65 53 40 00"),
        ("05-65-53-40-00", "+33565534000", "05 65 53 40 00"),
        ("0565534000", "+33565534000", "05 65 53 40 00"),
        ("+33 5 65 53 40 00", "+33565534000", "05 65 53 40 00"),
        ("+33 (0)5 65 53 40 00", "+33565534000", "05 65 53 40 00"),
        ("0033 5 65 53 40 00", "+33565534000", "05 65 53 40 00"),
        ("33565534000", "+33565534000", "05 65 53 40 00"),
        ("565534000", "+33565534000", "05 65 53 40 00"),
        ("(05) 65 53 40 00", "+33565534000", "05 65 53 40 00"),
        ("05\u00a065\u202f53 40 00", "+33565534000", "05 65 53 40 00"),
        ("0800 12 34 56", "+33800123456", "08 00 12 34 56"),
        ("06 39 98 00 01", "+33639980001", "06 39 98 00 01"),
        ("05 36 49 00 02", "+33536490002", "05 36 49 00 02"),
        ("0690 30 12 34", "+590690301234", "+590 690 30 12 34"),
        ("0262 20 12 34", "+262262201234", "+262 262 20 12 34"),
        ("+262 692 12 34 56", "+262692123456", "+262 692 12 34 56"),
        ("+33 690 30 12 34", "+590690301234", "+590 690 30 12 34"),
        ("+32 2 555 12 12", "+3225551212", "+32 2 555 12 12"),
        ("0044 20 7946 0958", "+442079460958", "+44 20 7946 0958"),
        ("+41 (0)21 321 11 11", "+41213211111", "+41 21 321 11 11"),
    ],
)
def test_a_number_is_stored_in_one_form_and_shown_as_the_french_write_it(text, stored, shown):
    assert telephones.read(text)[0] == stored
    assert telephones.show(stored) == shown


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("05 65 53 40", "n’est pas un numéro de téléphone"), ("05 65 53 40 00 12", "n’est pas un numéro"),
        ("0x65534000", "n’est pas un numéro"), ("٠٥٦٥٥٣٤٠٠٠", "n’est pas un numéro"), ("12", "n’est pas un numéro"),
        ("05 65 53 40 00 poste 12", "n’est pas un numéro"), ("0800 PALETTE", "n’est pas un numéro"),
        ("00 00 00 00 00", "n’est pas un numéro"), ("07 00 12 34 56", "numéro de téléphone attribué"),
        ("+33 5 65 53 40", "attribué"), ("+999 12 34 56 78", "attribué"), ("+44 0000 000000", "n’est pas un numéro"),
        ("06 11 22 33 44 / 05 65 00 00 01", "plusieurs numéros"), ("06 11 22 33 44 ou 05 65 00 00 01", "plusieurs"),
        ("0611223344 0565000001", "plusieurs numéros"), ("0611223344\n0565000001", "plusieurs numéros"),
    ],
)  # fmt: skip
def test_what_is_no_number_or_several_is_refused_with_its_reason(text, why):
    with pytest.raises(FieldError) as error:
        Phone().read(text, CONTEXT)

    assert str(error.value).startswith(f"« {text} »")
    assert why in str(error.value)
    assert CellReader(DECLARED.tables["person"].field("phone"), CONTEXT, {}, {}).read(text).reason == str(error.value)


@settings(max_examples=60, deadline=None)
@given(telephone_numbers())
def test_every_way_of_writing_a_number_reads_the_same_everywhere(number):
    field = DECLARED.tables["person"].field("phone")
    shown = telephones.show(number)
    texts = [number, shown, shown.replace(" ", "."), shown.replace(" ", ""), f"00{number[1:]}", harmless(shown)]
    if number.startswith("+33"):
        texts += [f"+33 (0){number[3:]}", number[1:], number[3:]]
    for text in texts:
        cell = CellReader(field, CONTEXT, {}, {}).read(text)
        assert {field.type.read(text, CONTEXT), field.type.check(text, CONTEXT), cell.value} == {number}, text


def test_the_last_four_digits_never_decide_whether_a_french_number_exists():
    # telephones.py keeps what it learns of five digits: were this wrong, it would depend on the number that came first.
    for code in (33, 262, 590, 594, 596):
        for beginning in range(10_000, 100_000, 97):
            numbers = [PhoneNumber(code, int(f"{beginning}{end}")) for end in ("0000", "1234", "9999")]
            assert len({phonenumbers.is_valid_number(number) for number in numbers}) == 1, (code, beginning)


def test_a_number_of_an_older_file_that_cannot_be_read_is_shown_as_it_is():
    assert telephones.show("0700123456") == "07 00 12 34 56"
    assert telephones.show("+999123456") == "+999123456"
