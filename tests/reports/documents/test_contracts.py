"""A contract as Word and PDF: every part that the law asks for, nothing private, « projet » until it is signed."""

import io
import zipfile

import pypdf
import pytest
from docx import Document
from PIL import Image

from db.customise import office_files
from db.rows import access_log, records
from reports.__main__ import cli
from reports.documents import logo, making, word
from reports.documents.contract_texts import PARTS
from reports.documents.texts import DOCUMENTS
from tests.db.factories import insert, insert_contract, insert_diagnostic, insert_person

TODAY = "2026-11-28"
TEXTS = {
    "referent": "Camille Vidal", "objectives": "• Vendre deux pièces par mois", "arrangement": "adapted", "hours": 12,
    "person_commitments": "• Tenir un tableau de recettes", "office_commitments": "• Un entretien par mois",
    "project": "Un atelier de céramique à Figeac", "next_update_on": "2027-03-01",
    "person_words": "Je veux vivre de la terre.",
}  # fmt: skip
PRIVATE = ("Dettes de loyer", "Manque de confiance", "À surveiller", "Notes de la collègue")
"""What the officer notes for herself, in places that no document may read."""


@pytest.fixture
def person(db):
    found = insert_person(
        db, last_name="Roumégous", first_name="Zoé", birth_date="1998-03-24", town="Gourdon", note=PRIVATE[0]
    )
    insert_diagnostic(db, found, "2026-09-01", "2026-10-30", potential=PRIVATE[1], conclusion=PRIVATE[1])
    return found


def signed(db, person, signed_on="2026-11-16", **values):
    contract = insert_contract(
        db, person, signed_on, "2026-12-01", None, **{"kind": "engagement", "review": PRIVATE[2], **TEXTS, **values}
    )
    partner = insert(db, "partner", name="La Grange", note=PRIVATE[3])
    for objective, state, values in (
        (
            "Visiter trois ateliers",
            "todo",
            {"kind": "activity", "hours": 8, "supervision": "alone", "partner_id": partner},
        ),
        ("Chercher un local", "dropped", {}),
    ):
        insert(
            db, "action", person_id=person, cer_id=contract, objective=objective, state=state, note=PRIVATE[3], **values
        )
    return contract


def word_text(content):
    """Return all text of a DOCX, headers included, and the raw XML of the headers."""
    document = Document(io.BytesIO(content))
    parts = [document.element.body, *(section.header._element for section in document.sections)]
    return "\n".join(text for part in parts for text in part.itertext())


def pdf_text(content):
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "\n".join(page.extract_text().replace("\xad", "-") for page in pages)


def document(db, contract):
    return making.of_contract(contract, records.get(db, db.tables["cer"], contract).values)


def pdf(db, *contracts):
    return making.pdf_bytes(db, [document(db, contract) for contract in contracts], TODAY)


def both(db, contract):
    return word_text(making.word_bytes(db, document(db, contract), TODAY)), pdf_text(pdf(db, contract))


SAID = {
    "parties": ("Zoé Roumégous", "24/03/1998", "Département du Lot"), "diagnostic": ("terminé le 30/10/2026",),
    "office": ("Référent unique : Camille Vidal", "Un entretien par mois"),
    "person": ("avec assiduité", "informations exactes", "Tenir un tableau de recettes"),
    "plan": ("Visiter trois ateliers", "6° Pérenniser", "En autonomie, La Grange", "Vendre deux pièces par mois"),
    "hours": ("12 h par semaine", "Aménagée"), "project": ("Un atelier de céramique à Figeac",),
    "recourse": ("tribunal administratif", "deux mois"), "update": ("01/12/2026", "01/03/2027"),
    "signatures": ("Fait à Cahors", "16/11/2026", "Le référent unique, Camille Vidal"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["engagement", "actualisation"])
def test_every_part_that_the_law_asks_for_has_its_block(name):
    assert {block.part for block in DOCUMENTS[name].blocks} - {""} == set(PARTS) == set(SAID)


def test_both_documents_say_every_part_and_nothing_that_the_officer_notes(db, person):
    contract = signed(db, person)

    for text in both(db, contract):
        flat = " ".join(text.replace("-\n", "").split())
        for part, words in SAID.items():
            for said in words:
                assert said in flat, (part, said)
        assert "Je veux vivre de la terre." in flat
        assert "Chercher un local" not in flat
        assert [private for private in PRIVATE if private in flat] == []
        assert "PROJET" not in flat


def test_project_stands_across_until_the_contract_is_signed(db, person):
    contract = signed(db, person, signed_on=None)
    pages = pypdf.PdfReader(io.BytesIO(pdf(db, contract))).pages

    assert all("PROJET" in page.extract_text() for page in pages)
    with zipfile.ZipFile(io.BytesIO(making.word_bytes(db, document(db, contract), TODAY))) as file:
        headers = [file.read(name).decode() for name in file.namelist() if "header" in name]
    assert any('string="PROJET"' in header for header in headers)


def test_an_update_says_what_the_actions_before_came_to(db, person):
    before = signed(db, person, next_update_on="2026-12-05")
    following = insert_contract(
        db, person, None, "2026-12-10", None, kind="engagement", rank="update", replaces_id=before, **TEXTS
    )

    for text in both(db, following):
        flat = " ".join(text.split())
        assert "Actualisation du contrat d’engagement" in flat
        assert "Chercher un local" in flat
        assert "Abandonnée" in flat


def test_a_computed_verdict_is_explained_and_one_decided_otherwise_is_not(db, person):
    contract = signed(db, person)
    request = insert(
        db, "orientation", person_id=person, requested_on="2026-08-07", decided_on="2026-08-10", food_job=0,
        accompanied_elsewhere=0, needs_mobility=0,
    )  # fmt: skip

    assert all("L311-3-1" in text for text in both(db, contract))
    db.execute("UPDATE orientation SET override = 'yes', override_reason = 'Vu' WHERE id = ?", (request,))
    assert not any("L311-3-1" in text for text in both(db, contract))


def test_a_text_is_never_read_as_a_field_nor_as_markup(db, person):
    odd = "{{ personne.nom }} <b>gras</b> & #emph[x] {% for %}"
    contract = signed(db, person, objectives=odd)

    for text in both(db, contract):
        assert odd in " ".join(text.split())


def test_the_office_prints_with_its_own_template_until_it_goes_back(db, person):
    contract = signed(db, person)
    document = Document(io.BytesIO(word.shipped("engagement")))
    document.add_paragraph("Mots du bureau pour {{ personne.prenom }}")
    content = io.BytesIO()
    document.save(content)
    office_files.put(db, "engagement", content.getvalue(), "Ada")

    assert "Mots du bureau pour Zoé" in both(db, contract)[0]
    office_files.remove(db, "engagement", "Ada")
    assert "Mots du bureau" not in both(db, contract)[0]
    assert [line.detail for line in access_log.find(db, action="template")[0]] == [
        "engagement (celui de Palette)", "engagement",
    ]  # fmt: skip


def test_the_logo_is_written_anew_and_stands_in_both(db, person):
    contract = signed(db, person)
    source = io.BytesIO()
    Image.new("RGB", (2400, 1200), "teal").save(source, "JPEG", comment=b"pris par Ada")
    office_files.put(db, office_files.LOGO, logo.normalised(source.getvalue()), "Ada")

    kept = office_files.get(db, office_files.LOGO) or b""
    assert kept.startswith(b"\x89PNG")
    assert b"Ada" not in kept
    with zipfile.ZipFile(io.BytesIO(making.word_bytes(db, document(db, contract), TODAY))) as file:
        assert any(name.startswith("word/media/") for name in file.namelist())
    assert any(page.images for page in pypdf.PdfReader(io.BytesIO(pdf(db, contract))).pages)


def test_many_contracts_are_one_pdf_or_a_zip_of_word_files(db, person):
    first = signed(db, person)
    others = [signed(db, insert_person(db, last_name=f"Nom{number}")) for number in range(3)]
    steps = []

    some = [document(db, contract) for contract in (first, *others)]
    content = making.pdf_bytes(db, some, TODAY, tick=lambda share, step: steps.append(share))

    text = pdf_text(content)
    assert all(f"Nom{number}" in text for number in range(3))
    assert steps == sorted(steps)
    with zipfile.ZipFile(io.BytesIO(making.zip_bytes(db, some, TODAY))) as file:
        assert file.namelist() == [f"contrat-{contract}.docx" for contract in (first, *others)]


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_the_verb_writes_one_contract_and_leaves_a_trace(db, path, person, tmp_path, ending):
    contract, target = signed(db, person), tmp_path / f"contrat.{ending}"

    cli.main(["contract", str(path), str(contract), "--to", str(target), "--who", "Ada"], standalone_mode=False)

    read = word_text if ending == "docx" else pdf_text
    assert "Roumégous" in read(target.read_bytes())
    line = access_log.find(db, action="document")[0][0]
    assert (line.who, line.person_id, line.detail) == ("Ada", person, f"Contrat n° {contract}, {ending.upper()}")


def test_a_cer_of_the_past_prints_as_a_cer(db, person):
    cer = insert_contract(db, person, "2023-01-02", "2023-01-02", "2023-12-31", objectives="Exposer")

    assert document(db, cer).name == "cer"
    assert all("Contrat d’engagements réciproques" in text and "Exposer" in text for text in both(db, cer))
