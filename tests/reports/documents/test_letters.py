"""Letters as Word and PDF: each says its subject and no more, the address in the window; what is missing is named."""

import io
import zipfile

import pypdf
import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from db.attachments import files, sent_letters
from db.base.errors import PaletteError
from db.customise import edit, office_files
from db.model import attachment_rules
from db.model.dictionary import AID
from db.rows import access_log, operations, records
from reports.__main__ import cli
from reports.documents import copies, letter_page, letters, making
from reports.documents.letter_fields import Asked
from reports.documents.letter_texts import LETTERS
from reports.documents.making import Printed
from reports.documents.texts import DOCUMENTS
from tests.db.factories import insert, insert_aid, insert_person, insert_stage
from tests.reports.documents.test_contracts import pdf_text

TODAY = "2026-11-28"
PRIVATE = "Note de la collègue"
ALWAYS = ("12 chemin des Vignes", "46300 GOURDON", "Madame,", "Camille Vidal", "Conseillère", "28 novembre 2026")
ASKED = Asked("Devis signé\n- RIB", "2026-12-31", "Le devis est antérieur.")


@pytest.fixture
def person(db):
    found = insert_person(
        db, last_name="Roumégous", first_name="Zoé", gender="woman", note=PRIVATE, address="12 chemin des Vignes",
        postcode="46300", town="Gourdon", birth_date="1990-02-03",
    )  # fmt: skip
    db.execute("UPDATE setting SET signatory = 'Camille Vidal', signatory_capacity = 'Conseillère'")
    insert_stage(db, found, "accompaniment", "2024-02-01", "2025-01-31", note=PRIVATE)
    insert_stage(db, found, "accompaniment", "2025-09-01")
    return found


def printed(db, person):
    """Return every letter with a row that gives it: (letter, row) -> what it must say."""
    common = {"person_id": person, "note": PRIVATE}
    request = insert(
        db, "orientation", requested_on="2026-08-07", decided_on="2026-08-10", food_job=1, accompanied_elsewhere=0,
        needs_mobility=0, pathway="social", reasons=PRIVATE, **common,
    )  # fmt: skip
    aid = {"requested_on": "2026-10-01", "type": "equipment", "other_funders": PRIVATE, **common}
    granted = insert(db, "aid", **aid, decision="granted", requested=600_00, granted=450_00, decided_on="2026-10-20")
    refused = insert(db, "aid", **aid | {"type": "mobility"}, decision="refused", decided_on="2026-10-21")
    pending = insert(db, "aid", **aid | {"type": "training"}, decision="pending")
    meeting = {"minutes": 90, "way": "office", "purpose": PRIVATE, **common}
    coming = insert(db, "appointment", planned_on="2026-12-01", starts_at="14:30", state="planned", **meeting)
    missed = insert(db, "appointment", planned_on="2026-11-20", starts_at="09:00", state="absent", **meeting)
    left = insert(db, "exit", left_on="2026-11-25", scope="rsa", reason="struck_off", **common)
    stage = db.execute("SELECT min(id) FROM stage WHERE person_id = ?", (person,)).fetchone()[0]
    return {
        ("convocation", "appointment", coming): ("mardi 1er décembre 2026 à 14 h 30, dans nos bureaux", "1 h 30"),
        ("relance", "appointment", missed): ("vendredi 20 novembre 2026 à 9 h", "n’a pas eu lieu"),
        ("relance", "person", person): ("Nous n’avons pas encore pu échanger",),
        ("avis", "orientation", request): ("« Non orientée vers la CIPA »", "emploi alimentaire", "L311-3-1", "CADA"),
        ("attestation", "person", person): ("01/02/2024 31/01/2025", "01/09/2025 en cours"),
        ("aide", "aid", granted): ("450 €", "20/10/2026", "R421-1"),
        ("aide", "aid", refused): ("ne vous est pas accordée", "Motif : Le devis est antérieur.", "R421-1"),
        ("pieces", "aid", pending): ("• Devis signé • RIB", "avant le 31 décembre 2026", "L114-5"),
        ("fin", "exit", left): ("commencé le 1er septembre 2025, a pris fin le 25 novembre 2026",),
        ("fin", "stage", stage): ("commencé le 1er février 2024, a pris fin le 31 janvier 2025",),
    }


def flat(text):
    return " ".join(text.replace("-\n", "").replace("\u200b", "").split())


def test_each_letter_says_its_subject_address_signatory_and_nothing_private(db, person):
    wanted = printed(db, person)
    assert {name for name, _, _ in wanted} == {kind.name for kind in LETTERS}

    for key, words in wanted.items():
        one = Printed(*key)
        pdf = flat(pdf_text(making.pdf_bytes(db, [one], TODAY, ASKED)))
        word = flat(all_text(making.word_bytes(db, one, TODAY, ASKED)))
        always = (
            "12 chemin des Vignes",
            "46300 GOURDON",
            "Madame,",
            "Camille Vidal",
            "Conseillère",
            "28 novembre 2026",
        )
        for text in (pdf, word):
            assert [
                said for said in (*always, *words) if said not in text and said not in text.replace("- ", "-")
            ] == []
            assert [private for private in (PRIVATE, "radiation ou", "1990", "{{", "{%") if private in text] == []
        assert f"Réf. : dossier n° {person}" in pdf
        assert "Roumégous" not in pdf[pdf.index("Réf.") : pdf.index("Objet")]


def all_text(content):
    """Return all text of a letter in Word, a line break or cell as a space; headers, footers and those of page one."""
    section = (document := Document(io.BytesIO(content))).sections[0]
    parts = [section.first_page_header._element, document.element.body, section.first_page_footer._element]
    found = []
    for part in parts:
        for one in part.iter(qn("w:t"), qn("w:br"), qn("w:p")):
            found.append((one.text or "") if one.tag == qn("w:t") else " ")
    return "".join(found)


def test_the_address_stands_where_the_window_of_the_envelope_is(db, person):
    one = Printed("attestation", "person", person)
    page = pypdfium2.PdfDocument(making.pdf_bytes(db, [one], TODAY))[0]
    text = page.get_textpage()
    boxes = [text.get_rect(number) for number in range(text.count_rects())]
    mm = [(left * 25.4 / 72, 297 - top * 25.4 / 72, 297 - bottom * 25.4 / 72) for left, bottom, _, top in boxes]
    address = [(top, bottom) for left, top, bottom in mm if left >= 100 and bottom > 45 and top < 90]
    assert len(address) == 3
    assert min(top for top, _ in address) >= 55
    assert max(bottom for _, bottom in address) <= 79
    assert not [top for left, top, bottom in mm if left < 100 and bottom > 45 and top < 90]

    header = Document(io.BytesIO(making.word_bytes(db, one, TODAY))).sections[0].first_page_header._element
    frames = {
        "".join(paragraph.itertext()): {name.rpartition("}")[2]: value for name, value in frame.items()}
        for paragraph in header.iter(qn("w:p"))
        for frame in paragraph.iter(qn("w:framePr"))
    }
    (frame,) = [frame for text, frame in frames.items() if "46300 GOURDON" in text]
    left, top = (int(frame[name]) / 1440 * 25.4 for name in ("x", "y"))
    assert (round(left), round(top)) == (letter_page.ADDRESS_LEFT, letter_page.ADDRESS_TOP)
    assert {frame["vAnchor"], frame["hAnchor"]} == {"page"}


def test_what_is_missing_is_named_and_leaves_no_blank_line(db):
    person = insert_person(db, last_name="Sans", first_name="Lou", gender="other", town="Figeac")
    refused = insert_aid(db, person, None, decision="refused", decided_on=None, requested_on="2026-10-01")
    (about,) = letters.rows_about(db, "aid", [refused])

    lacking = letters.missing(db, DOCUMENTS["aide"], about, Asked())
    assert lacking[:2] == ["adresse", "code postal"]
    assert [
        words for words in ("motif du refus", "jour de la décision") if not any(words in one for one in lacking)
    ] == []
    assert letters.missing_of_office(db) == ["Signataire des lettres", "Qualité du signataire"]
    data = making.data_of(db, Printed("aide", "aid", refused), TODAY, Asked())
    assert data["document"]["destinataire"] == "Lou Sans\nFIGEAC"
    text = flat(pdf_text(making.pdf_bytes(db, [Printed("aide", "aid", refused)], TODAY)))
    assert "Motif : ………" in text
    assert "Bonjour," in text
    assert "Madame" not in text


def test_a_letter_is_offered_only_where_the_file_gives_it(db, person):
    wanted = set(printed(db, person))
    about = letters.rows_of_person(db, records.get(db, db.tables["person"], person))

    assert {(one.name, one.table, one.row) for one in letters.possible(db, about, TODAY)} == wanted
    nobody = insert_person(db, last_name="Neuve")
    (alone,) = letters.rows_of_person(db, records.get(db, db.tables["person"], nobody))
    assert [one.name for one in letters.possible(db, [alone], TODAY)] == ["relance"]
    request = insert(db, "orientation", person_id=nobody, requested_on="2026-08-07")
    (open_request,) = letters.rows_about(db, "orientation", [request])
    assert letters.why_not(db, DOCUMENTS["avis"], open_request, TODAY) == "l’avis n’est pas rendu"


def test_a_verdict_decided_otherwise_has_no_mention_and_asks_for_its_reason(db, person):
    request = insert(
        db, "orientation", person_id=person, requested_on="2026-08-07", decided_on="2026-08-10", food_job=0,
        accompanied_elsewhere=0, needs_mobility=0, override="no", override_reason=PRIVATE,
    )  # fmt: skip
    text = flat(pdf_text(making.pdf_bytes(db, [Printed("avis", "orientation", request)], TODAY)))

    assert "L311-3-1" not in text
    assert PRIVATE not in text
    assert "Motif : …" in text


def test_a_field_that_the_office_named_otherwise_keeps_its_name_in_templates(db, person):
    edit.change_field(db, AID, "requested", {"label": "Somme voulue"}, "Ada")
    aid = insert_aid(db, person, None, decision="pending", decided_on=None, requested_on="2026-10-01", requested=90_00)

    assert ("aide.montant_demande", "Somme voulue") in [
        (one.name, one.label) for one in making.usable_fields(db, "aide")
    ]
    assert "90 €" in flat(pdf_text(making.pdf_bytes(db, [Printed("pieces", "aid", aid)], TODAY)))


def test_a_template_whose_field_is_gone_is_named_in_a_sentence(db, person):
    document = Document(io.BytesIO(making.template(db, "relance")))
    document.add_paragraph("{{ personne.own_gone }}")
    content = io.BytesIO()
    document.save(content)
    office_files.put(db, "relance", content.getvalue(), "Ada")

    with pytest.raises(PaletteError, match="« Relance » demande un champ qui n’existe plus"):
        making.word_bytes(db, Printed("relance", "person", person), TODAY)


def kept(db, person):
    names = ("name", "kind", "aid_id", "size")
    return [tuple(row.values[name] for name in names) for row in records.of_person(db, db.tables["attachment"], person)]


def test_copies_are_kept_in_one_operation_and_once_more_only_when_asked(db, person):
    other = insert_person(db, last_name="Autre")
    aids = [insert_aid(db, one, 100_00, decided_on="2026-10-20") for one in (person, person, other)]
    some = [Printed("aide", "aid", aid) for aid in aids]
    content = copies.make(db, some, TODAY, Asked())

    whole, count = copies.take(db, content, "Ada", {})

    assert len(pypdf.PdfReader(io.BytesIO(whole)).pages) == 3
    assert count == 3
    name = "Décision d’aide du 28/11/2026"
    assert sorted(one[:3] for one in kept(db, person)) == [(name, "sent_letter", aid) for aid in aids[:2]]
    assert set(files.pictures(db, person)) == {row.id for row in records.of_person(db, db.tables["attachment"], person)}
    assert operations.last_of(db, "Ada", "attachment") is not None
    assert db.execute("SELECT count(*) FROM operation WHERE who = 'Ada'").fetchone() == (1,)
    assert copies.take(db, content, "Ada", {})[1] == 0
    again = dict.fromkeys(sent_letters.counts(db, [person]), 1)
    assert copies.take(db, content, "Ada", again)[1] == 2
    assert copies.take(db, content, "Ada", again)[1] == 0  # a second click on the same answer
    assert len(kept(db, other)) == 1


def test_a_file_that_is_full_keeps_nothing_of_any_letter_and_is_named(db, person, monkeypatch):
    other = insert_person(db, last_name="Autre")
    some = [Printed("relance", "person", one) for one in (other, person)]
    content = copies.make(db, some, TODAY, Asked())
    monkeypatch.setattr(attachment_rules, "MOST_OF_PERSON", 100)

    with pytest.raises(PaletteError, match="Roumégous Zoé.* passeraient"):
        copies.take(db, content, "Ada", {})
    assert kept(db, other) == kept(db, person) == []


def test_many_letters_in_word_are_a_zip_without_names(db, person):
    other = insert_person(db, last_name="Autre")
    some = [Printed("relance", "person", one) for one in (person, other)]

    with zipfile.ZipFile(io.BytesIO(making.zip_bytes(db, some, TODAY))) as file:
        assert file.namelist() == [f"relance-{one}.docx" for one in (person, other)]
        assert "Roumégous" in all_text(file.read(f"relance-{person}.docx"))


def test_the_verb_writes_one_letter_with_a_trace_and_refuses_another(db, path, person, tmp_path, capsys):
    words, target = ["letter", str(path), "attestation", str(person), "--who", "Ada", "--to"], tmp_path / "lettre.pdf"

    cli.main([*words, str(target)], standalone_mode=False)

    assert "Roumégous" in pdf_text(target.read_bytes())
    line = access_log.find(db, action="document")[0][0]
    assert (line.person_id, line.detail) == (person, f"Attestation d’accompagnement (person n° {person}), PDF")
    aid = insert_aid(db, person, None, decision="pending", decided_on=None, requested_on="2026-10-01")
    words[2:4] = ["aide", str(aid)]
    cli.main([*words, str(tmp_path / "aide.docx")], standalone_mode=False)
    assert "ni accordée ni refusée" in capsys.readouterr().err
    assert not (tmp_path / "aide.docx").exists()
