"""The declarations are complete, and agree with docs/domain.md."""

import re
from dataclasses import fields as dataclass_fields

import pytest

from db.figures.definitions import FIGURES
from db.model import lists
from db.model.dictionary import FILES, PERSON, TABLES
from db.model.fields import Field, Grouping, OfficeTable, Privacy
from db.model.lists import LISTS
from db.model.types import Choice, Choices, Reference, References, Text
from tests.db.examples import EVERY_COLUMN, EVERY_FIELD, every_table, list_offenders

FOURTEEN = {
    "person": "Personne",
    "orientation": "Orientation",
    "stage": "Étape de parcours",
    "benefit": "Situation de droits",
    "diagnostic": "Diagnostic",
    "action": "Action du plan",
    "cer": "Contrat",
    "aid": "Aide financière",
    "exit": "Sortie",
    "appointment": "Rendez-vous",
    "intervention": "Entretien ou démarche",
    "partner": "Partenaire",
    "need": "Besoin recensé",
    "project": "Projet collectif",
}

WORD_FOR_WORD = {
    "GENDERS": "Femme; Homme; Autre ou non précisé",
    "DOMAINS": "Arts plastiques et visuels; Artisanat d’art; Spectacle vivant; Arts littéraires / Édition;"
    " Audiovisuel / Cinéma; Autres",
    "HOUSEHOLDS": "Personne seule; Famille monoparentale; Couple sans enfant; Couple avec enfant(s); Non renseigné",
    "EDUCATIONS": "Sans diplôme; CAP / BEP; Bac; Bac + 2; Licence (Bac + 3/4); Master (Bac + 5); Doctorat;"
    " Non renseigné",
    "ORIGINS": "Originaire du Lot; Installé par choix de vie; Origine étrangère",
    "ACTIVITIES": "Activité déclarée; En projet",
    "TERRITORIES": "Cahors; Figeac; Gourdon",
    "BENEFITS": "RSA; RSA et prime d’activité; Prime d’activité uniquement; ARE spectacle; ASS; Aucun",
    "CONTRACT_KINDS": "CER; Contrat d’engagement",
    "EXIT_REASONS": "Revenus supérieurs; Emploi salarié; Régime de l’intermittence;"
    " Création ou reprise d’activité; Déménagement hors du Lot; Retraite; Fin de droits;"
    " Autre organisme référent; Suppression ou radiation; Autre",
}

AS_A_SENTENCE_SAYS = {
    "LEGAL_STATUSES": "artiste-auteur, micro-entreprise, entreprise individuelle ou société, intermittence,"
    " salariat, association, coopérative d’activité et d’emploi (CAE), portage, sans statut",
    "OBSTACLES": "logement, mobilité, contraintes familiales et garde d’enfants, difficultés financières,"
    " difficultés administratives, numérique, maîtrise du français, formation, isolement professionnel,"
    " atelier ou lieu de travail, accès aux droits et aux soins, aide à un proche (proche aidant)",
    "LEVERS": "adéquation profil/projet, formation, structures et partenaires, aide financière, étude du projet"
    " (jusqu’au deuil du projet et à la réorientation)",
    "AID_TYPES": "matériel et outillage, formation, mobilité, communication, lieu de diffusion ou exposition,"
    " création d’entreprise, comptabilité et gestion, autre",
}


def test_the_fourteen_tables_of_the_domain_are_declared():
    assert {name: table.label for name, table in FILES.items()} == FOURTEEN


@pytest.mark.parametrize("name", WORD_FOR_WORD)
def test_a_list_holds_the_values_of_the_domain_in_their_order(name):
    assert list(getattr(lists, name).values.values()) == WORD_FOR_WORD[name].split("; ")


@pytest.mark.parametrize("name", AS_A_SENTENCE_SAYS)
def test_a_list_holds_the_values_that_the_domain_tells_in_a_sentence(name):
    labels = [label.lower() for label in getattr(lists, name).values.values()]

    assert labels == AS_A_SENTENCE_SAYS[name].lower().split(", ")


def test_there_are_eleven_domains_of_intervention_and_four_reasons_not_to_orient():
    assert len(lists.INTERVENTION_DOMAINS.values) == 11
    assert len(lists.NOT_ORIENTED.values) == 4


@pytest.mark.parametrize("values", LISTS, ids=lambda values: values.name)
def test_codes_and_labels_of_a_list_are_told_apart(values):
    assert len(set(values.values.values())) == len(values.values)
    assert all(re.fullmatch(r"[a-z0-9_]+", code) for code in values.values)
    assert not any(";" in label for label in values.values.values())  # « ; » stands between several choices


def test_control_an_offending_field_is_reported_by_name():
    def check_field(_, field):
        assert field.name != "birth_date"

    (offender,) = list_offenders(EVERY_FIELD, check_field)

    assert len(EVERY_FIELD) > 100
    assert offender.startswith("person.birth_date: ")


def test_every_field_is_described():
    def check_field(_, field):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
        assert field.label
        assert field.label[0].isupper() or field.label[0].isdigit()
        assert field.help.endswith((".", "…", "fr", "?"))
        assert isinstance(field.privacy, Privacy)

    assert list_offenders(EVERY_FIELD, check_field) == []


def test_labels_are_told_apart_within_a_table():
    def check_field(table, column):
        assert [item.label for item in table.columns].count(column.label) == 1

    assert list_offenders(EVERY_COLUMN, check_field) == []


def test_only_a_grouped_field_says_how_it_is_published():
    def check_field(_, field):
        assert (field.published is not None) == (field.privacy is Privacy.GROUPED)

    assert list_offenders(EVERY_FIELD, check_field) == []


def test_free_text_is_never_published():
    def check_field(_, field):
        if isinstance(field.type, Text | Reference | References):
            assert field.privacy is Privacy.SECRET

    assert list_offenders(EVERY_FIELD, check_field) == []


def test_what_is_grouped_is_a_value_of_its_list():
    def check_field(_, field):
        if field.published and isinstance(field.type, Choice | Choices):
            codes = [code for codes in field.published.categories.values() for code in codes]
            assert set(codes) <= set(field.list.values)
            assert len(set(codes)) == len(codes)

    assert list_offenders(EVERY_FIELD, check_field) == []


def test_what_is_published_is_counted_by_a_figure_and_has_a_category_for_everybody_else():
    def check_field(_, field):
        if field.published:
            assert field.published.figure in FIGURES
            assert field.published.labels[field.published.category(None)] == field.published.rest
            assert field.published.category("a value added later") == field.published.category(None)

    assert list_offenders(EVERY_FIELD, check_field) == []


def test_a_reference_points_to_a_declared_table():
    def check_field(_, field):
        assert field.target is None or field.target in TABLES

    assert list_offenders(EVERY_FIELD, check_field) == []


@every_table
def test_marks_and_rules_speak_of_columns_that_exist(table):
    names = {item.name for item in table.columns}
    assert {mark.field for mark in table.highlights} <= names
    assert {rule.field for rule in table.rules} <= {item.name for item in table.fields}


def test_privacy_has_no_default():
    with pytest.raises(TypeError, match="privacy"):
        Field("name", "Nom", Text())  # type: ignore[call-arg]

    assert Field("name", "Nom", Text(), privacy=Privacy.SECRET).published is None
    assert next(item for item in dataclass_fields(Field) if item.name == "privacy").kw_only


def test_a_secret_field_cannot_be_published():
    with pytest.raises(ValueError, match="GROUPED"):
        Field("name", "Nom", Text(), privacy=Privacy.SECRET, published=Grouping("nom", "Nom", "gender", {}, "Autres"))


def test_a_table_cannot_name_a_field_it_does_not_have():
    with pytest.raises(ValueError, match="unknown"):
        OfficeTable("t", "T", "T", PERSON.fields, title=("nothing",), order=("last_name",))


def test_every_list_is_found():
    assert {field.list.name for table in TABLES.values() for field in table.columns if field.list} <= {
        values.name for values in LISTS
    }
