"""Publish a year, or withdraw it: the policy, the auditor, the attestation, then the file put in place in one move."""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from db.base.errors import InvalidError, Problem
from db.base.progress import Progress, ignore_progress
from db.model.office import Office
from db.rows import personal_text
from db.rows.personal_text import Entry
from publication.audit.auditor import Case, Verdict, audit
from publication.audit.comparison import Compared, compare
from publication.draw.draw import FEWEST_CHANGED, SourceData, changed, distances, draw, read_source
from publication.release import public_facts, public_file
from publication.release.population import count
from publication.release.release import Fact, Release, dumped, loaded
from publication.release.rounding import AMOUNT
from publication.release.tables import ATTRIBUTES, BASE, PLANS

_TRIES = 4
"""So many draws are shown to the auditor before a year is refused."""


@dataclass(frozen=True)
class Outcome:
    """What came of it. ``kind``: « new », « same » (published before), « carried » (too few changed) or « refused »."""

    kind: str
    year: int
    sentence: str
    releases: tuple[Release, ...]
    verdicts: tuple[Verdict, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    """What was measured from the truth; it stays in the office."""

    @property
    def refused(self) -> bool:
        """Whether nothing was put in place."""
        return self.kind == "refused"


def public_path() -> Path:
    """The public file of this office: ``artistes.db`` in the folder PALETTE_PUBLIC, or in ``public``."""
    return Path(os.environ.get("PALETTE_PUBLIC") or "public") / public_file.NAME


def year_of(day: str) -> int:
    """The year of a snapshot of 31 December. Raises InvalidError for any other day."""
    year = day.removesuffix("-12-31")
    if year == day or not (year.isdigit() and len(year) == 4):
        raise InvalidError([Problem(f"« {day} » : une publication porte sur un 31 décembre (2025-12-31).")])
    return int(year)


def in_force(record: Iterable[Entry]) -> dict[int, Release]:
    """What is published now, by year, oldest first; a series of other categories is over."""
    kept: dict[int, Release] = {}
    for entry in record:
        if entry.action == "withdraw":
            kept.pop(entry.year, None)
        elif _of_this_series(release := loaded(entry.numbers)):
            kept[entry.year] = release
    return dict(sorted(kept.items()))


def _of_this_series(release: Release) -> bool:
    """Whether it has the tables of the menu; those of the office's own fields are each a series by itself."""
    return release.menu.tables.keys() == PLANS.keys()


def told_before(record: Iterable[Entry], year: int) -> Release | None:
    """What a year said when it was first published: it never says anything else, withdrawn or not."""
    return next((loaded(one.numbers) for one in record if one.year == year and one.action == "publish"), None)


def release(db: Office, private: Path, year: int, to: Path, who: str, tick: Progress = ignore_progress) -> Outcome:  # fmt: skip  # noqa: E501
    """Publish a year and put the public file in place, unless the auditor refuses.

    Raises InvalidError for public facts that cannot be read, NothingSafeError when no draw is safe, BusyError when a
    colleague published meanwhile.
    """
    record = personal_text.record(db)
    current = in_force(record)
    known = public_facts.read(public_facts.beside(private))
    before = told_before(record, year)
    if before is not None and not _of_this_series(before):
        sentence = f"{year} a déjà été publiée avec d’autres catégories : la nouvelle série commence plus tard."
        return Outcome("carried", year, sentence, tuple(current.values()))
    office = read_source(db, [*current, year])
    if before is None and current and (few := _changed_since(office, current, year)) < FEWEST_CHANGED:
        place(to, with_facts(current.values(), known))
        sentence = (
            f"{few} personnes seulement ont changé depuis la dernière publication (il en faut {FEWEST_CHANGED}) : "
            "les chiffres déjà publiés restent en ligne, tels quels."
        )
        return Outcome("carried", year, sentence, tuple(current.values()))
    if before is not None:
        found = _audited(with_facts({**current, year: before}.values(), known), office, year, tick)
        kind, sentence = "same", f"{year} avait déjà été publiée : les mêmes chiffres sont en ligne."
    else:
        found = _drawn(office, year, with_facts(current.values(), known), known, tick)
        kind, sentence = "new", f"Les chiffres de {year} sont en ligne."
    if found.failed:
        reasons = " ".join(reason for verdict in found.failed for reason in verdict.reasons[:2])
        return Outcome("refused", year, f"L’auditeur refuse cette publication. {reasons}", *found)
    tick(0.99, "Mettre en ligne")
    if year in current:
        place(to, found.releases)
    else:
        made = next(one for one in found.releases if one.year == year)
        with personal_text.adding(db, record, "publish", year, dumped(replace(made, facts=())), who):
            place(to, found.releases)
    return Outcome(kind, year, sentence, *found)


def withdraw(db: Office, private: Path, year: int, to: Path, who: str) -> None:
    """Take a year off the public file; it stays in the record, and would be published again with the same numbers.

    Raises InvalidError when it is not online, BusyError when a colleague published meanwhile.
    """
    record = personal_text.record(db)
    kept = in_force(record)
    if kept.pop(year, None) is None:
        raise InvalidError([Problem(f"{year} n’est pas en ligne.")])
    known = public_facts.read(public_facts.beside(private))
    with personal_text.adding(db, record, "withdraw", year, "{}", who):
        place(to, with_facts(kept.values(), known))


@dataclass(frozen=True)
class Preview:
    """What a year publishes, or would, beside the truth. ``distance``: the mean one, in persons."""

    release: Release
    tables: list[Compared]
    distance: float
    published: bool


def preview(db: Office, private: Path, year: int) -> Preview:
    """What would be published for a year, before the auditor. Raises NothingSafeError, InvalidError."""
    record = personal_text.record(db)
    known = public_facts.read(public_facts.beside(private))
    current, before = in_force(record), told_before(record, year)
    office = read_source(db, [*current, year])
    if before is None:
        before = draw(office, year, list(current.values()), public_facts.of_year(known, year))[0]
    true = count(office.years[year])
    shown = with_facts([before], known)[0]
    return Preview(shown, compare(shown, true), float(distances(shown, true).mean()), year in current)


def check(db: Office, path: Path, tick: Progress = ignore_progress) -> list[Verdict]:
    """Audit a public file against the office's. Raises PublicFileError when it is none."""
    releases = public_file.read(path)
    if not releases:
        raise public_file.PublicFileError("Ce fichier ne contient aucune publication.")
    return audit(Case(path, releases, read_source(db, [one.year for one in releases])), tick)


# --- how


def with_facts(releases: Iterable[Release], known: Sequence[Fact]) -> tuple[Release, ...]:
    """The releases, oldest first, each with the public facts of its year."""
    ordered = sorted(releases, key=lambda one: one.year)
    return tuple(replace(one, facts=public_facts.of_year(known, one.year)) for one in ordered)


def _changed_since(office: SourceData, current: Mapping[int, Release], year: int) -> int:
    """How many persons changed since the nearest published year."""
    nearest = min(current, key=lambda other: (abs(other - year), other))
    return changed(office.years[nearest], office.years[year])


class _Found(NamedTuple):
    """Releases and what the auditor says of them; ``secrets`` stay in the office."""

    releases: tuple[Release, ...]
    verdicts: tuple[Verdict, ...]
    secrets: Mapping[str, str]

    @property
    def failed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.passed]


def _drawn(office: SourceData, year: int, current: Sequence[Release], known: Sequence[Fact], tick: Progress) -> _Found:
    """Draw until the auditor is content, a few times at most."""
    attempt, tries = -1, 0
    while True:
        tick(0.0, "Arrondir les tableaux")
        made, attempt = draw(office, year, current, public_facts.of_year(known, year), attempt + 1)
        found = _audited(tuple(sorted([*current, made], key=lambda one: one.year)), office, year, tick)
        tries += 1
        if not found.failed or tries == _TRIES:
            return found


def _audited(releases: Sequence[Release], office: SourceData, year: int, tick: Progress) -> _Found:
    """The releases, audited as they would be read; one that has no attestation yet is given it, and read again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / public_file.NAME
        public_file.write(path, releases)
        case = Case(path, releases, office, year)
        verdicts = audit(case, tick)
        found = _Found(tuple(releases), tuple(verdicts), case.secrets.get(year, {}))
        if found.failed or all(one.measures for one in releases):
            return found
        measures = attestation(year, case.measures.get(year, {}), verdicts)
        if office.demonstration:
            measures |= {public_file.WARNING: "Chiffres de démonstration, entièrement inventés."}
        final = tuple(replace(one, measures=measures) if one.year == year else one for one in releases)
        path.unlink()
        public_file.write(path, final)
        again = audit(Case(path, final, office, year), only=(10, 11), earlier=verdicts)
        return _Found(final, tuple(again), found.secrets)


def attestation(year: int, measured: Mapping[str, str], verdicts: Sequence[Verdict]) -> dict[str, str]:
    """What is published beside the numbers, in the order it is read.

    Nothing in it is measured from the truth: an exact mean distance, or how well an attack did, would let whoever knows
    everybody but one try each profile of the last one, and keep the one that gives the same.
    """
    passed = [str(verdict.attack.number) for verdict in verdicts if verdict.passed]
    return {
        "Photographie": f"31/12/{year}",
        "Base d’arrondi": f"{BASE} personnes ; montants moyens : {AMOUNT} €",
        "Version des catégories": str(max(grouping.version for grouping in ATTRIBUTES)),
        "Nombres exacts": "le total des personnes suivies, et ce qui avait déjà été rendu public",
        **measured,
        "Écart au vrai": "une à deux personnes par nombre, en moyenne",
        "Attaques tentées et repoussées": f"{len(passed)} sur {len(verdicts)} ({', '.join(passed)})",
        "Bibliothèques": ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy")),
    }


def place(to: Path, releases: Sequence[Release]) -> None:
    """Write the public file new, beside its place, and put it there in one move; without releases, take it away."""
    if not releases:
        to.unlink(missing_ok=True)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".publication-") as folder:
        new = Path(folder) / to.name
        public_file.write(new, releases)
        new.chmod(0o644)
        with new.open("rb") as written:
            os.fsync(written.fileno())
        new.replace(to)
    with suppress(OSError):  # some file systems cannot sync a folder
        folder_of = os.open(to.parent, os.O_RDONLY)
        os.fsync(folder_of)
        os.close(folder_of)
