"""The person of each row: who is known, who is new, who resembles somebody (offered, never taken)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from db.base.french import french_date
from db.imports import row_matching
from db.imports.column_matching import NAME
from db.imports.existing_rows import Stored, Titles
from db.imports.person_matching import People
from db.imports.plan_types import NUMBER, Candidate, Choices, Ignored, Near, Problem, SheetPlan
from db.imports.remembered_choices import Memory, digest
from db.imports.row_matching import Entry
from db.imports.row_reader import Raw
from db.imports.text_keys import name_key, split_name
from db.model.dictionary import PERSON

LAST, FIRST, BIRTH = PERSON.key
BY_NAME_ALONE = "reconnue par son nom seul"
_UNSPLIT = "le nom et le prénom ne se distinguent pas : écrivez le nom en capitales, ou dans deux colonnes"


class Owners:
    """Finds persons by what a row says of them, and what somebody chose where it was not sure."""

    def __init__(self, people: People, titles: Titles, choices: Choices, memory: Memory) -> None:
        self.people, self.titles, self._choices, self._memory = people, titles, choices, memory
        self.asked: dict[int, int] = {}
        """New person -> the number that the file gives her."""
        self.trusted = False

    def chosen(self, near: Near, stored: Stored) -> int | None:
        """What somebody said of a near match, now or for an earlier file; None: nothing, or of a person who is gone."""
        said = self._choices.persons.get(near.key, self._memory.persons.get(near.digest))
        return said if said is None or said <= 0 or said in stored.rows else None

    # ---- rows that belong to a person

    def resolve(self, entry: Entry, places: Mapping[str, str], stored: Stored) -> None:
        """Give a row its ``person_id``, or say why it has none."""
        text = entry.given.pop("person_id", None)
        last, first, birth = (entry.given.pop(f"{PERSON.name}.{key}", None) for key in PERSON.key)
        if any(problem.field.startswith((f"{PERSON.name}.", "person_id")) for problem in entry.problems):
            return
        column = places.get(f"{PERSON.name}.{LAST}") or places.get("person_id", "")
        if text is None and not (last and first):
            who = " ".join(filter(None, (last, first)))
            reason = (
                "le nom et le prénom de la personne sont tous deux nécessaires" if who else "la personne n’est pas dite"
            )
            self._blame(entry, column, who, reason)
            return
        found, why, candidates = self._find(text, last, first, birth)
        if found is None or candidates:
            title = text or f"{last} {first}" + (f", {french_date(birth)}" if birth else "")
            key = f"{entry.sheet.name}!{entry.number}"
            near = Near(
                key, entry.sheet.name, entry.number, title, candidates, None, digest(last or text, first, birth)
            )
            chosen = self.chosen(near, stored) or None
            if candidates or chosen:
                entry.near = replace(near, chosen=chosen)
            found, why = (chosen, "") if chosen else (None, why)
        if found is None:
            self._blame(entry, column, text or f"{last} {first}", why)
            return
        if why:
            entry.notes.append(why)
        entry.given["person_id"] = found

    def _find(
        self, text: str | None, last: str | None, first: str | None, birth: str | None
    ) -> tuple[int | None, str, tuple[Candidate, ...]]:
        """(person, a note or why there is none, whom it may be)."""
        if text is not None and not (last and first):
            found, why = self.titles.find(text, None)
            if found is not None and birth and self.people.names[found][2] not in (None, birth):
                found, why = None, f"« {text} » n’est pas né(e) ce jour-là dans le fichier"
            ids = self.people.named(text)
        else:
            ids = self.people.exact(last or "", first or "", birth) if birth else []
            if len(set(ids)) == 1:
                return ids[0], "", ()
            ids = ids or self._of_name(last or "", first or "")
            alone = not birth and len(ids) == 1
            found, why = (ids[0], BY_NAME_ALONE) if alone else (None, "")
        if found is not None:
            return found, why, ()
        candidates = tuple(Candidate(one, self.people.title(one), "même nom") for one in ids[:5])
        candidates = candidates or self.people.near(last or text or "", first or "", birth)
        if len(ids) > 1:
            return None, why or "plusieurs personnes portent ce nom : donnez la date de naissance", candidates
        who = "aucune personne de ce nom" + (" et de cette date de naissance" if birth else "")
        return None, why or f"{who} : ajoutez-la dans une feuille de personnes, ou choisissez qui c’est", candidates

    def _of_name(self, last: str, first: str) -> list[int]:
        wanted = (name_key(last), name_key(first))
        ids = self.people.named(f"{last} {first}")
        return [one for one in ids if tuple(map(name_key, self.people.names[one][:2])) == wanted]

    def _blame(self, entry: Entry, column: str, value: str, reason: str) -> None:
        entry.problems.append(Problem(entry.sheet.name, entry.number, "", "person_id", PERSON.label, value, reason))


# ---- persons themselves


def persons(
    raws: list[Raw],
    sheet_number: int,
    sheet: SheetPlan,
    places: Mapping[str, str],
    owners: Owners,
    stored: Stored,
    before: list[Entry],
    show: Callable[[str, Any], str],
    trusted: bool,
) -> list[Entry]:
    """The persons of one sheet. ``before``: those of the sheets before it, which a line may say more of.

    ``trusted``: its numbers are Palette's, so that two numbers are two persons.
    """
    known = {entry.id: entry for entry in before}
    owners.trusted = trusted
    found: list[Entry] = []
    for raw in raws:
        entry = Entry(
            sheet, raw.number, row_matching.provisional(sheet_number, raw.number), raw.values, problems=raw.problems
        )
        entry.asked = entry.given.pop(NUMBER, None)
        _split(entry, places, owners)
        if not entry.problems or entry.given.get(LAST) and entry.given.get(FIRST):
            _recognise(entry, owners, stored)
        first = known.get(entry.id)
        if first is not None:
            said = row_matching.merge(first, entry.number, sheet, entry.given, PERSON, show)
            if isinstance(said, Problem):
                entry.problems.append(said)
                entry.unsure = True
                entry.id = row_matching.provisional(sheet_number, raw.number)
            elif not entry.problems:
                sheet.ignored.append(Ignored(entry.number, said))
                continue
            found.append(entry)
            continue
        known[entry.id] = entry
        if entry.id < 0 and entry.asked:
            owners.asked[entry.id] = entry.asked
        owners.people.add(entry.id, *_named(entry, stored))
        found.append(entry)
    return found


def _named(entry: Entry, stored: Stored) -> tuple[Any, Any, Any]:
    """How the file calls somebody: whoever is known by another name is found by both."""
    values = [entry.given.get(name) for name in PERSON.key]
    if entry.id > 0:
        values = [
            stored.value(entry.id, name) if value is None else value
            for name, value in zip(PERSON.key, values, strict=True)
        ]
    return values[0], values[1], values[2]


def _split(entry: Entry, places: Mapping[str, str], owners: Owners) -> None:
    text = entry.given.pop(NAME, None)
    if text is None:
        return
    names = split_name(text)
    if names is None:
        ids = owners.people.named(text)
        names = owners.people.names[ids[0]][:2] if len(ids) == 1 else None
    if names is None:
        problem = Problem(entry.sheet.name, entry.number, places.get(NAME, ""), NAME, "Nom et prénom", text, _UNSPLIT)
        entry.problems.append(problem)
        return
    entry.given.setdefault(LAST, names[0])
    entry.given.setdefault(FIRST, names[1])


def _numbered_apart(other: int, entry: Entry, owners: Owners) -> bool:
    """In a file that Palette wrote, two numbers are two persons, whatever they are called."""
    theirs = owners.asked.get(other)
    return bool(owners.trusted and theirs and entry.asked and theirs != entry.asked)


def _recognise(entry: Entry, owners: Owners, stored: Stored) -> None:
    last, first, birth = (entry.given.get(name) for name in PERSON.key)
    if not last or not first:
        return
    ids = [
        one for one in dict.fromkeys(owners.people.exact(last, first, birth)) if not _numbered_apart(one, entry, owners)
    ]
    if entry.asked in stored.rows and (entry.asked in ids):
        entry.id, entry.by_number = entry.asked or entry.id, True
        return
    if len(ids) == 1:
        entry.id = ids[0]
        return
    if ids:
        entry.unsure = True
        told = ", ".join(f"n° {one}" for one in ids if one > 0)
        reason = "plusieurs personnes portent ce nom et cette date de naissance" + (
            f" ({told}) : donnez le N°" if told else ""
        )
        entry.problems.append(
            Problem(entry.sheet.name, entry.number, "", LAST, PERSON.label, f"{last} {first}", reason)
        )
        return
    candidates = owners.people.near(last, first, birth)
    if (
        entry.asked in stored.rows
        and entry.asked not in {one.id for one in candidates}
        and entry.asked in owners.people.names
    ):
        theirs = owners.people.names[entry.asked]
        if birth == theirs[2] or name_key(first) == name_key(theirs[1]):
            candidates = (Candidate(entry.asked, owners.people.title(entry.asked), "même numéro"), *candidates)
    if not candidates:
        return
    title = f"{last} {first}" + (f", {french_date(birth)}" if birth else "")
    key = f"{entry.sheet.name}!{entry.number}"
    near = Near(key, entry.sheet.name, entry.number, title, candidates, None, digest(last, first, birth))
    chosen = owners.chosen(near, stored)
    entry.near = replace(near, chosen=chosen)
    if chosen:
        entry.id = chosen
