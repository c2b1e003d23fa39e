import copy

import pytest

from db.model import import_synonyms
from db.model.dictionary import AID, FILES, PERSON
from db.model.lists import LISTS


@pytest.fixture
def synonyms(monkeypatch):
    changed = copy.deepcopy(dict(import_synonyms._SYNONYMS))
    monkeypatch.setattr(import_synonyms, "_SYNONYMS", changed)
    return changed


def test_a_field_has_its_own_synonyms_or_those_of_every_table():
    assert "DDN" in PERSON.field("birth_date").synonyms
    assert AID.field("note").synonyms == ("Remarques", "Observations", "Commentaires")
    assert AID.field("person_id").synonyms == import_synonyms.WHOLE_NAME


def test_synonyms_of_an_unknown_field_are_refused(synonyms):
    synonyms["columns"]["person"]["birthdate"] = ["DDN"]
    with pytest.raises(ValueError, match=r"unknown name in \[columns.person\]: \['birthdate'\]"):
        import_synonyms.with_synonyms(PERSON)


def test_synonyms_of_an_unknown_value_are_refused(synonyms):
    synonyms["values"]["gender"]["female"] = ["F"]
    with pytest.raises(ValueError, match=r"\[values.gender\]: \['female'\]"):
        import_synonyms.of_values("gender", ["woman", "man", "other"])


@pytest.mark.parametrize("section", ["sheets", "columns", "values", "every_table"])
def test_synonyms_of_an_unknown_table_list_or_common_field_are_refused(synonyms, section):
    import_synonyms.check_names(FILES, LISTS)
    synonyms[section]["persons"] = {} if section in ("columns", "values") else ["Gens"]
    with pytest.raises(ValueError, match="unknown name"):
        import_synonyms.check_names(FILES, LISTS)


def test_a_table_declared_without_its_synonyms_is_refused(synonyms):
    synonyms["sheets"]["aid"] = ["Subventions"]
    with pytest.raises(ValueError, match=r"without with_synonyms: \['aid'\]"):
        import_synonyms.check_names(FILES, LISTS)
