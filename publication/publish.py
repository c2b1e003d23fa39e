"""Publish a year, or withdraw it: the rules, the auditor, the attestation, then the file put online in one move."""

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
from publication.audit.auditor import Case, Verdict, audit
from publication.audit.comparison import ComparedTable, compare
from publication.draw.draw import MIN_CHANGED, SourceData, count_changed, distances, draw, read_source
from publication.release import ledger, public_facts, public_file
from publication.release.ledger import LedgerEntry
from publication.release.population import count_tables
from publication.release.release import Fact, Release, from_json, to_json
from publication.release.rounding import AMOUNT_BASE
from publication.release.tables import ATTRIBUTES, BASE, PLANS

_MAX_AUDITED_DRAWS = 4
"""How many draws are audited before a year is refused."""


@dataclass(frozen=True)
class Outcome:
    """The result of publishing. ``kind``: new, same (published before), carried (too few changes) or refused."""

    kind: str
    year: int
    sentence: str
    releases: tuple[Release, ...]
    verdicts: tuple[Verdict, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Measured with the true numbers, for the office only."""

    @property
    def measures(self) -> Mapping[str, str]:
        """The attestation of the year; empty when it is not among the releases."""
        return next((release.measures for release in self.releases if release.year == self.year), {})

    @property
    def refused(self) -> bool:
        """Whether the public file was left as it was because the auditor refused."""
        return self.kind == "refused"


def public_path() -> Path:
    """Return the path of this office's public file: ``artistes.db`` in the folder PALETTE_PUBLIC, or in ``public``."""
    return Path(os.environ.get("PALETTE_PUBLIC") or "public") / public_file.NAME


def year_of(day: str) -> int:
    """Return the year of a 31 December in ISO format. Raises InvalidError for any other day."""
    year = day.removesuffix("-12-31")
    if year == day or not (year.isdigit() and len(year) == 4):
        raise InvalidError([Problem(f"« {day} » : une publication porte sur un 31 décembre (2025-12-31).")])
    return int(year)


def releases_online(entries: Iterable[LedgerEntry]) -> dict[int, Release]:
    """Return what is published now, by year, oldest first. Releases of an ended series are left out."""
    online: dict[int, Release] = {}
    for entry in entries:
        if entry.action == "withdraw":
            online.pop(entry.year, None)
        elif _is_current_series(release := from_json(entry.numbers)):
            online[entry.year] = release
    return dict(sorted(online.items()))


def _is_current_series(release: Release) -> bool:
    """Whether a release has the dictionary's tables; each table of an own field is a series by itself."""
    return release.without_own_tables().tables.keys() == PLANS.keys()


def first_published(entries: Iterable[LedgerEntry], year: int) -> Release | None:
    """Return what a year first published. It is published with these numbers ever after, even once withdrawn."""
    published = (entry for entry in entries if entry.year == year and entry.action == "publish")
    return next((from_json(entry.numbers) for entry in published), None)


def release(db: Office, private: Path, year: int, to: Path, who: str, tick: Progress = ignore_progress) -> Outcome:  # fmt: skip  # noqa: E501
    """Publish a year and put the public file online, unless the auditor refuses. Raises InvalidError for public facts
    that cannot be read, NoSafeDrawError when no draw is safe, BusyError when a colleague published meanwhile."""
    entries = ledger.read_entries(db)
    online = releases_online(entries)
    facts = public_facts.read(public_facts.path_beside(private))
    first = first_published(entries, year)
    if first is not None and not _is_current_series(first):
        sentence = f"{year} a déjà été publiée avec d’autres catégories : la nouvelle série commence plus tard."
        return Outcome("carried", year, sentence, tuple(online.values()))
    office = read_source(db, [*online, year])
    if first is None and online and (changed := _count_changed_since(office, online, year)) < MIN_CHANGED:
        put_online(to, add_facts(online.values(), facts))
        sentence = (
            f"{changed} personnes seulement ont changé depuis la dernière publication (il en faut {MIN_CHANGED}) : "
            "les chiffres déjà publiés restent en ligne, tels quels."
        )
        return Outcome("carried", year, sentence, tuple(online.values()))
    if first is not None:
        audited = _audit(add_facts({**online, year: first}.values(), facts), office, year, tick)
        kind, sentence = "same", f"{year} avait déjà été publiée : les mêmes chiffres sont en ligne."
    else:
        audited = _draw_and_audit(office, year, add_facts(online.values(), facts), facts, tick)
        kind, sentence = "new", f"Les chiffres de {year} sont en ligne."
    if audited.failed:
        reasons = " ".join(reason for verdict in audited.failed for reason in verdict.reasons[:2])
        return Outcome("refused", year, f"L’auditeur refuse cette publication. {reasons}", *audited)
    tick(0.99, "Mettre en ligne")
    if year in online:
        put_online(to, audited.releases)
    else:
        new = next(release for release in audited.releases if release.year == year)
        with ledger.adding_entry(db, entries, "publish", year, to_json(replace(new, facts=())), who):
            put_online(to, audited.releases)
    return Outcome(kind, year, sentence, *audited)


def withdraw(db: Office, private: Path, year: int, to: Path, who: str) -> None:
    """Remove a year from the public file. It stays in the ledger, and would be published again with the same numbers.
    Raises InvalidError when the year is not online, BusyError when a colleague published meanwhile."""
    entries = ledger.read_entries(db)
    online = releases_online(entries)
    if online.pop(year, None) is None:
        raise InvalidError([Problem(f"{year} n’est pas en ligne.")])
    facts = public_facts.read(public_facts.path_beside(private))
    with ledger.adding_entry(db, entries, "withdraw", year, "{}", who):
        put_online(to, add_facts(online.values(), facts))


@dataclass(frozen=True)
class Preview:
    """What a year publishes, or would, beside the true numbers. ``distance``: the mean one, in persons."""

    release: Release
    tables: list[ComparedTable]
    distance: float
    published: bool


def preview(db: Office, private: Path, year: int) -> Preview:
    """Return what would be published for a year, before the auditor. Raises NoSafeDrawError, InvalidError."""
    entries = ledger.read_entries(db)
    facts = public_facts.read(public_facts.path_beside(private))
    online, shown = releases_online(entries), first_published(entries, year)
    office = read_source(db, [*online, year])
    if shown is None:
        shown = draw(office, year, list(online.values()), public_facts.of_year(facts, year))[0]
    true = count_tables(office.years[year])
    with_facts = add_facts([shown], facts)[0]
    return Preview(with_facts, compare(with_facts, true), float(distances(with_facts, true).mean()), year in online)


def check(db: Office, path: Path, tick: Progress = ignore_progress) -> list[Verdict]:
    """Audit a public file against the office's. Raises PublicFileError for a file that is not one, or is empty."""
    releases = public_file.read(path)
    if not releases:
        raise public_file.PublicFileError("Ce fichier ne contient aucune publication.")
    return audit(Case(path, releases, read_source(db, [release.year for release in releases])), tick)


# --- steps


def add_facts(releases: Iterable[Release], facts: Sequence[Fact]) -> tuple[Release, ...]:
    """Return the releases, oldest first, each with the public facts of its year."""
    ordered = sorted(releases, key=lambda release: release.year)
    return tuple(replace(release, facts=public_facts.of_year(facts, release.year)) for release in ordered)


def _count_changed_since(office: SourceData, online: Mapping[int, Release], year: int) -> int:
    """Count the persons who changed since the nearest published year."""
    nearest = min(online, key=lambda other: (abs(other - year), other))
    return count_changed(office.years[nearest], office.years[year])


class _AuditedReleases(NamedTuple):
    """Releases with the auditor's verdicts; ``secrets`` stay in the office."""

    releases: tuple[Release, ...]
    verdicts: tuple[Verdict, ...]
    secrets: Mapping[str, str]

    @property
    def failed(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.passed]


def _draw_and_audit(
    office: SourceData, year: int, online: Sequence[Release], facts: Sequence[Fact], tick: Progress
) -> _AuditedReleases:
    """Draw until the auditor refuses nothing, at most _MAX_AUDITED_DRAWS times."""
    attempt, audits = -1, 0
    while True:
        tick(0.0, "Arrondir les tableaux")
        drawn, attempt = draw(office, year, online, public_facts.of_year(facts, year), attempt + 1)
        audited = _audit(tuple(sorted([*online, drawn], key=lambda release: release.year)), office, year, tick)
        audits += 1
        if not audited.failed or audits == _MAX_AUDITED_DRAWS:
            return audited


def _audit(releases: Sequence[Release], office: SourceData, year: int, tick: Progress) -> _AuditedReleases:
    """Audit releases in a public file. One without an attestation receives it, and the file is audited again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / public_file.NAME
        public_file.write(path, releases)
        case = Case(path, releases, office, year)
        verdicts = audit(case, tick)
        audited = _AuditedReleases(tuple(releases), tuple(verdicts), case.secrets.get(year, {}))
        if audited.failed or all(release.measures for release in releases):
            return audited
        measures = make_attestation(year, case.measures.get(year, {}), verdicts)
        if office.demonstration:
            measures |= {public_file.WARNING: "Chiffres de démonstration, entièrement inventés."}
        attested = tuple(
            replace(release, measures=measures) if release.year == year else release for release in releases
        )
        path.unlink()
        public_file.write(path, attested)
        final = audit(Case(path, attested, office, year), only=(10, 11), earlier=verdicts)
        return _AuditedReleases(attested, tuple(final), audited.secrets)


def make_attestation(year: int, measured: Mapping[str, str], verdicts: Sequence[Verdict]) -> dict[str, str]:
    """Return what is published beside the numbers, in the order in which it is shown.

    Nothing in it is measured with the true numbers. With an exact mean distance, or the success of an attack, somebody
    who knows everybody but one person could try each profile of that person and keep the one that gives the same.
    """
    passed = [str(verdict.attack.number) for verdict in verdicts if verdict.passed]
    return {
        "Photographie": f"31/12/{year}",
        "Base d’arrondi": f"{BASE} personnes ; montants moyens : {AMOUNT_BASE} €",
        "Version des catégories": str(max(grouping.version for grouping in ATTRIBUTES)),
        "Nombres exacts": "le total des personnes suivies, et ce qui avait déjà été rendu public",
        **measured,
        "Écart au vrai": "une à deux personnes par nombre, en moyenne",
        "Attaques tentées et repoussées": f"{len(passed)} sur {len(verdicts)} ({', '.join(passed)})",
        "Bibliothèques": ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy")),
    }


def put_online(to: Path, releases: Sequence[Release]) -> None:
    """Write the public file in a folder beside it and move it into place at once; without releases, delete it."""
    if not releases:
        to.unlink(missing_ok=True)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent, prefix=".publication-") as folder:
        new = Path(folder) / to.name
        public_file.write(new, releases)
        new.chmod(0o644)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.replace(to)
    with suppress(OSError):  # some file systems cannot sync a folder
        descriptor = os.open(to.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
