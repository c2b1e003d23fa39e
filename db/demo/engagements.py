"""What the law asks of contracts since 2025, added to the rows of one invented person.

Drawn from a generator of its own, so that the rest of the demonstration, and with it the figures of the source, stay
what they were without it.
"""

from datetime import date
from random import Random

from db.demo.days import days, months_later, working, working_before
from db.demo.paths import SEED
from db.demo.rows import DemoRow
from db.demo.story import Story

_KINDS = {
    "job": "job_search", "training": "training", "paperwork": "rights", "coaching": "support", "closing": "support",
}  # fmt: skip
"""Domain of an action -> its kind in law; every other one is to keep up or develop the activity."""


_PROJECT = (
    "Faire vivre l’activité {of_craft} : {place}, des ventes régulières, des comptes tenus.\n"
    "Démarches : déclaration au guichet unique (INPI), recettes notées chaque mois, déclaration de ressources à la CAF."
)


def complete(story: Story) -> None:
    """Fill in orientations notified and contracts signed since 2025; some contracts begin as drafts."""
    rng, path = Random(f"{SEED} engagements {story.index}"), story.path
    contracts = [row for row in story.rows if row.table == "cer" and row.values["kind"] == "engagement"]
    if path.accompanied and path.accompanied.year >= 2025:
        _orientation(story, path.accompanied, rng)
    for row in contracts:
        _contract(story, row, rng)
    _news(story)
    for row in story.rows:
        if row.table == "exit" and row.values["reason"] == "other" and row.day.year >= 2024:
            _exit(story, row)


def _orientation(story: Story, accompanied: date, rng: Random) -> None:
    row = next(row for row in story.rows if row.table == "orientation")
    before = rng.choice((2, 3, 5, 6, 8, 9, 10, 11, 12, 27, 38))  # a diagnosis that takes long leaves less time to sign
    notified = max(story.path.requested, working_before(accompanied - days(before)))
    pathway = rng.choice(("social", "socioprofessional", "socioprofessional", "professional"))
    row.then(notified, pathway=pathway, organisation="department", notified_on=notified)


def _news(story: Story) -> None:
    """Ask for news of most of those who left the RSA since 2024, about six months later."""
    rng = Random(f"{SEED} news {story.index}")
    for row in story.rows:
        if row.table == "exit" and row.values["scope"] == "rsa" and row.day.year >= 2024 and rng.random() < 0.7:
            became = rng.choice(("out", "out", "out", "out", "back", "unknown"))
            asked = working(months_later(row.values["left_on"], 6) + days(rng.randint(3, 40)))
            news = {**_NEWS, "out": rng.choice(_STILL_OUT)}[became]
            row.then(asked, asked_on=asked, became=became, news=news)


_NEWS = {"back": "Les commandes ont baissé : retour au RSA.", "unknown": None}
_STILL_OUT = (
    "Les ventes tiennent, un second point de vente est trouvé.",
    "Toujours en poste, l’atelier continue le soir.",
    "Le régime de l’intermittence est renouvelé.",
    "L’activité suffit, une stagiaire est accueillie.",
)


def _exit(story: Story, row: DemoRow) -> None:
    """Give the reasons that the law names to some exits which had none of their own."""
    if row.values["scope"] == "accompaniment":
        row.values.update(reason="elsewhere", note="Réorientation : un autre organisme devient référent.")
    elif story.index % 2:
        row.values.update(reason="struck_off", note="Radiation ; les voies de recours ont été expliquées.")


def _contract(story: Story, row: DemoRow, rng: Random) -> None:
    values, signed = row.values, row.values["signed_on"]
    arrangement = rng.choice(("full", "full", "full", "full", "adapted", "adapted", "none"))
    hours = {"full": rng.choice((15, 15, 15, 18, 20)), "adapted": rng.choice((6, 8, 10, 12))}.get(arrangement)
    law = {"referent": "Camille Vidal", "arrangement": arrangement, "hours": hours, "next_update_on": values["ends_on"]}
    law["project"] = _PROJECT.format(**story.words)
    values.update(law if rng.random() < 0.85 else {})
    actions = [action for action in story.rows if action.table == "action" and action.values.get("cer_id") is row]
    for number, action in enumerate(actions):
        share = (hours or 0) // len(actions) + (number < (hours or 0) % len(actions))
        action.values.update(
            kind=_KINDS.get(action.values["domain"], "activity"),
            hours=share or None,
            supervision=rng.choice(("supervised", "alone")),
            group_form=rng.choice(("individual", "individual", "individual", "collective")),
        )
    drafted = working_before(signed - days(rng.randint(8, 45)))
    if rng.random() < 0.5 and drafted > story.path.requested:
        row.day, values["signed_on"] = drafted, None
        row.then(signed, signed_on=signed)
