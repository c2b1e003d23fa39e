"""Makes a demonstration file: an invented office whose figures are those of the source (domain.md § 5).

Whole lives are planned first (db/demonstration), without looking at the calendar; then the file is typed in day after
day, as the office would have done until ``today``, so that its history is one that was lived. The figures of 2022 and
of 6 March 2023 are therefore the same on any day.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from random import Random

from db.accounts import accounts
from db.base import instants
from db.demo import meetings
from db.demo.common import needs, projects
from db.demo.contracts import sign
from db.demo.paths import PHOTO_DAY, SEED, after, before, not_oriented
from db.demo.paths import Path as LifePath
from db.demo.photo import photo
from db.demo.profiles import profiles
from db.demo.rows import SIGNATURE, Row, numbered, stored
from db.demo.stories import rows_of, tell
from db.demo.story import Story
from db.demo.texts import Decks
from db.demo.typed import Entry, typed
from db.model.lists import LISTS
from db.model.office import Office
from db.model.roles import Role
from db.model.types import Context
from db.storage import audit_chain, connection, system_tables

NOTES = """Ce fichier est inventé : noms, dates, adresses et récits sont fictifs, aucune personne n’existe. Ses chiffres sont ceux de la présentation de la CIPA du Lot pour 2022 et pour le 6 mars 2023. La présentation ne dit pas tout ; voici ce qui est supposé.
• Sorties du RSA de 2022 (43) : 17 par des revenus supérieurs, 14 par un emploi salarié, 12 par le régime de l’intermittence. La source nomme les trois voies sans donner leur part.
• Sorties du 1er janvier au 6 mars 2023 (11) : 4 revenus supérieurs, 4 emplois salariés, 3 intermittences ; même remarque.
• Domaines d’activité : la source donne 32,37 %, 21,58 % et 30,21 % sans dire à qui ; l’ordre de la liste est retenu (45 arts plastiques et visuels, 30 artisanat d’art, 42 spectacle vivant). Les 22 autres : 8 littérature et édition, 9 audiovisuel et cinéma, 5 autres.
• Foyers : 90 personnes seules et 25 familles monoparentales d’après la source ; les 24 autres : 9 couples sans enfant, 13 avec enfant(s), 2 non renseignés.
• Études : 81 personnes de Bac + 2 au doctorat (58 %) ; le détail des diplômes est supposé.
• Âges : 43 personnes de 50 ans ou plus au 31 décembre 2022 (30,93 %) ; la répartition dans les autres tranches est supposée.
• Ancienneté : « moins de 2 ans dans le dispositif » est compté depuis l’entrée au RSA, au 31 décembre 2022 (64 personnes).
• Durée moyenne de 2,5 ans : prise sur les 35 accompagnements terminés en 2022.
• Les 6 personnes en prime d’activité seule sont sorties du RSA en 2022 et restent en accompagnement allégé.
• 112 CER signés et 40 diagnostics terminés : leur répartition dans l’année est supposée, comme tout ce qui précède 2022 et suit le 6 mars 2023.
• Dates de saisie : inventées. L’historique est daté comme si ce fichier avait été tenu depuis janvier 2018 ; la plupart des lignes sont saisies le jour même, d’autres avec quelques jours ou quelques semaines de retard, et trois valeurs saisies de travers ont été corrigées plus tard."""  # noqa: E501
"""What the source does not say and the demonstration had to choose; also kept in the file, as a need."""

_KEY = sha256(f"{SEED} publication 244".encode()).digest()
"""No secret: so that everybody's demonstration publishes the same numbers. An office's own key is drawn at random.

Chosen among some hundreds, for what it publishes of 2022 to be 1.5 persons from the truth on average, or less.
"""


def write(path: Path, today: date | None = None) -> None:
    """Make a new office file that holds the demonstration as known on ``today``. Raises FileExistsError."""
    today = today or date.today()
    context = Context({values.name: dict(values.values) for values in LISTS})
    entries = typed(numbered(_rows(today), today), today)
    latest = instants.now() if today == date.today() else f"{today}T23:59:59.999Z"
    db, dated = connection.create(path), 0
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE publication_key SET value = ?", (_KEY,))
        db.execute("DROP TRIGGER history_stays_update")  # the history is dated as it would have been lived
        for day, same_day in groupby(entries, key=lambda entry: entry.day):
            for entry in same_day:
                _type(db, entry, context)
            dated = _date(db, day, dated, latest)
        db.execute(system_tables.statements()["history_stays_update"])
        audit_chain.seal(db)
        db.execute("COMMIT")
        accounts.create(db, accounts.DEMONSTRATION, SIGNATURE, Role, "Palette")
    finally:
        db.close()


def _type(db: Office, entry: Entry, context: Context) -> None:
    """Write one entry as a save by Palette would: a change raises the version, and both are signed."""
    table, values = entry.row.table, stored(entry.row.table, entry.values, context)
    if entry.new:
        columns = {"id": entry.row.id, "changed_by": SIGNATURE, **values}
        marks = ", ".join(f":{name}" for name in columns)
        db.execute(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES ({marks})', columns)
    else:
        changed = ", ".join(f"{name} = :{name}" for name in values)
        sql = f'UPDATE "{table}" SET version = version + 1, changed_by = :changed_by, {changed} WHERE id = :id'
        db.execute(sql, {"id": entry.row.id, "changed_by": SIGNATURE, **values})


_MOMENT = (
    "strftime('%Y-%m-%dT%H:%M:%fZ', :day || 'T07:30:00', ((id - :dated) * min(240, 28800 / :number)) || ' seconds')"
)
_DATED = f"UPDATE history SET at = min({_MOMENT}, :latest) WHERE id > :dated"


def _date(db: Office, day: date, dated: int, latest: str) -> int:
    """Date the history after the line ``dated``: one line after the other over that day, none after ``latest``.

    Returns the last line.
    """
    last = connection.change_token(db)
    db.execute(_DATED, {"day": day.isoformat(), "dated": dated, "number": last - dated, "latest": latest})
    return last


def _rows(today: date) -> Iterator[Row]:
    stories, partners = _stories(today)
    yield from partners
    yield from rows_of(stories)
    yield from needs()
    yield from projects(stories, partners, today)
    yield Row("need", PHOTO_DAY, _notes())


def _stories(today: date) -> tuple[list[Story], list[Row]]:
    partners = meetings.partner_rows()
    able, decks, stories = meetings.by_domain(partners), Decks(Random(f"{SEED} sentences")), []
    for place, (path, profile) in enumerate(profiles(_paths(today))):
        story = tell(path, profile, place, decks)
        meetings.interventions(story, able)
        stories.append(story)
    return stories, partners


def _paths(today: date) -> list[LifePath]:
    """Everybody who asks by the end of next year, in the order of requests: later ones never change earlier ones."""
    last = max(today.year, PHOTO_DAY.year) + 1
    paths = [*before(), *photo()]
    for year in range(PHOTO_DAY.year, last + 1):
        paths += after(year)
    for year in range(2018, last + 1):
        paths += not_oriented(year)
    paths.sort(key=lambda path: path.requested)
    sign(paths)
    return paths


def _notes() -> dict[str, object]:
    return {
        "title": "Notes de la démonstration : ce qui est supposé",
        "noted_on": PHOTO_DAY,
        "state": "met",
        "answer": NOTES,
        "note": "Cette fiche décrit le fichier de démonstration ; elle ne concerne personne.",
    }
