"""SIRET numbers: read as people write them, refused with the reason, shown in groups."""

import pytest

from db.base.errors import FieldError
from db.model.coded_texts import Siret
from db.model.types import Context

NOTHING = Context({})


@pytest.mark.parametrize("text", ["13002526500013", "130 025 265 00013", "130.025.265.00013", " 130025265\u00a000013 "])
def test_a_siret_is_read_with_spaces_and_shown_in_groups(text):
    value = Siret().read(text, NOTHING)

    assert value == "13002526500013"
    assert Siret().show(value, NOTHING) == "130 025 265 00013"


def test_la_poste_has_a_check_of_its_own():
    assert Siret().read("356 000 000 00048", NOTHING) == "35600000000048"  # its seat satisfies the usual one
    assert Siret().read("35600000049837", NOTHING) == "35600000049837"  # the sum of its digits is 45
    with pytest.raises(FieldError):
        Siret().read("35600000049838", NOTHING)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("13002526500014", "sa clé est fausse"), ("130025265", "celui de l’entreprise entière"),
        ("1300252650001", "13 chiffres"), ("FR 130025265", "attendu : 14 chiffres"), ("00000000100003", "sa clé"),
    ],
)  # fmt: skip
def test_what_is_no_siret_is_refused_with_the_reason(text, said):
    with pytest.raises(FieldError, match=said):
        Siret().read(text, NOTHING)
