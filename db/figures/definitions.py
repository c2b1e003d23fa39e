"""The definition of every figure, once: what it counts, in words and in SQL. Data only. Source: docs/domain.md § 4.

A figure counts the rows of a *population*, one of the tables of the WITH clause in populations.py (persons followed,
exits…), or the rows of a table. The words of ``means`` stand beside the SQL that they describe; users read these very
words.
"""
# fmt: off

from dataclasses import dataclass
from typing import Any

from db.figures.populations import CEILING_PART, DIMENSIONS, LENGTH_BANDS, band, kept, listed
from db.model import domain_rules
from db.model.dictionary import PERSON
from db.model.lists import (
    ACTION_KINDS,
    AFTER_EXITS,
    AID_TYPES,
    APPOINTMENT_STATES,
    CONTRACT_SITUATIONS,
    EXIT_REASONS,
    INTERVENTION_DOMAINS,
    OBSTACLES,
)

NATIONAL = {"men": 46, "fifty_or_over": 26}
"""Percent of the persons on the RSA in France, as the source document gives them."""
VERSION = 1
"""Raised when an existing figure counts differently; a frozen report records under which version it was counted."""


@dataclass(frozen=True)
class Figure:
    """A figure in words (``means``) and in SQL: one row of ``source`` for each thing counted.

    ``person``: SQL of the person it belongs to. ``by``: SQL of the code that divides it, labelled by ``values``.
    ``other``: a second code. ``value``: SQL of the number itself.
    """

    label: str
    means: str
    source: str
    where: str = "1"
    person: str = "id"
    by: str = ""
    values: str = ""
    other: str = ""
    each: str = ""
    """A table of the WITH clause, for each row of which ``source`` is counted anew; ``by`` is one of its columns. Faster
    than a join where most rows of the source count for most of its rows."""
    value: str = "count(*)"
    unit: str = "person"
    """What is counted (person, exit, contract, diagnostic, orientation, action, intervention, appointment, aid), or the unit of a sum
    or mean (cents, years, days, hours)."""
    short: str = ""
    """A shorter label."""
    leaves: tuple[str, ...] = ()
    """The figures whose selection does not narrow this one, beside its own: the dimensions that divide it, and those
    drawn in one chart with it, so that all numbers of a chart are of the same persons."""


def _by(name: str, label: str, means: str) -> Figure:
    return Figure(label, means, "profile", by=name, values=DIMENSIONS[name].values)


def _of_person(name: str, means: str) -> Figure:
    return _by(name, PERSON.field(name).label, means)


def _dated(label: str, means: str, table: str, day: str, unit: str, **shared: Any) -> Figure:
    where = f"{kept('r')} AND r.{day} BETWEEN :since AND :last"
    return Figure(label, means, f"{table} r", where, "r.person_id", unit=unit, **shared)


def _monthly(label: str, means: str, source: str) -> Figure:
    return Figure(label, means, source, by="substr(day, 1, 7)", values="months", leaves=("entries", "departures"))


_FOLLOWED = "Personnes avec une étape de diagnostic ou d’accompagnement"
_AID_DAY = domain_rules.AID_DAY.format(aid="r")
_GRANTED = (
    "aid r",
    f"{kept('+r')} AND {domain_rules.counts_under_ceiling('+r')} AND {_AID_DAY} BETWEEN :since AND :last",
    "r.person_id",
)
_LENGTH = "du premier jour du premier au dernier jour du dernier accompagnement, en années de 365,25 jours"
_SHARES = "parmi les personnes suivies (un jour : en portefeuille)."

FIGURES: dict[str, Figure] = {
    "followed": Figure(
        "Personnes suivies", f"{_FOLLOWED} en cours au moins un jour de la période.", "followed", short="Personnes suivies",
    ),
    "portfolio": Figure("Personnes en portefeuille", f"{_FOLLOWED} en cours ce jour.", "followed", short="En portefeuille"),
    "accompanied": Figure(
        "Personnes accompagnées",
        "Personnes avec une étape d’accompagnement en cours ce jour, ou au moins un jour de la période.",
        "followed", "accompanied", short="En accompagnement",
    ),
    "in_diagnosis": Figure(
        "Personnes en période de diagnostic", "En portefeuille, mais pas encore accompagnées.", "followed", "NOT accompanied", short="En diagnostic",
    ),
    "light": Figure(
        "Accompagnements allégés", "Personnes accompagnées en mode allégé ce jour.", "followed", "light", short="Dont allégés",
    ),
    "prime_only": Figure(
        "Prime d’activité uniquement, depuis le début du trimestre",
        "Personnes en portefeuille avec ce seul droit chaque jour du trimestre, jusqu’à ce jour.",
        "prime_only", short="Prime seule",
    ),
    "cer_signed": _dated(
        "CER et contrats d’engagement signés", "Contrats signés dans la période, des deux sortes.",
        "cer", "signed_on", "contract", short="Contrats signés",
    ),
    "diagnostics_completed": _dated(
        "Diagnostics réalisés", "Diagnostics terminés dans la période.", "diagnostic", "completed_on", "diagnostic", short="Diagnostics",
    ),
    "exits": Figure("Sorties du RSA", "Sorties du RSA datées de la période.", "exits", unit="exit", short="Sorties du RSA"),
    "exits_since_january": Figure(
        "Sorties du RSA depuis le 1er janvier", "Sorties du RSA du 1er janvier à ce jour, ces deux jours compris.",
        "exits", unit="exit", short="Sorties du RSA",
    ),
    "by_reason": Figure(
        "Motif de sortie", "Sorties du RSA de la période (un jour : depuis le 1er janvier), selon leur motif.",
        "exits", by="reason", values=EXIT_REASONS.table, unit="exit",
    ),
    "gender": _of_person("gender", f"Genre, {_SHARES}"),
    "origin": _of_person("origin", f"Origine, {_SHARES}"),
    "household": _of_person("household", f"Composition du foyer, {_SHARES}"),
    "education": _of_person("education", f"Niveau d’études, {_SHARES}"),
    "domain": _of_person("domain", f"Domaine d’activité, {_SHARES}"),
    "age": _by("age", "Âge", f"Âge au dernier jour de la période, {_SHARES}"),
    "seniority": _by("seniority", "Ancienneté au RSA", f"Temps écoulé depuis l’entrée au RSA, au dernier jour de la période, {_SHARES}"),
    "fifty_or_over": Figure(
        "50 ans ou plus", "Personnes suivies âgées de 50 ans ou plus au dernier jour de la période.",
        "profile", "age IN ('4', '5')",
    ),
    "bac2_or_over": Figure(
        "Bac + 2 ou plus", "Personnes suivies de niveau Bac + 2 à Doctorat.",
        "profile", f"education IN {listed(domain_rules.BAC2_OR_OVER)}",
    ),
    "under_two_years": Figure(
        "Au RSA depuis moins de 2 ans", "Personnes suivies entrées au RSA depuis moins de 2 ans au dernier jour de la période.",
        "profile", "seniority IN ('0', '1', '2')", short="Au RSA depuis < 2 ans",
    ),
    "mean_length_years": Figure(
        "Durée moyenne des accompagnements terminés",
        f"Moyenne, pour les personnes dont l’accompagnement s’est terminé dans la période, {_LENGTH}.",
        "lengths", "NOT goes_on", value="avg(years)", unit="years", short="Durée moyenne",
    ),
    "mean_length_years_ongoing": Figure(
        "Durée moyenne des accompagnements en cours",
        "Moyenne, pour les personnes encore accompagnées au dernier jour de la période, "
        "du premier jour du premier accompagnement à ce jour, en années de 365,25 jours.",
        "lengths", "goes_on", value="avg(years)", unit="years",
    ),
    # What only the report and the charts show.
    "men": Figure("Hommes", f"Hommes, {_SHARES}", "profile", "gender = 'man'"),
    "territory": _of_person("territory", f"Territoire, {_SHARES}"),
    "mode": _by(
        "mode", "Mode de suivi",
        "Mode de suivi pendant la période : « allégé » dès qu’un jour d’accompagnement l’est, « diagnostic » sans "
        f"accompagnement, {_SHARES}",
    ),
    "gender_by_age": Figure(
        "Genre et âge", f"Genre et âge au dernier jour de la période, {_SHARES}",
        "profile", by="age", values="age_band", other="gender", leaves=("age", "gender"),
    ),
    "gender_by_domain": Figure(
        "Genre et domaine d’activité", f"Genre par domaine d’activité, {_SHARES}",
        "profile", by="domain", values=DIMENSIONS["domain"].values, other="gender", leaves=("domain", "gender"),
    ),
    "obstacles": Figure(
        "Freins", "Personnes suivies dont le dernier diagnostic, à la fin de la période, retient ce frein ; plusieurs sont possibles.",
        "assessed, json_each(assessed.obstacles) o", person="assessed.id", by="o.value", values=OBSTACLES.table,
        value="count(DISTINCT assessed.id)",
    ),
    "assessed": Figure("Personnes avec un diagnostic", "Personnes suivies dont un diagnostic a commencé.", "assessed", leaves=("obstacles",)),
    "interventions": _dated(
        "Domaines d’intervention", "Entretiens et démarches de la période (un jour : depuis le 1er janvier), selon leur domaine.",
        "intervention", "happened_on", "intervention", by="r.domain", values=INTERVENTION_DOMAINS.table,
    ),
    "appointments": Figure(
        "Rendez-vous", "Rendez-vous de la période (un jour : depuis le 1er janvier) dont on sait ce qui est arrivé ; un rendez-vous reporté compte le jour où il a eu lieu.",
        "appointment r", f"{kept('r')} AND r.state IN ('came', 'excused', 'absent') AND r.planned_on BETWEEN :since AND :last", "r.person_id",
        by="r.state", values=APPOINTMENT_STATES.table, unit="appointment",
    ),
    "news": Figure(
        "Nouvelles après une sortie", "Sorties du RSA dont on a pris des nouvelles dans la période (un jour : depuis le 1er janvier), selon ce que la personne devient.",
        "exit r", f"{kept('r')} AND r.became IS NOT NULL AND r.asked_on BETWEEN :since AND :last", "r.person_id",
        by="r.became", values=AFTER_EXITS.table, unit="exit",
    ),
    "contracts": Figure(
        "Contrats signés par mois", "Contrats signés chaque mois, des deux sortes : premiers contrats, et ceux qui en suivent un autre.",
        "cer r", f"{kept('r')} AND r.signed_on BETWEEN :shown AND :last", "r.person_id",
        by="substr(r.signed_on, 1, 7)", values="months", unit="contract",
        other="iif(r.rank = 'first' AND r.replaces_id IS NULL, 'first', 'renewal')",
    ),
    "engagement": Figure(
        "Contrat d’engagement des personnes accompagnées",
        "Personnes accompagnées au dernier jour de la période (depuis 2025), selon le contrat qu’elles ont ce jour-là ; un projet qui n’est pas "
        "signé n’est pas un contrat.",
        "engaged", by="situation", values=CONTRACT_SITUATIONS.table,
    ),
    "contracts_in_force": Figure(
        "Contrats en cours", "Contrats signés et en cours au dernier jour de la période, des deux sortes.",
        "running", person="person_id", unit="contract", leaves=("engagement",),
    ),
    "signing": Figure(
        "Signature du contrat après l’orientation",
        "Orientations notifiées dont le mois pour signer s’est terminé dans la période (un jour : depuis le 1er janvier), selon qu’un contrat "
        "d’engagement a été signé, au plus tard le dernier jour de la période. Qui est sorti avant la fin de ce mois sans signer, ou a reçu "
        "entre-temps une autre notification, n’est pas compté.",
        "signing", by="state", values="signing_state", unit="orientation",
    ),
    "mean_days_to_sign": Figure(
        "Délai moyen de signature", "Moyenne, pour ces orientations, des jours de la notification à la signature du contrat d’engagement.",
        "signing", "days IS NOT NULL", value="avg(days)", unit="days", leaves=("signing",),
    ),
    "action_kinds": Figure(
        "Nature des actions", "Actions, sauf abandonnées, des contrats en cours au dernier jour de la période, selon leur nature, quand elle est dite.",
        "action r JOIN running c ON c.id = r.cer_id", f"{kept('r')} AND r.kind IS NOT NULL AND r.state <> 'dropped'", "r.person_id",
        by="r.kind", values=ACTION_KINDS.table, unit="action",
    ),
    "mean_contract_hours": Figure(
        "Durée hebdomadaire moyenne", "Moyenne des heures par semaine des contrats d’engagement en cours au dernier jour de la période, quand elles sont dites.",
        "running", "kind = 'engagement' AND hours IS NOT NULL", "person_id", value="avg(hours)", unit="hours", leaves=("action_kinds",),
    ),
    "entries": _monthly(
        "Entrées en portefeuille", "Premiers jours en portefeuille : la veille, aucune étape de suivi n’était en cours.",
        "entries",
    ),
    "departures": _monthly(
        "Sorties du portefeuille", "Premiers jours hors du portefeuille, lendemains de la dernière étape de suivi.",
        "departures",
    ),
    "portfolio_by_month": Figure(
        "Portefeuille à la fin de chaque mois", "Personnes en portefeuille le dernier jour de chaque mois.",
        "stretches s", "m.last BETWEEN s.own AND s.last", by="m.code", values="months", each="months m",
    ),
    "lengths": Figure(
        "Durée de l’accompagnement",
        f"Durée des accompagnements terminés dans la période, et de ceux en cours à sa fin, {_LENGTH}.",
        "lengths", by=band("years", LENGTH_BANDS), values="length_band", other="iif(goes_on, 'ongoing', 'ended')",
    ),
    "aids": Figure(
        "Aides accordées par type", "Sommes accordées dans la période (un jour : depuis le 1er janvier), par type d’aide.",
        *_GRANTED, by="r.type", values=AID_TYPES.table, value="sum(r.granted)", unit="cents",
    ),
    "aids_counted": Figure(
        "Nombre d’aides accordées", "Aides accordées dans la période (un jour : depuis le 1er janvier), par type.",
        *_GRANTED, by="r.type", values=AID_TYPES.table, unit="aid", leaves=("aids",),
    ),
    "ceiling": Figure(
        "Aides et plafond", "Personnes suivies selon la part du plafond des aides déjà accordée au dernier jour de la période.",
        "aided", by=CEILING_PART, values="ceiling_part",
    ),
}
