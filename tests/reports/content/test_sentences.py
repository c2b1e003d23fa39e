"""The sentence of each chart: true of its numbers, correct French in the singular and in ties, never empty."""

import re

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from db.figures.counting import Share
from reports.content import plots, sentences
from tests.reports.decimals import wrong_decimals

N = "\u202f"
MONTHS = ("2022-01", "2022-02", "2022-03")
LISTS = {
    "by_reason": ("income", "job", "intermittent", "unknown"),
    "gender": ("woman", "man", "other"),
    "age": ("0", "3", "4", "5", "unknown"),
    "household": ("alone", "couple", "unknown"),
    "seniority": ("0", "1", "4", "unknown"),
    "education": ("bac", "bac2", "unknown"),
    "origin": ("lot", "chosen", "unknown"),
    "territory": ("cahors", "figeac", "gourdon", "unknown"),
    "domain": ("crafts", "film", "other", "unknown"),
    "mode": ("standard", "light", "diagnostic"),
    "obstacles": ("housing", "mobility"),
    "interventions": ("coaching", "venues"),
    "appointments": ("came", "absent"),
    "news": ("out", "unknown"),
    "aids": ("equipment", "training"),
    "aids_counted": ("equipment", "training"),
    "ceiling": ("0", "1", "2", "3", "4", "unknown"),
    "engagement": ("signed", "cer", "none"),
    "signing": ("month", "later", "unsigned"),
    "action_kinds": ("training", "activity"),
}
EVERY = [plot.name for plot in plots.PLOTS]


def shares(*parts):
    return tuple(Share(code, label, value, *other) for code, label, value, *other in parts)


def sentence_of(name, **figures):
    """Return the sentence of a chart drawn from these figures alone."""
    return plots.make_chart(name, figures).reading


# --- the year of the source


SENTENCES = {
    "genre": f"54,0{N}% d’hommes, contre 46{N}% au niveau national.",
    "age": f"30,9{N}% ont 50 ans ou plus, contre 26{N}% au niveau national.",
    "reperes": (
        f"+{N}8,0 points pour la part d’hommes, +{N}4,9 points pour celle des 50 ans ou plus,"
        " par rapport au niveau national."
    ),
    "foyer": f"Personne seule d’abord : 90 personnes, soit 64,7{N}%.",
    "anciennete": f"46,0{N}% sont au RSA depuis moins de 2 ans.",
    "etudes": f"58,3{N}% ont un niveau Bac + 2 ou plus.",
    "domaine": f"Arts plastiques et visuels d’abord : 45 personnes, soit 32,4{N}%.",
    "sorties": f"43 sorties du RSA : revenus supérieurs d’abord (17, soit 39,5{N}%).",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_the_sentences_of_the_source(make_report, name):
    found = {chart.name: chart.reading for chart in make_report("2022").charts}

    assert found[name] == SENTENCES[name]


@pytest.mark.parametrize(
    ("name", "start"),
    [("contrats", "112 contrats, dont "), ("durees", f"En moyenne, 2,5{N}ans pour 35 accompagnements terminés et ")],
)
def test_the_sentences_of_the_source_begin_so(make_report, name, start):
    found = {chart.name: chart.reading for chart in make_report("2022").charts}

    assert found[name].startswith(start)


@pytest.mark.parametrize("when", ["2022", "2023-03-06"])
def test_every_number_on_screen_has_the_decimals_of_its_kind(make_report, when):
    shown = make_report(when)
    texts = [text for number in (*shown.numbers, *shown.shares) for text in (number.text, number.change)]
    for chart in shown.charts:
        texts += [chart.reading, *chart.total, *(text for row in chart.rows for text in chart.text_line(row))]
        texts += [chart.bar_label(row, index) for row in chart.rows for index in range(len(chart.series))]

    found, wrong = wrong_decimals("\n".join(texts))
    assert found > 100
    assert wrong == []


@pytest.mark.parametrize("when", ["2022", "2021", "2023-03-06", "2022-01-01/2022-06-30", "2019-01-01", "1950"])
def test_every_sentence_is_one(make_report, when):
    for chart in make_report(when).charts:
        assert_is_a_sentence(chart.reading)


def test_of_an_empty_period_every_chart_says_that_there_is_nothing(make_report):
    assert {chart.reading for chart in make_report("1950").charts} == {sentences.NOTHING}


def assert_is_a_sentence(text):
    assert re.fullmatch(r"\S.*\S", text)
    assert text.endswith(".")
    assert "  " not in text
    assert not re.search(r"\bNone\b|\bnan\b|\binf\b|[–{}]\.|: \.|, \.", text)
    assert not re.search(r"\b[01] (personnes|sorties|entrées|contrats|aides|interventions)\b", text)


@st.composite
def offices(draw):
    """Draw the figures of a tiny office, in the form of db/figures/counting.py."""
    few = st.integers(0, 3)
    found = {name: shares(*((code, f"Valeur {code}", draw(few)) for code in codes)) for name, codes in LISTS.items()}
    found |= {name: shares(*((code, code, draw(few)) for code in MONTHS)) for name in ("entries", "departures")}
    found["portfolio_by_month"] = shares(*((code, code, draw(few)) for code in MONTHS))
    found["contracts"] = shares(
        *((code, code, draw(few), draw(st.sampled_from(["first", "renewal"]))) for code in MONTHS)
    )
    for name, by in (("gender_by_age", "age"), ("gender_by_domain", "domain")):
        found[name] = shares(*((code, code, draw(few), other) for code in LISTS[by] for other in LISTS["gender"]))
    lengths = {other: draw(few) for other in ("ended", "ongoing")}
    found["lengths"] = shares(
        ("1", "Un an", 0, ""), *(("1", "Un an", value, other) for other, value in lengths.items())
    )
    years = st.floats(0, 30)
    found["mean_length_years"] = draw(years) if lengths["ended"] else None
    found["mean_length_years_ongoing"] = draw(years) if lengths["ongoing"] else None
    persons = sum(part.value for part in found["gender"])
    found["men"] = sum(part.value for part in found["gender"] if part.code == "man")
    found |= {name: draw(st.integers(0, persons)) for name in ("fifty_or_over", "bac2_or_over", "under_two_years")}
    found["contracts_in_force"] = draw(few)
    found["mean_days_to_sign"] = draw(st.none() | st.floats(0, 90))
    found["mean_contract_hours"] = draw(st.none() | st.floats(1, 35))
    found["assessed"] = max(part.value for part in found["obstacles"])
    return found


@settings(max_examples=60, deadline=None)
@examples(offices())
def test_no_sentence_of_any_office_is_empty_or_says_what_python_says(figures):
    for chart in plots.make_charts(figures).values():
        assert_is_a_sentence(chart.reading)
        assert (chart.reading == sentences.NOTHING) == chart.empty


# --- ties


def test_two_largest_values_are_a_tie():
    two = shares(("alone", "Personne seule", 3), ("couple", "Couple sans enfant", 3), ("other", "Autre", 2))

    assert (
        sentence_of("foyer", household=two)
        == f"Personne seule et couple sans enfant à égalité : 3 personnes, soit 37,5{N}%."
    )


def test_three_largest_values_are_a_tie():
    three = shares(*((code, f"Bac + {code}", 1) for code in "235"))

    assert sentence_of("foyer", household=three).startswith("Bac + 2, Bac + 3 et Bac + 5 à égalité : 1 personne,")


def test_the_exits_of_a_tie():
    level = shares(("income", "Revenus supérieurs", 4), ("job", "Emploi salarié", 4), ("x", "Intermittence", 3))

    assert sentence_of("sorties", by_reason=level) == (
        f"11 sorties du RSA : revenus supérieurs et emploi salarié à égalité (4, soit 36,4{N}%)."
    )


def test_the_unknown_part_is_never_the_largest_beside_a_known_value():
    level = shares(("alone", "Personne seule", 2), ("unknown", "Non renseigné", 2))
    more = shares(("alone", "Personne seule", 2), ("unknown", "Non renseigné", 9))

    assert sentence_of("foyer", household=level) == f"Personne seule d’abord : 2 personnes, soit 50,0{N}%."
    assert sentence_of("foyer", household=more) == f"Personne seule d’abord : 2 personnes, soit 18,2{N}%."
    assert sentence_of("foyer", household=more[1:]) == f"Non renseigné d’abord : 9 personnes, soit 100,0{N}%."


# --- one person, and nobody of some kind


def test_one_person_is_singular():
    assert sentence_of("foyer", household=shares(("alone", "Personne seule", 1))) == (
        f"Personne seule d’abord : 1 personne, soit 100,0{N}%."
    )
    assert sentence_of("sorties", by_reason=shares(("job", "Emploi salarié", 1))) == (
        f"1 sortie du RSA : emploi salarié d’abord (1, soit 100,0{N}%)."
    )
    assert sentence_of("interventions", interventions=shares(("c", "Coaching", 1))).startswith(
        "Coaching d’abord : 1 entretien ou démarche,"
    )
    month = shares(("2022-01", "2022-01", 1))
    assert sentence_of("portefeuille", portfolio_by_month=month) == "1 personne à la fin, entre 1 et 1 au fil des mois."


def test_without_men_the_share_of_men_is_zero():
    assert sentence_of("genre", gender=shares(("woman", "Femme", 4), ("man", "Homme", 0))) == (
        f"0,0{N}% d’hommes, contre 46{N}% au niveau national."
    )


@pytest.mark.parametrize(
    ("came", "left", "sentence"),
    [
        (1, 0, "1 entrée, 0 sortie : le portefeuille gagne 1 personne."),
        (0, 1, "0 entrée, 1 sortie : le portefeuille perd 1 personne."),
        (5, 3, "5 entrées, 3 sorties : le portefeuille gagne 2 personnes."),
        (2, 2, "2 entrées, 2 sorties : le portefeuille reste égal."),
    ],
)
def test_movements(came, left, sentence):
    months = {name: shares(("2022-01", "2022-01", value)) for name, value in (("entries", came), ("departures", left))}

    assert sentence_of("mouvements", portfolio_by_month=shares(("2022-01", "2022-01", 9)), **months) == sentence


def test_a_mean_over_nobody_is_left_out():
    one = shares(("1", "Un an", 3, "ended"))
    other = shares(("1", "Un an", 3, "ongoing"))

    assert sentence_of("durees", lengths=one, mean_length_years=1.5, mean_length_years_ongoing=None) == (
        f"En moyenne, 1,5{N}an pour 3 accompagnements terminés."
    )
    assert sentence_of("durees", lengths=other, mean_length_years=None, mean_length_years_ongoing=2.5) == (
        f"En moyenne, 2,5{N}ans pour 3 accompagnements en cours."
    )


# --- what each of the others says


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({"0": 3, "1": 1, "3": 1, "4": 1}, "3 personnes sur 6 ont reçu une aide ; 2 ont atteint le plafond."),
        ({"0": 3, "3": 1}, "1 personne sur 4 a reçu une aide ; 1 a atteint le plafond."),
        ({"0": 3, "1": 0}, "0 personne sur 3 a reçu une aide ; 0 a atteint le plafond."),
    ],
)
def test_aids_and_the_ceiling(counts, sentence):
    assert sentence_of("plafond", ceiling=shares(*((code, code, value) for code, value in counts.items()))) == sentence


def test_aids_are_a_sum_a_number_and_the_first_type():
    aids = shares(("a", "Formation", 100_50), ("b", "Matériel", 300_00))
    counted = shares(("a", "Formation", 2), ("b", "Matériel", 1))

    assert (
        sentence_of("aides", aids=aids, aids_counted=counted)
        == f"400,50{N}€ accordés en 3 aides ; matériel d’abord (74,9{N}%)."
    )


def test_obstacles_are_of_those_who_have_a_diagnostic():
    assert sentence_of("freins", obstacles=shares(("a", "Logement", 3), ("b", "Mobilité", 1)), assessed=12) == (
        f"Logement d’abord : 3 personnes sur 12 ayant un diagnostic, soit 25,0{N}%."
    )


@pytest.mark.parametrize(
    ("counts", "running", "sentence"),
    [
        (
            (5, 2, 1), 7,
            f"3 personnes accompagnées sur 8 n’ont pas de contrat d’engagement signé, soit 37,5{N}% ;"
            " 7 contrats en cours, CER compris.",
        ),
        (
            (0, 1, 0), 1,
            f"1 personne accompagnée sur 1 n’a pas de contrat d’engagement signé, soit 100,0{N}% ;"
            " 1 contrat en cours, CER compris.",
        ),
        (
            (2, 0, 0), 2,
            "Chaque personne accompagnée a un contrat d’engagement signé ; 2 contrats en cours, CER compris.",
        ),
    ],
)  # fmt: skip
def test_persons_accompanied_without_a_contract(counts, running, sentence):
    parts = shares(*zip(("signed", "cer", "none"), ("Signé", "CER en cours", "Aucun contrat"), counts, strict=True))

    assert sentence_of("engagement", engagement=parts, contracts_in_force=running) == sentence


@pytest.mark.parametrize(
    ("counts", "days", "sentence"),
    [
        (
            (6, 1, 1), 18.5,
            f"6 orientations sur 8 suivies d’un contrat signé dans le mois, soit 75,0{N}% ;"
            f" en moyenne 19{N}jours de la notification à la signature.",
        ),
        (
            (1, 0, 1), 1.4,
            f"1 orientation sur 2 suivie d’un contrat signé dans le mois, soit 50,0{N}% ;"
            f" en moyenne 1{N}jour de la notification à la signature.",
        ),
        ((0, 0, 3), None, f"0 orientation sur 3 suivie d’un contrat signé dans le mois, soit 0,0{N}%."),
    ],
)  # fmt: skip
def test_signed_within_a_month(counts, days, sentence):
    parts = shares(*zip(("month", "later", "unsigned"), ("Dans le mois", "Après", "Pas signé"), counts, strict=True))

    assert sentence_of("signature", signing=parts, mean_days_to_sign=days) == sentence


@pytest.mark.parametrize(
    ("hours", "end"),
    [
        (14.6, f" ; en moyenne 14,6{N}heures par semaine et par contrat d’engagement."),
        (1.5, f" ; en moyenne 1,5{N}heure par semaine et par contrat d’engagement."),
        (None, "."),
    ],
)
def test_kinds_of_actions_and_hours(hours, end):
    kinds = shares(("training", "2° Formation", 2), ("activity", "6° Pérenniser ou développer une activité", 2))

    assert sentence_of("actions", action_kinds=kinds, mean_contract_hours=hours) == (
        f"2° Formation et 6° Pérenniser ou développer une activité à égalité : 2 actions, soit 50,0{N}%{end}"
    )


def test_women_of_domains_leave_out_domains_of_very_few():
    domain = shares(
        ("a", "Artisanat d’art", 10), ("b", "Spectacle vivant", 5), ("c", "Cinéma", 4), ("other", "Autres", 8)
    )
    gender = shares(("woman", "Femme", 12), ("man", "Homme", 15))
    women = {"a": 2, "b": 4, "c": 0, "other": 6}
    crossed = [(part.code, part.label, women[part.code], "woman") for part in domain]
    crossed += [(part.code, part.label, part.value - women[part.code], "man") for part in domain]

    assert sentence_of("domaine-genre", domain=domain, gender=gender, gender_by_domain=shares(*crossed)) == (
        f"Part des femmes : de 20,0{N}% (artisanat d’art) à 80,0{N}% (spectacle vivant)."
    )


def test_the_largest_band_of_the_pyramid():
    age = shares(("2", "30–39 ans", 5), ("3", "40–49 ans", 9), ("4", "50–59 ans", 0))
    gender = shares(("woman", "Femme", 6), ("man", "Homme", 7), ("other", "Autre ou non précisé", 1))
    crossed = shares(
        ("2", "", 2, "woman"), ("2", "", 3, "man"), ("3", "", 4, "woman"), ("3", "", 4, "man"), ("3", "", 1, "other")
    )

    assert sentence_of("pyramide", age=age, gender=gender, gender_by_age=crossed) == (
        "La tranche la plus nombreuse est celle des 40–49 ans : 4 femmes, 4 hommes, 1 autre ou non précisé."
    )


def test_below_the_national_level_is_a_minus():
    gender = shares(("woman", "Femme", 80), ("man", "Homme", 20))

    assert sentence_of("reperes", gender=gender, men=20, fifty_or_over=27) == (
        f"−{N}26,0 points pour la part d’hommes, +{N}1,0 point pour celle des 50 ans ou plus,"
        " par rapport au niveau national."
    )


def test_a_place_keeps_its_capital_in_a_tie():
    level = shares(("cahors", "Cahors", 2), ("figeac", "Figeac", 2))
    assert sentence_of("territoire", territory=level).startswith("Cahors et Figeac à égalité")


def test_labels_within_a_tie_of_three_are_all_written_alike():
    three = shares(*((label, label, 1) for label in ("Personne seule", "Couple", "Famille")))
    assert sentence_of("foyer", household=three).startswith("Personne seule, couple et famille à égalité")


def test_one_contract_is_singular():
    month = shares(("2022-01", "2022-01", 1, "first"))
    assert (
        sentence_of("contrats", contracts=month, portfolio_by_month=month)
        == "1 contrat, dont 1 premier et 0 renouvellement."
    )


def test_one_woman_is_singular():
    age, gender = shares(("3", "40–49 ans", 1)), shares(("woman", "Femme", 1), ("man", "Homme", 0))
    assert sentence_of("pyramide", age=age, gender=gender, gender_by_age=shares(("3", "", 1, "woman"))) == (
        "La tranche la plus nombreuse est celle des 40–49 ans : 1 femme, 0 homme."
    )


def test_one_length_is_singular():
    one = shares(("1", "Un an", 1, "ended"), ("1", "Un an", 1, "ongoing"))
    told = sentence_of("durees", lengths=one, mean_length_years=1.2, mean_length_years_ongoing=2.0)
    assert told == f"En moyenne, 1,2{N}an pour 1 accompagnement terminé et 2,0{N}ans pour 1 accompagnement en cours."


def test_one_diagnostic_is_singular():
    assert "des 1 personne qui ont" not in sentence_of("freins", obstacles=shares(("a", "Logement", 1)), assessed=1)


def test_no_men_and_nobody_of_fifty_is_far_from_the_national_level_not_nothing():
    told = sentence_of("reperes", gender=shares(("woman", "Femme", 5)), men=0, fifty_or_over=0)
    assert told.startswith(f"−{N}46,0 points pour la part d’hommes, −{N}26,0 points")


def test_level_with_the_nation_has_no_minus():
    told = sentence_of(
        "reperes", gender=shares(("woman", "Femme", 540), ("man", "Homme", 460)), men=460, fifty_or_over=260
    )
    assert "−\u202f0" not in told


# --- under a filter


def under(name, chosen, **figures):
    """Return the sentence of a chart counted under a selection."""
    return plots.make_chart(name, figures, chosen).reading


GENDER = shares(("woman", "Femme", 65), ("man", "Homme", 77))
WOMEN = {"gender": ("woman",)}


def test_among_women_the_share_of_50_or_over_is_of_women_and_that_of_men_is_left_out():
    """The case of the issue: 27 of 65 are 41,5 %, not 19,0 % of everybody's 142."""
    chart = plots.make_chart("reperes", {"gender": GENDER, "men": 77, "fifty_or_over": 27}, WOMEN)

    assert [chart.text_line(row) for row in chart.rows] == [["50 ans ou plus", f"41,5{N}%", f"26{N}%"]]
    assert chart.reading == (
        f"+{N}15,5 points pour la part des 50 ans ou plus, par rapport à l’ensemble des bénéficiaires du RSA au niveau"
        " national."
    )
    assert chart.among == ("Femme",)


def test_a_share_of_what_is_selected_itself_gives_way_to_what_was_selected():
    assert under("genre", WOMEN, gender=GENDER) == f"Femme : 65 personnes sur 142, soit 45,8{N}%."
    assert (
        under("genre", {"gender": ("woman",), "age": ("4", "5")}, gender=GENDER)
        == f"Femme : 65 personnes sur 142, soit 45,8{N}%."
    )


def test_with_both_shares_selected_nothing_is_beside_the_national_level():
    chosen = {"gender": ("woman",), "age": ("4",)}

    assert under("reperes", chosen, gender=GENDER, men=0, fifty_or_over=27) == "Rien à montrer avec ces filtres."


def test_a_national_level_says_that_it_is_not_of_the_selected_persons():
    assert under("genre", {"domain": ("crafts",)}, gender=GENDER) == (
        f"54,2{N}% d’hommes, contre 46{N}% de l’ensemble des bénéficiaires du RSA au niveau national."
    )


def test_movements_of_one_selected_side_are_no_balance():
    months = shares(("2022-01", "2022-01", 4), ("2022-02", "2022-02", 1))
    figures = {"entries": months, "departures": months, "portfolio_by_month": months}

    assert under("mouvements", {"entries": ("2022-01",)}, **figures) == "Janv. : 4 entrées."
