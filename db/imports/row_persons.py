"""The person of each imported row: a known person, a new one, or a question when the row only resembles somebody."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from db.base.french import french_date
from db.imports import row_matching
from db.imports.existing_rows import StoredRows, TitleIndex
from db.imports.known_headers import NAME
from db.imports.person_matching import PersonIndex
from db.imports.person_names import clean, is_organisation
from db.imports.plan_types import PERSON as PERSON_QUESTION
from db.imports.plan_types import VALUE, Candidate, IgnoredLine, ImportChoices, ImportProblem, NearMatch, SheetPlan
from db.imports.questions import Questions
from db.imports.remembered_choices import RememberedChoices, digest
from db.imports.row_matching import ImportedRow
from db.imports.row_reader import RawRow
from db.imports.text_keys import name_key, split_name
from db.model.dictionary import PERSON
from db.people import similarity
from db.rows.round_trip_text import ROW_NUMBER

LAST, FIRST, BIRTH = PERSON.key
_NAMES = (NAME, LAST, FIRST)
BY_NAME_ALONE = "reconnue par son nom seul"
_UNSPLIT = "le nom et le prénom ne se distinguent pas : écrivez le nom en capitales, ou dans deux colonnes"


class PersonResolver:
    """Finds the person of a row by its values and by the choices made for near matches."""

    def __init__(
        self, people: PersonIndex, titles: TitleIndex, choices: ImportChoices, memory: RememberedChoices
    ) -> None:
        self.people, self.titles, self._choices, self._memory = people, titles, choices, memory
        self.accept = choices.accept_resemblances
        chosen = {f"{PERSON.name}.{name}": choices.values.get(f"{PERSON.name}.{name}", {}) for name in _NAMES}
        self._settled = {path: {*values, *values.values()} for path, values in chosen.items()}
        self.requested_ids: dict[int, int] = {}
        """Provisional id of a new person -> the N° in the file."""
        self.numbers_are_palettes = False

    def chosen(self, near: NearMatch, stored: StoredRows) -> int | None:
        """Return the choice made for a near match, now or for an earlier file; None: none, or the person is gone."""
        choice = self._choices.persons.get(near.key, self._memory.persons.get(near.digest))
        return choice if choice is None or choice <= 0 or choice in stored.rows else None

    def is_settled(self, name: str, text: str) -> bool:
        """Return whether the person chose how to read this text of a name."""
        return text in self._settled[f"{PERSON.name}.{name}"]

    # ---- rows that belong to a person

    def resolve(self, imported: ImportedRow, letters: Mapping[str, str], stored: StoredRows) -> None:
        """Set the ``person_id`` of a row, or add a problem."""
        text = imported.values.pop("person_id", None)
        text = clean(text).text if text and not clean(text).removed else text
        last, first, birth = (imported.values.pop(f"{PERSON.name}.{key}", None) for key in PERSON.key)
        if any(problem.field.startswith((f"{PERSON.name}.", "person_id")) for problem in imported.problems):
            return

        if text is None and not (last and first):
            who = " ".join(filter(None, (last, first)))
            reason = (
                "le nom et le prénom de la personne sont tous deux nécessaires" if who else "la personne n’est pas dite"
            )
            self._add_problem(imported, who, reason)
            return
        person, why, candidates = self._find(text, last, first, birth)
        if person is None or candidates:
            title = text or f"{last} {first}" + (f", {french_date(birth)}" if birth else "")
            key = f"{imported.sheet.name}!{imported.number}"
            near = NearMatch(
                key, imported.sheet.name, imported.number, title, candidates, None, digest(last or text, first, birth)
            )
            chosen = self.chosen(near, stored) or None
            if candidates or chosen:
                imported.near = replace(near, chosen=chosen)
            person, why = (chosen, "") if chosen else (None, why)
        if person is None:
            self._add_problem(imported, text or f"{last} {first}", why, PERSON_QUESTION if imported.near else "")
            return
        if why:
            imported.notes.append(why)
        imported.values["person_id"] = person

    def _find(
        self, text: str | None, last: str | None, first: str | None, birth: str | None
    ) -> tuple[int | None, str, tuple[Candidate, ...]]:
        """Return (id or None, a note or the reason for None, candidates)."""
        if text is not None and not (last and first):
            person, why = self.titles.find(text, None)
            if person is not None and birth and self.people.names[person][2] not in (None, birth):
                person, why = None, f"« {text} » n’est pas né(e) ce jour-là dans le fichier"
            ids = self.people.named(text)
        else:
            ids = list(self.people.exact(last or "", first or "", birth)) if birth else []
            if len(set(ids)) == 1:
                return ids[0], "", ()
            ids = ids or self._with_name(last or "", first or "")
            is_only_one = not birth and len(ids) == 1
            person, why = (ids[0], BY_NAME_ALONE) if is_only_one else (None, "")
        if person is not None:
            return person, why, ()
        candidates = tuple(Candidate(one, self.people.title(one), "même nom") for one in ids[:5])
        values = {"last_name": last or text, "first_name": first, "birth_date": birth}
        candidates = candidates or self.people.near(values)
        if len(ids) > 1:
            return None, why or "plusieurs personnes portent ce nom : donnez la date de naissance", candidates
        who = "aucune personne de ce nom" + (" et de cette date de naissance" if birth else "")
        return None, why or f"{who} : ajoutez-la dans une feuille de personnes, ou choisissez qui c’est", candidates

    def _with_name(self, last: str, first: str) -> list[int]:
        keys = (name_key(last), name_key(first))
        ids = self.people.named(f"{last} {first}")
        return [person for person in ids if tuple(map(name_key, self.people.names[person][:2])) == keys]

    def _add_problem(self, imported: ImportedRow, value: str, reason: str, question: str = "") -> None:
        imported.problems.append(
            ImportProblem(imported.sheet.name, imported.number, "", "person_id", PERSON.label, value, reason, question)
        )


# ---- persons themselves


def match_persons(
    raws: list[RawRow],
    sheet_number: int,
    sheet: SheetPlan,
    letters: Mapping[str, str],
    resolver: PersonResolver,
    stored: StoredRows,
    earlier_rows: list[ImportedRow],
    show: Callable[[str, Any], str],
    numbers_are_palettes: bool,
    questions: Questions,
) -> list[ImportedRow]:
    """Return the persons of one sheet. A line on a person of ``earlier_rows`` (the sheets before) is merged into it.
    ``numbers_are_palettes``: whether Palette wrote the N° column, so that two numbers are two persons."""
    rows_by_id = {imported.id: imported for imported in earlier_rows}
    resolver.numbers_are_palettes = numbers_are_palettes
    rows: list[ImportedRow] = []
    for raw in raws:
        raw.keep_stored_texts(stored)
        imported = ImportedRow(
            sheet, raw.number, row_matching.provisional(sheet_number, raw.number), raw.values, problems=raw.problems
        )
        imported.requested_id = imported.values.pop(ROW_NUMBER, None)
        if not numbers_are_palettes and not _is_stored(imported, stored):
            if _is_organisation(imported, questions):
                continue
            _clean_names(imported, letters, resolver)
        unsettled = any(one.field in _NAMES and one.question for one in imported.problems)
        if not unsettled:
            _split_whole_name(imported, letters, resolver)
        if not unsettled and (not imported.problems or imported.values.get(LAST) and imported.values.get(FIRST)):
            _match_person(imported, resolver, stored)
        first = rows_by_id.get(imported.id)
        if first is not None:
            remark_or_problem = row_matching.merge(first, imported.number, sheet, imported.values, PERSON, show)
            if isinstance(remark_or_problem, ImportProblem):
                imported.problems.append(remark_or_problem)
                imported.ambiguous = True
                imported.id = row_matching.provisional(sheet_number, raw.number)
            elif not imported.problems:
                sheet.ignored.append(IgnoredLine(imported.number, remark_or_problem))
                continue
            rows.append(imported)
            continue
        rows_by_id[imported.id] = imported
        if imported.id < 0 and imported.requested_id:
            resolver.requested_ids[imported.id] = imported.requested_id
        resolver.people.add(imported.id, _known_of(imported, stored))
        rows.append(imported)
    return rows


def _is_stored(imported: ImportedRow, stored: StoredRows) -> bool:
    """Return whether a row has the number and the names of a stored person, as in a file that Palette wrote."""
    number = imported.requested_id
    if number is None or number not in stored.rows:
        return False
    return all(imported.values.get(name) == stored.value(number, name) for name in PERSON.title)


def _is_organisation(imported: ImportedRow, questions: Questions) -> bool:
    """Return whether a row is left out as an organisation; without an answer, add the question to its problems."""
    name = imported.values.get(NAME) or imported.values.get(LAST) or ""
    if not is_organisation(name):
        return False
    reason = f"« {name} » ressemble à une organisation, pas à une personne : faut-il laisser cette ligne de côté ?"
    answer, problem = questions.of_line(imported.number, name, reason)
    if answer:
        imported.sheet.ignored.append(IgnoredLine(imported.number, "organisation", problem.key))
    elif answer is None:
        imported.problems.append(problem)
    return bool(answer)


def _clean_names(imported: ImportedRow, letters: Mapping[str, str], resolver: PersonResolver) -> None:
    """Take civilities, marks and remarks off the names of a row. A civility says the gender where the row does not."""
    for name in _NAMES:
        text = imported.values.get(name)
        if not text or resolver.is_settled(name, text):
            continue
        cleaned = clean(text)
        label = "Nom et prénom" if name == NAME else PERSON.field(name).label
        if cleaned.removed and not resolver.accept:
            reason = f"« {text} » : le nom est-il « {cleaned.text} » ? Le reste n’est pas gardé."
            imported.problems.append(
                ImportProblem(
                    imported.sheet.name,
                    imported.number,
                    letters.get(name, ""),
                    name,
                    label,
                    text,
                    reason,
                    VALUE,
                    cleaned.text,
                )  # fmt: skip
            )
            continue
        if cleaned.gender and imported.values.setdefault("gender", cleaned.gender) not in (cleaned.gender, "other"):
            reason = f"« {text} » et le genre de cette ligne se contredisent"
            imported.problems.append(
                ImportProblem(imported.sheet.name, imported.number, "", "gender", "Genre", "", reason)
            )
        if cleaned.text != text:
            imported.values[name] = cleaned.text
            imported.notes.append(f"lu dans « {text} »")


def _known_of(imported: ImportedRow, stored: StoredRows) -> dict[str, Any]:
    """Return what persons are compared by, in the file, completed by the stored values."""
    values = {name: imported.values.get(name) for name in similarity.FIELDS}
    if imported.id > 0:
        values = {name: stored.value(imported.id, name) if value is None else value for name, value in values.items()}
    return values


def _split_whole_name(imported: ImportedRow, letters: Mapping[str, str], resolver: PersonResolver) -> None:
    text = imported.values.pop(NAME, None)
    if text is None:
        return
    names = split_name(text)
    if names is None:
        ids = resolver.people.named(text)
        names = resolver.people.names[ids[0]][:2] if len(ids) == 1 else None
    if names is None:
        problem = ImportProblem(
            imported.sheet.name, imported.number, letters.get(NAME, ""), NAME, "Nom et prénom", text, _UNSPLIT
        )
        imported.problems.append(problem)
        return
    imported.values.setdefault(LAST, names[0])
    imported.values.setdefault(FIRST, names[1])


def _has_other_number(other: int, imported: ImportedRow, resolver: PersonResolver) -> bool:
    """Return whether the file gives another N° to ``other``, in a file that Palette wrote: two persons of one name."""
    number = resolver.requested_ids.get(other)
    return bool(resolver.numbers_are_palettes and number and imported.requested_id and number != imported.requested_id)


def _match_person(imported: ImportedRow, resolver: PersonResolver, stored: StoredRows) -> None:
    last, first, birth = (imported.values.get(name) for name in PERSON.key)
    if not last or not first:
        return
    ids = [
        one
        for one in dict.fromkeys(resolver.people.exact(last, first, birth))
        if not _has_other_number(one, imported, resolver)
    ]
    if imported.requested_id in stored.rows and (imported.requested_id in ids):
        imported.id, imported.by_number = imported.requested_id or imported.id, True
        return
    if len(ids) == 1:
        imported.id = ids[0]
        return
    if ids:
        imported.ambiguous = True
        numbers = ", ".join(f"n° {person}" for person in ids if person > 0)
        reason = "plusieurs personnes portent ce nom et cette date de naissance" + (
            f" ({numbers}) : donnez le N°" if numbers else ""
        )
        imported.problems.append(
            ImportProblem(imported.sheet.name, imported.number, "", LAST, PERSON.label, f"{last} {first}", reason)
        )
        return
    candidates = _candidates(imported, resolver, stored)
    if candidates:
        _ask_who(imported, candidates, resolver, stored)


def _candidates(imported: ImportedRow, resolver: PersonResolver, stored: StoredRows) -> tuple[Candidate, ...]:
    """Return the persons that a row resembles; first the one of its number, if its first name or birth agrees."""
    candidates = tuple(
        one
        for one in resolver.people.near(_known_of(imported, stored))
        if not _has_other_number(one.id, imported, resolver)
    )
    number, names = imported.requested_id, resolver.people.names
    if number not in stored.rows or number not in names or number in {one.id for one in candidates}:
        return candidates
    _, first, birth = names[number]
    if imported.values.get(BIRTH) != birth and name_key(imported.values[FIRST]) != name_key(first):
        return candidates
    return (Candidate(number, resolver.people.title(number), "même numéro"), *candidates)


def _ask_who(
    imported: ImportedRow, candidates: tuple[Candidate, ...], resolver: PersonResolver, stored: StoredRows
) -> None:
    """Note whom a row resembles, and take the person who was chosen; without a choice the row waits."""
    last, first, birth = (imported.values.get(name) for name in PERSON.key)
    title = f"{last} {first}" + (f", {french_date(birth)}" if birth else "")
    key = f"{imported.sheet.name}!{imported.number}"
    near = NearMatch(key, imported.sheet.name, imported.number, title, candidates, None, digest(last, first, birth))
    chosen = resolver.chosen(near, stored)
    imported.near = replace(near, chosen=chosen)
    if chosen:
        imported.id = chosen
    elif chosen is None and not resolver.accept:
        reason = f"ressemble à {candidates[0].title} ({candidates[0].reason}) : est-ce la même personne ?"
        imported.problems.append(
            ImportProblem(
                imported.sheet.name, imported.number, "", "person_id", PERSON.label, title, reason, PERSON_QUESTION
            )
        )
