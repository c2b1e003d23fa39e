"""The check for sensitive words: it finds what a note should not hold, says why, and accepts everyday words."""

import re
import time
from datetime import date

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from db.demo.texts import load
from db.model.dictionary import TABLES
from db.model.lists import LISTS
from db.people.sensitive_words import NUMBER, found
from db.storage import connection

# ---- what it sees

SEEN = [
    ("santé", "Elle est en arrêt maladie depuis mars.", "est en arrêt maladie"),
    ("santé", "Suivi suspendu : CANCER du sein.", "CANCER"),
    ("santé", "A des problèmes de santé.", "problèmes de santé"),
    ("santé", "Santé fragile, rendez-vous écourté.", "Santé fragile"),
    ("santé", "Hospitalisée depuis lundi.", "Hospitalisée"),
    ("santé", "Son fils est à l’hôpital.", "fils est à l’hôpital"),
    ("santé", "Sa mère est sous tutelle.", "sous tutelle"),
    ("santé", "Très dépressive en ce moment.", "dépressive"),
    ("santé", "Depression, ne sort plus.", "Depression"),
    ("santé", "Burn-out en 2021.", "Burn-out"),
    ("santé", "A la RQTH depuis deux ans.", "RQTH"),
    ("santé", "Dossier MDPH en cours.", "MDPH"),
    ("santé", "Handicapé, travaille assis.", "Handicapé"),
    ("santé", "Elle est enceinte.", "est enceinte"),
    ("santé", "Enceinte de cinq mois.", "Enceinte de cinq mois"),
    ("santé", "Mal de dos, ne porte plus ses pièces.", "Mal de dos"),
    ("santé", "Mal au\u00a0dos.", "Mal au dos"),
    ("santé", "Suivi par un psychologue.", "Suivi par un psychologue"),
    ("santé", "Vu son médecin mardi.", "son médecin"),
    ("santé", "Allergique aux solvants.", "Allergique"),
    ("santé", "Problème d’alcool évoqué.", "Problème d’alcool"),
    ("santé", "De l’asthme l’empêche de poncer.", "asthme"),
    ("santé", "Elle va être opérée du genou.", "va être opérée"),
    ("religion", "Il est musulman et pratiquant.", "musulman"),
    ("religion", "Famille juive.", "juive"),
    ("religion", "Ne vient pas pendant le ramadan.", "ramadan"),
    ("religion", "Raisons religieuses.", "Raisons religieuses"),
    ("religion", "Témoin de Jéhovah.", "Témoin de Jéhovah"),
    ("religion", "Va à la messe le dimanche.", "Va à la messe"),
    ("opinions", "Syndiquée.", "Syndiquée"),
    ("opinions", "Membre du syndicat des artistes.", "Membre du syndicat"),
    ("opinions", "Adhérente de la CGT spectacle.", "Adhérente de la CGT"),
    ("opinions", "Se dit de gauche.", "Se dit de gauche"),
    ("opinions", "Militante, manque de temps.", "Militante"),
    ("vie sexuelle", "Homosexuel, rejeté par les siens.", "Homosexuel"),
    ("vie sexuelle", "Son orientation sexuelle.", "orientation sexuelle"),
    ("origine", "D’origine algérienne.", "D’origine algérienne"),
    ("origine", "Famille gitane.", "Famille gitane"),
    ("condamnations", "Condamné à six mois avec sursis.", "Condamné à six mois"),
    ("condamnations", "Sort de prison en juin.", "Sort de prison"),
    ("condamnations", "Violences conjugales.", "Violences conjugales"),
]


@pytest.mark.parametrize(("kind", "text", "words"), SEEN, ids=[words for _, _, words in SEEN])
def test_it_sees_the_words_as_they_were_typed(kind, text, words):
    assert (kind, words) in [(one.kind, one.words) for one in found(text)]


@pytest.mark.parametrize(
    "typed", ["dépression", "DÉPRESSION", "depression", "de\u0301pression", "dépressions", "d’une dépression"]
)
def test_neither_accents_nor_capitals_count(typed):
    assert [one.kind for one in found(f"Suite : {typed}.")] == ["santé"]


def test_what_was_seen_comes_in_the_order_of_the_text_and_once():
    assert [one.words for one in found("Ramadan, cancer, puis le Cancer, une incarcération")] == [
        "Ramadan",
        "cancer",
        "incarcération",
    ]


def test_every_kind_says_the_law_and_what_to_write_and_would_not_warn_of_it():
    whys = {one.kind: one.why for _, text, _ in SEEN for one in found(text)} | {
        one.kind: one.why for one in found(number())
    }

    assert whys.keys() == {"santé", "religion", "opinions", "vie sexuelle", "origine", "condamnations", NUMBER}
    for why in whys.values():
        assert re.search(r"RGPD, art\. (9|10)|loi Informatique et Libertés", why)
        instead = re.findall("« (.*?) »", why)
        assert instead
        assert not any(map(found, instead))


# ---- what it does not see


@pytest.mark.parametrize(
    "text",
    [
        "Concert de musique sacrée à l’église Saint-Étienne.",
        "Art religieux, restauration de statues de la cathédrale.",
        "Exposition à la chapelle, puis à la synagogue de la ville.",
        "Une Messe de Mozart, un Requiem, un opéra.",
        "Musique juive d’Europe centrale, calligraphie islamique, jazz manouche.",
        "Le Secours catholique prête une salle.",
        "L’association est en bonne santé financière.",
        "Mutuelle santé, complémentaire santé solidaire : dossier déposé à la CPAM.",
        "Caisse d’assurance maladie : attestation reçue.",
        "Atelier de théâtre pour personnes handicapées, accessible aux fauteuils roulants.",
        "Résidence à l’hôpital de Cahors, ateliers en prison, concert à l’EHPAD.",
        "Spectacle sur la dépression, pièce autour du cancer.",
        "Joue Le Malade imaginaire.",
        "Deux enceintes actives et une table de mixage.",
        "Le syndicat des artistes plasticiens tient une permanence ; syndicat d’initiative.",
        "Théâtre militant, affiche politique du XXe siècle.",
        "Problème de main-d’œuvre sur le chantier.",
        "Fracture numérique : pas de connexion.",
        "Greffe du tribunal de commerce, liquidation judiciaire.",
        "Résultats stupéfiants, démarches poursuivies pour le statut.",
        "Aspergé d’eau puis séché ; joue de la viole de gambe et opère lui-même la régie.",
        "Jeune artiste, de bonne foi.",
        "Le devis est à l’étude ; page de gauche, à droite de la scène.",
        "Le conseil a voté à l’unanimité la subvention.",
        "Marbre d’origine italienne, région d’origine, originaire de Figeac, origine étrangère.",
        "En arrêt d’activité depuis l’hiver ; le four est en arrêt de production.",
        "Mme Gay et M. Chrétien, galeristes.",
        "Souffre d’un manque de visibilité, moral meilleur.",
        "Accès aux droits et aux soins.",
        "Travaille la soudure TIG, vend des bijoux en toc, cure son puits.",
        "Converti au numérique.",
        "Période du covid : dates annulées.",
    ],
)
def test_it_is_quiet_on_everyday_words(text):
    assert found(text) == []


def every_text(value):
    """Return every text within the content of a TOML file or of a row."""
    if isinstance(value, str):
        yield from value.split("|")
        yield value.format_map(dict.fromkeys(re.findall(r"\{(\w+)\}", value), "x")) if "{" in value else value
    elif isinstance(value, dict):
        yield from (text for item in value.values() for text in every_text(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in every_text(item))


@pytest.mark.parametrize(
    "name", ["contracts", "crafts", "follow_up", "names", "network", "other_crafts", "people", "places", "training"]
)
def test_it_is_quiet_on_the_words_of_the_demonstration(name):
    texts = list(every_text(load(name)))

    assert len(texts) > 5
    assert [(text, found(text)) for text in texts if found(text)] == []


def test_it_is_quiet_on_every_row_of_the_demonstration(prepared):
    db = connection.open_file(prepared.demonstration(date(2026, 1, 15)))
    rows = [row for name in TABLES for row in db.execute(f'SELECT * FROM "{name}"').fetchall()]
    texts = {value for row in rows for value in row if isinstance(value, str)}

    assert len(texts) > 2000
    assert [(text, found(text)) for text in texts if found(text)] == []


def test_it_is_quiet_on_labels_and_values_of_lists():
    labels = {label for values in LISTS for label in (values.label, *values.values.values())}
    labels |= {label for table in TABLES.values() for label in (table.plural, *(field.label for field in table.fields))}

    assert [label for label in labels if found(label)] == []


# ---- the social security number


def number(body="1850578006084", corsica=""):
    """Return a made-up national number with its valid key."""
    digits = body.replace("2A", "19").replace("2B", "18")
    return f"{body}{97 - int(digits) % 97:02}"


@pytest.mark.parametrize("body", ["1850578006084", "2991246102333", "185052A006084", "299122B033012", "1634299100500"])
def test_it_sees_a_number_however_it_is_spaced(body):
    whole = number(body)
    parts = [whole[0], whole[1:3], whole[3:5], whole[5:7], whole[7:10], whole[10:13], whole[13:]]

    for typed in (
        whole,
        " ".join(parts),
        ".".join(parts),
        "\u00a0".join(parts),
        "-".join(parts),
        f"{whole[:13]} {whole[13:]}",
    ):
        assert [(one.kind, one.words) for one in found(f"n° sécu : {typed}, à noter")] == [
            (NUMBER, typed.replace("\u00a0", " "))
        ]


@pytest.mark.parametrize("typed", ["1850578006084", "2 99 12 46 102 333", "1 85 05 2A 006 084", "1 85 05 2b 006 084."])
def test_it_sees_a_number_without_its_key(typed):
    assert [one.kind for one in found(f"Sécu {typed}")] == [NUMBER]


@pytest.mark.parametrize(
    "typed",
    [
        "05 65 00 00 00",
        "+33 6 12 34 56 78",
        "01 23 45 67 89 06 12 34 56 78",
        "SIRET 732 829 320 00074",
        "12052701200034",
        "SIREN 120 527 012",
        "FR76 3000 1007 9412 3456 7890 185",
        "FR7630001007941234567890185",
        "9782070612758",
        "1 234,50 €, 2 500 € et 1 850 €",
        "12/05/2024 13/06/2024",
        "1 85 13 78 006 084",
        "1850500006084",
        "18505780060840",
        "185057800608400000",
        "A1850578006084",
    ],
)
def test_other_numbers_are_not_reported(typed):
    assert found(typed) == []


@examples(st.integers(0, 96))
def test_a_number_with_a_wrong_key_is_not_reported(key):
    right = number()
    wrong = f"{right[:13]}{key:02}"

    assert bool(found(wrong)) == (wrong == right)


# ---- whatever is typed


@examples(st.text())
def test_it_never_fails_and_only_says_what_is_there(text):
    for one in found(text):
        assert one.words in " ".join(text.split())


WORDS = st.sampled_from([words for _, _, words in SEEN])


@examples(st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=12).map(" \n".join))
def test_it_never_fails_on_its_own_words_in_disorder(text):
    for one in found(text):
        assert one.words in " ".join(text.split())


def seconds(text):
    """Return the shortest of a few runs, the one least disturbed by other work on the machine."""
    spent = []
    for _ in range(3):
        begun = time.process_time()
        found(text)
        spent.append(time.process_time() - begun)
    return min(spent)


@pytest.mark.parametrize(
    "part",
    [
        "a",
        " ",
        "a ",
        "1",
        "1 ",
        "1 85 05 78 006 08",
        "est très ",
        "problème de ",
        "psychiatr",
        "d’",
        "spectacle ",
        "é",
        "-",
        "spectacle sur la ",
    ],
)
def test_time_grows_as_the_text_does(part):
    """Eight times the text takes about eight times as long; quadratic time would take sixty-four."""
    short, long = ((part * 100_000)[:size] for size in (12_500, 100_000))

    assert seconds(long) < 24 * seconds(short) + 0.02
