"""The demonstration: the file of an invented office, for visitors, training and tests.

Its figures for 2022 and for 6 March 2023 are those of the presentation of the CIPA du Lot; the persons and texts are
invented, and NOTES lists the assumptions. The file is reproducible: everything is drawn from seeded generators.

1. paths.py and photo.py plan the dates of each person (request, diagnosis, accompaniment, contracts, exit), whatever
   day it is today; photo.py holds the persons behind the figures of the presentation.
2. profiles.py draws who each person is, in the shares of the presentation.
3. life_events.py, plans.py, aids.py, meetings.py, boards.py, appointments.py and needs_and_projects.py write the rows,
   each with its later changes.
4. data_entry.py decides when each row and change is entered. Entries up to ``today`` are written day by day, as an
   office would have done, so that the history is complete and the figures of past dates never depend on ``today``.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from random import Random

from db.accounts import accounts
from db.base import instants
from db.demo import appointments, boards, meetings, network_details
from db.demo.contracts import add_contracts
from db.demo.data_entry import DataEntry, schedule_entries
from db.demo.life_events import all_rows, write_story
from db.demo.needs_and_projects import needs, projects
from db.demo.paths import PHOTO_DAY, SEED, paths_before_2022, paths_not_oriented, paths_of_year
from db.demo.paths import Path as LifePath
from db.demo.photo import photo_paths
from db.demo.profiles import profiles
from db.demo.rows import SIGNATURE, DemoRow, number_rows, to_columns
from db.demo.story import Story
from db.demo.texts import Decks
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
"""The assumptions of the demonstration where the presentation gives no figure; also stored in the file, as a need."""

KEY = sha256(f"{SEED} publication 244".encode()).digest()
"""The publication key: public, so that every demonstration publishes the same numbers; an office's key is random."""


def write(path: Path, today: date | None = None) -> None:
    """Create an office file with the demonstration as known on ``today``. Raises FileExistsError."""
    today = today or date.today()
    context = Context({values.name: dict(values.values) for values in LISTS})
    entries = plan_entries(today)
    latest = instants.now() if today == date.today() else f"{today}T23:59:59.999Z"
    db, last_dated = connection.create(path), 0
    try:
        db.execute("BEGIN IMMEDIATE")
        db.execute("UPDATE publication_key SET value = ?", (KEY,))
        db.execute("DROP TRIGGER history_stays_update")  # the rows of the history get the dates of the entries
        for day, same_day in groupby(entries, key=lambda entry: entry.day):
            for entry in same_day:
                _write_entry(db, entry, context)
            last_dated = _date_history(db, day, last_dated, latest)
        db.execute(system_tables.statements()["history_stays_update"])
        audit_chain.seal(db)
        db.execute("COMMIT")
        accounts.create(db, accounts.DEMONSTRATION, SIGNATURE, Role, "Palette")
    finally:
        db.close()


def plan_entries(today: date) -> list[DataEntry]:
    """Return every entry until ``today``, in order."""
    return schedule_entries(number_rows(_rows(today), today), today)


def _write_entry(db: Office, entry: DataEntry, context: Context) -> None:
    """Write one entry as Palette saves it: signed, and with the next version for a change."""
    table, values = entry.row.table, to_columns(entry.row.table, entry.values, context)
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
_DATE_HISTORY = f"UPDATE history SET at = min({_MOMENT}, :latest) WHERE id > :dated"


def _date_history(db: Office, day: date, dated: int, latest: str) -> int:
    """Spread the history rows after the id ``dated`` over that day, none after ``latest``. Return the last id."""
    last = connection.change_token(db)
    db.execute(_DATE_HISTORY, {"day": day.isoformat(), "dated": dated, "number": last - dated, "latest": latest})
    return last


def _rows(today: date) -> Iterator[DemoRow]:
    stories, partners = _stories(today)
    yield from partners
    yield from all_rows(stories)
    yield from needs(partners)
    yield from projects(stories, partners, today)
    yield DemoRow("need", PHOTO_DAY, _notes())


def _stories(today: date) -> tuple[list[Story], list[DemoRow]]:
    partners = meetings.partner_rows()
    network_details.add_to(partners)
    by_domain, decks, stories = meetings.partners_by_domain(partners), Decks(Random(f"{SEED} sentences")), []
    for index, (path, profile) in enumerate(profiles(_paths(today))):
        story = write_story(path, profile, index, decks)
        meetings.add_interventions(story, by_domain)
        boards.add_board(story)
        stories.append(story)
    appointments.add_appointments(stories)
    network_details.carry_actions(stories, partners)
    return stories, partners


def _paths(today: date) -> list[LifePath]:
    """Return the paths of all requests until the end of next year, by date: a later path never changes earlier ones."""
    last = max(today.year, PHOTO_DAY.year) + 1
    paths = [*paths_before_2022(), *photo_paths()]
    for year in range(PHOTO_DAY.year, last + 1):
        paths += paths_of_year(year)
    for year in range(2018, last + 1):
        paths += paths_not_oriented(year)
    paths.sort(key=lambda path: path.requested)
    add_contracts(paths)
    return paths


def _notes() -> dict[str, object]:
    return {
        "title": "Notes de la démonstration : ce qui est supposé",
        "noted_on": PHOTO_DAY,
        "state": "met",
        "answer": NOTES,
        "note": "Cette fiche décrit le fichier de démonstration ; elle ne concerne personne.",
    }
