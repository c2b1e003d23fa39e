"""A workbook against the office file: what would be created, changed and left alone, and everything that is wrong."""

from collections.abc import Callable, Mapping
from typing import Any

from db.base.errors import BusyError
from db.base.garbage_collection import no_garbage
from db.imports import column_matching, palette_workbook, remembered_choices, row_matching, row_persons, write
from db.imports.existing_rows import Stored, Titles
from db.imports.person_matching import People
from db.imports.plan_types import (
    NUMBER,
    WAITING,
    Choices,
    Ignored,
    Plan,
    Problem,
    Sheet,
    SheetPlan,
    Tick,
    Workbook,
    silent,
)
from db.imports.row_actions import Finisher
from db.imports.row_matching import Entry, Rows
from db.imports.row_persons import Owners
from db.imports.row_reader import Raw, Readers, refine, rows_of
from db.model.fields import Field, OfficeTable
from db.model.office import Office
from db.model.types import Choice, Context, References
from db.model.types import Choices as Several
from db.rows.titles import context
from db.storage.connection import change_token

CHECKED_AT_MOST = 6_000
"""So many rows are tried on the file's own rules, in a transaction that is taken back; more are not until they are
written, as it would take as long and hold the file against everybody meanwhile."""
_NOTHING = Choices()
Layouts = list[tuple[int, Sheet, column_matching.Layout, SheetPlan]]


def plan(db: Office, workbook: Workbook, choices: Choices = _NOTHING, tick: Tick = silent) -> Plan:
    """What an import would do; the office file is only read. Raises what ``tick`` raises."""
    planner = _Planner(db, workbook, choices, tick)
    with no_garbage():
        return planner.check(whole) if (whole := palette_workbook.plan(db, workbook, choices, tick)) else planner.make()


class _Planner:
    def __init__(self, db: Office, workbook: Workbook, choices: Choices, tick: Tick) -> None:
        self.db, self.workbook, self.choices, self.tick = db, workbook, choices, tick
        self.token = change_token(db)
        self.known: Context = context(db)
        self.memory = remembered_choices.recall(db)
        self.tables = db.files
        self.readers = Readers(self.known, choices, self.memory)
        self.people = People()
        self.stored: dict[str, Stored] = {}
        self.titles: dict[str, Titles] = {}
        self.entries: dict[str, list[Entry]] = {}
        self._references: dict[tuple[str, bool], list[Field]] = {}

    def make(self) -> Plan:
        self.tick(0.0, "Lecture des titres de colonnes")
        layouts = self._layouts()
        made = Plan(self.workbook.name, [one for *_, one in layouts], self.choices, list(self.workbook.notes))
        made.token = self.token
        order = write.in_order(self.tables)
        wanted = [
            name for name in order if any(layout.table and layout.table.name == name for _, _, layout, _ in layouts)
        ]
        if wanted:
            self._know_people()
        for number, name in enumerate(wanted):
            self._table(self.tables[name], layouts, 0.1 + 0.6 * number / len(wanted), 0.6 / len(wanted))
        finisher = Finisher(self.choices, self.readers, self.people)
        for number, name in enumerate(wanted):
            self.tick(0.7 + 0.1 * number / len(wanted), f"Comparaison : {self.tables[name].plural}")
            finisher.finish(self.tables[name], self.entries[name], self._know(name))
        for *_, sheet in layouts:
            sheet.rows.sort(key=lambda row: row.number)
            sheet.ignored.sort(key=lambda line: line.row)
        made.listed = frozenset(
            f"{table.name}.{item.name}"
            for table in self.tables.values()
            for item in table.fields
            if isinstance(item.type, Choice | Several)
        )
        return self.check(made)

    def check(self, made: Plan) -> Plan:
        """The plan, once its rows were tried on the rules of the file itself."""
        self._check(made)
        self.tick(1.0, "Comparaison terminée")
        return made

    # ---- sheets

    def _layouts(self) -> Layouts:
        every = {name: column_matching.headers_of(table) for name, table in self.tables.items()}
        found = []
        for number, sheet in enumerate(self.workbook.sheets):
            layout = column_matching.layout(sheet, every, self.choices, self.memory)
            refine(layout, sheet, self.readers)
            found.append((number, sheet, layout, self._sheet_plan(sheet, layout)))
        return found

    def _sheet_plan(self, sheet: Sheet, layout: column_matching.Layout) -> SheetPlan:
        table = layout.table
        made = SheetPlan(sheet.name, table.name if table else "", table.plural if table else "", layout.how, layout.why)
        made.hidden, made.header_row, made.columns, made.notes = (
            sheet.hidden,
            layout.header_row,
            layout.columns,
            list(sheet.notes),
        )
        for looks, what in (
            (sheet.coloured, "colorées : la couleur n’est pas importée"),
            (sheet.struck, "barrées : cela n’est pas importé"),
        ):
            many = sum(count for row, count in looks.items() if row > layout.header_row)
            if many:
                made.notes.append(f"des cellules sont {what} ({many} cellule{'s' * (many > 1)})")
        if table:
            has = {column.field for column in layout.columns} | set(self.choices.constants.get(sheet.name, {}))
            required = [item.name for item in table.fields if item.required and item.name != "person_id"]
            named = {column_matching.NAME} <= has and table.name == "person"
            made.missing = [name for name in required if name not in has and not (named and name in table.title)]
        return made

    # ---- one table

    def _know(self, name: str) -> Stored:
        if name not in self.stored:
            self.stored[name] = Stored(self.db, self.tables[name])
        return self.stored[name]

    def _know_people(self) -> None:
        self.tick(0.05, "Lecture des personnes connues")
        stored = self._know("person")
        for row_id in stored.rows:
            self.people.add(row_id, *(stored.value(row_id, name) for name in ("last_name", "first_name", "birth_date")))

    def _titles(self, name: str) -> Titles:
        if name not in self.titles:
            self.titles[name] = Titles(self._know(name), self.known, self.people)
            for entry in self.entries.get(name, ()):
                self.titles[name].add(entry.id, entry.given)
        return self.titles[name]

    def _table(self, table: OfficeTable, layouts: Layouts, start: float, share: float) -> None:
        mine = [one for one in layouts if one[2].table is table]
        total = sum(len(sheet.lines) for _, sheet, *_ in mine) or 1
        entries: list[Entry] = []
        names_of: dict[str, tuple[str, ...] | None] = {}
        before = 0
        owner = Owners(self.people, self._titles("person"), self.choices, self.memory)
        for number, sheet, layout, made in mine:
            step = self._step(start, share, before, total, f"Lecture : {sheet.name}")
            raws = rows_of(sheet, layout, made, self.readers, self.choices.aside, step)
            places = {column.field: column.letter for column in layout.columns if column.field}
            names_of[sheet.name] = row_matching.key_fields(table, set(places))
            if table.name == "person":
                entries += row_persons.persons(
                    raws, number, made, places, owner, self._know("person"), entries, self._show(table), layout.ours()
                )
            else:
                entries += self._others(raws, number, made, places, owner, table)
            before += len(sheet.lines)
        rows = Rows(self._know(table.name))
        if table.belongs_to_person:
            row_matching.match_dated(entries, rows, names_of)
        elif table.name != "person":
            entries = self._by_key(table, entries, rows)
        self._register(table, entries)

    def _step(self, start: float, share: float, before: int, total: int, what: str) -> Callable[[int], None]:
        return lambda done: self.tick(start + share * (before + done) / total, what)

    def _show(self, table: OfficeTable) -> Callable[[str, Any], str]:
        return lambda name, value: self.readers.of(table, name).show(value)

    def _others(
        self,
        raws: list[Raw],
        number: int,
        made: SheetPlan,
        places: Mapping[str, str],
        owner: Owners,
        table: OfficeTable,
    ) -> list[Entry]:
        entries = []
        for raw in raws:
            entry = Entry(
                made, raw.number, row_matching.provisional(number, raw.number), raw.values, problems=raw.problems
            )
            entry.asked = raw.values.pop(NUMBER, None)
            if table.belongs_to_person:
                owner.resolve(entry, places, self._know("person"))
            self._refer(entry, table, places, early=True)
            entries.append(entry)
        by_name = sum("reconnue par son nom seul" in entry.notes for entry in entries)
        if by_name:
            made.notes.append(
                f"par son nom seul, unique dans le fichier : la personne de {by_name} ligne{'s' * (by_name > 1)}"
            )
        return entries

    def _refer(self, entry: Entry, table: OfficeTable, places: Mapping[str, str], early: bool) -> None:
        """Texts that name rows of other tables become ids; of its own table, once that table is read."""
        for item in self._referring(table, early):
            text = entry.given.get(item.name)
            if not isinstance(text, str):
                continue
            found, why = self._named(item.target or "", text, entry, isinstance(item.type, References))
            if why:
                entry.given.pop(item.name)
                problem = Problem(
                    entry.sheet.name, entry.number, places.get(item.name, ""), item.name, item.label, text, why
                )
                if problem.key not in self.choices.aside:
                    entry.problems.append(problem)
            else:
                entry.given[item.name] = found

    def _referring(self, table: OfficeTable, early: bool) -> list[Field]:
        """The fields that refer to other tables (``early``) or to the table itself."""
        key = (table.name, early)
        if key not in self._references:
            self._references[key] = [
                item
                for item in table.fields
                if item.target and item.name != "person_id" and (item.target != table.name) == early
            ]
        return self._references[key]

    def _named(self, target: str, text: str, entry: Entry, several: bool) -> tuple[Any, str]:
        titles = self._titles(target)
        person = entry.given.get("person_id") if self.tables[target].belongs_to_person else None
        if not several:
            return titles.find(text, person)
        found: list[int] = []
        for part in (part.strip() for part in text.replace("\n", ";").split(";")):
            one, why = titles.find(part, person) if part else (None, "")
            if why:
                return None, why
            if one is not None and one not in found:
                found.append(one)
        return tuple(found) or None, ""

    def _by_key(self, table: OfficeTable, entries: list[Entry], rows: Rows) -> list[Entry]:
        """Rows of no person: one each key; a second line on the same is merged with the first."""
        kept: list[Entry] = []
        first_of: dict[Any, Entry] = {}
        for entry in entries:
            names = tuple(name for name in table.key if name in entry.given)
            number = rows.numbered(entry.asked, names, entry.given) if entry.asked else None
            found = [number] if number else rows.of(names, entry.given) if names else []
            if len(found) > 1:
                entry.unsure = True
                told = f"plusieurs lignes du fichier portent ce nom (n° {', '.join(map(str, found))}) : donnez le N°"
                entry.problems.append(
                    Problem(entry.sheet.name, entry.number, "", table.key[0], table.field(table.key[0]).label, "", told)
                )
            elif found:
                entry.id, entry.by_number = found[0], bool(number)
            key = (
                entry.id
                if entry.id > 0
                else tuple(row_matching.comparable(entry.given.get(name)) for name in table.key)
            )
            first = first_of.setdefault(key, entry)
            if first is entry or entry.problems or not names:
                kept.append(entry)
                continue
            told_or_problem = row_matching.merge(
                first, entry.number, entry.sheet, entry.given, table, self._show(table)
            )
            if isinstance(told_or_problem, Problem):
                entry.problems.append(told_or_problem)
                entry.unsure = True
                kept.append(entry)
            else:
                entry.sheet.ignored.append(Ignored(entry.number, told_or_problem))
        return kept

    def _register(self, table: OfficeTable, entries: list[Entry]) -> None:
        """From now on these rows are found by name and number; then they may refer to each other."""
        self.entries[table.name] = entries
        titles = self._titles(table.name)
        for entry in entries:
            titles.add(entry.id, entry.given)
            if entry.asked:
                titles.numbers.setdefault(entry.asked, entry.id)
        for entry in entries if self._referring(table, False) else ():
            places = {column.field: column.letter for column in entry.sheet.columns if column.field}
            self._refer(entry, table, places, early=False)

    # ---- the file's own rules

    def _check(self, made: Plan) -> None:
        """Try the rows on the rules of the file itself, and take everything back."""
        rows = write.ruled(self.db, made)
        if len(rows) > CHECKED_AT_MOST:
            told = f"Plus de {CHECKED_AT_MOST} lignes : les règles du fichier seront vérifiées à l’enregistrement."
            made.notes.append(told)
            return
        refused: list[write.Refusal] = []
        if rows:
            what = "Vérification des règles"
            try:
                refused = write.rehearse(self.db, rows, lambda done, _: self.tick(0.8 + 0.2 * done, what))
            except BusyError:
                made.notes.append("Le fichier est occupé : ses règles seront vérifiées à l’enregistrement.")
                return
        made.checked = True
        for _, row, problem in refused:
            row.action, row.problems = WAITING, (*row.problems, problem)
