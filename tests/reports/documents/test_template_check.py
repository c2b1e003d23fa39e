"""A Word template of an office: every unknown field and open block is refused with its place; nothing else runs."""

import io
import json
import zipfile

import pytest
from docx import Document
from docx.oxml.ns import qn

from db.base.errors import InvalidError
from reports.documents import making, template_check, word
from reports.documents.texts import DOCUMENTS


@pytest.fixture
def known(db):
    return [field.name for field in making.usable_fields(db, "engagement")]


def with_paragraphs(*texts, header=""):
    """Return the shipped template with these paragraphs at its end."""
    document = Document(io.BytesIO(word.shipped("engagement")))
    for text in texts:
        document.add_paragraph(text)
    if header:
        document.sections[0].header.add_paragraph(header)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def problems(content, known):
    """Return what the helper process would answer, without starting one."""
    return list(template_check.answer(json.dumps(known).encode() + b"\n" + content))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_templates_of_palette_pass(db, name):
    assert problems(word.shipped(name), [field.name for field in making.usable_fields(db, name)]) == []


@pytest.mark.parametrize(
    "texts",
    [
        ["Bonjour {{ personne.prenom|upper }}"],
        ["{%p if contrat.au and not contrat.projet_d_activite %}", "x", "{%p else %}", "y", "{%p endif %}"],
        ["{%p for une in actions_precedentes %}", "{{ une.objectif }} : {{ une.etat }}", "{%p endfor %}"],
        ["Une accolade { seule, 100 % et {# un commentaire #}"],
    ],
)
def test_what_a_template_may_say(known, texts):
    assert problems(with_paragraphs(*texts), known) == []


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["Bonjour {{ inconnu }}"], "« inconnu » n’est pas un champ connu"),
        (["{{ contrat.inconnu }}"], "« contrat.inconnu » n’est pas un champ connu"),
        (["{{ action.objectif }}"], "« action.objectif » n’est pas un champ connu"),
        (["{{ actions.objectif }}"], "« actions.objectif » n’est pas un champ connu"),
        (["{% if contrat.du %}"], "« if » n’est pas refermé"),
        (["{% endif %}"], "« endif » sans « if »"),
        (["{% for a in actions %}", "{% endif %}"], "« endif » sans « if »"),
        (["{{ contrat.du"], "une accolade n’est pas refermée"),
        (["{{ contrat. }}"], "ne se lit pas"),
        (["{{ ''.__class__.__mro__ }}"], "n’est pas permis"),
        (["{{ contrat.du.__class__ }}"], "n’est pas permis"),
        (["{{ 'x' * 1000000000 }}"], "n’est pas permis"),
        (["{{ range(1000000000) }}"], "n’est pas permis"),
        (["{{ contrat.du|attr('x') }}"], "n’est pas permis"),
        (["{% for a in range(9) %}", "{% endfor %}"], "seules actions et actions_precedentes se parcourent"),
        (["{% set x = 1 %}"], "« set » n’est pas permis"),
        (["{% include '/etc/passwd' %}"], "« include » n’est pas permis"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(known, texts, reason):
    place, text, said = problems(with_paragraphs(*texts), known)[0]

    assert reason in said
    assert place.startswith("texte, paragraphe ")
    assert text in texts


def test_the_process_answers_with_place_and_text(known):
    last = len(list(Document(io.BytesIO(word.shipped("engagement"))).element.body.iter(qn("w:p")))) + 1
    with pytest.raises(InvalidError) as refused:
        template_check.check(with_paragraphs("Bonjour {{ inconnu }}"), known)

    assert str(refused.value) == (
        f"texte, paragraphe {last} : « inconnu » n’est pas un champ connu. Texte : « Bonjour {{{{ inconnu }}}} »."
    )
    template_check.check(word.shipped("engagement"), known)


def test_a_header_is_read_as_well_and_properties_hold_no_field(known):
    with pytest.raises(InvalidError, match="en-tête, paragraphe 8 : « x » n’est pas un champ connu"):
        template_check.check(with_paragraphs(header="{{ x }}"), known)
    document = Document(io.BytesIO(word.shipped("cer")))
    document.core_properties.title = "{{ 'x' * 1000000000 }}"
    content = io.BytesIO()
    document.save(content)
    with pytest.raises(InvalidError, match="propriétés du document : aucun champ n’y est permis"):
        template_check.check(content.getvalue(), known)


def bomb():
    """Return a DOCX of a few kilobytes whose text takes a gigabyte."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(word.shipped("cer"))) as good,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in good.namelist():
            if name != "word/document.xml":
                bad.writestr(name, good.read(name))
        with bad.open("word/document.xml", "w", force_zip64=True) as file:
            for _ in range(1_000):
                file.write(b" " * 1_000_000)
    return content.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 abime", b"%PDF-1.7 un PDF", None])
def test_a_file_that_is_no_template_is_refused_in_french(known, content):
    with pytest.raises(InvalidError, match="n’est pas un document Word|trop gros"):
        template_check.check(bomb() if content is None else content, known)
