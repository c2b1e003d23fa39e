"""Publish a year, or withdraw it: the rules, the auditor, the attestation, then the file put online in one move."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from db.base.errors import InvalidError, Problem, StorageError
from db.base.progress import Progress, ignore_progress, part_of
from db.base.work_folders import own_folder
from db.model.office import Office
from db.rows import long_writes, records
from publication import attestation, prepared
from publication.audit.auditor import GUESSING, Case, Verdict, audit
from publication.audit.comparison import ComparedTable, compare
from publication.draw.draw import MIN_CHANGED, Draw, SourceData, count_changed, distances, draw, read_source
from publication.prepared import Outcome, Prepared
from publication.release import ledger, public_facts, public_file
from publication.release.ledger import LedgerEntry
from publication.release.population import count_tables
from publication.release.release import Fact, Release, from_json, to_json
from publication.release.tables import PLANS

_MAX_AUDITED_DRAWS = 4
"""How many draws are audited before a year is refused."""


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
    """Publish a year and put the public file online, unless the auditor refuses. Raises as ``adopt_online``,
    ``prepare`` and ``place``."""
    adopt_online(db, to)
    return place(db, private, prepare(db, private, year, tick), to, who)


def adopt_online(db: Office, to: Path) -> None:
    """Enter in the ledger the years that the public file has and the ledger does not know, as after the restoration of
    an older backup: they are never drawn again. Raises InvalidError for a public file of another office, or one whose
    numbers are not those of the ledger; PublicFileError for another file."""
    if not to.exists():
        return
    entries = ledger.read_entries(db)
    if _is_of_ended_series(entries):
        return
    firsts = {release.year: (release, first_published(entries, release.year)) for release in public_file.read(to)}
    other = [str(year) for year, (release, first) in firsts.items() if first and not first.has_same_numbers(release)]
    unknown = [release for release, first in firsts.values() if first is None]
    if unknown and public_file.read_mark(to) != public_file.mark_of(ledger.read_secret_key(db)):
        other += [str(release.year) for release in unknown]
    if other:
        raise InvalidError([Problem(f"{_FOREIGN.format(', '.join(other), to.name)}")])
    new = [("publish", release.year, to_json(replace(release, facts=()))) for release in unknown]
    if new:
        ledger.add_entries(db, len(entries), new, "Palette, d’après le site")


def _is_of_ended_series(entries: Sequence[LedgerEntry]) -> bool:
    """Return whether all that was ever published has other tables than today's. The partners' site does not serve such
    a file, and it is replaced without being read."""
    published = [from_json(entry.numbers) for entry in entries if entry.action == "publish"]
    return bool(published) and not any(map(_is_current_series, published))


_FOREIGN = (
    "Le site publie d’autres chiffres que ce fichier pour : {}. Rien n’a été fait. Sans doute un autre fichier de "
    "l’équipe publie-t-il là : choisissez un autre dossier public, ou mettez « {} » de côté."
)


def why_refused(db: Office, year: int) -> str:
    """Return in French why this year of this file is published by nobody, '' when it may be."""
    if year >= int(records.today()[:4]):
        return f"{year} n’est pas finie : une publication porte sur une année entière."
    return _CHANGED_DEMONSTRATION if ledger.is_changed_demonstration(db) else ""


def prepare(db: Office, private: Path, year: int, tick: Progress = ignore_progress) -> Prepared:
    """Draw and audit a year; nothing is written. Raises InvalidError for public facts that cannot be read, a year that
    is not over, or a demonstration that holds more than its invented persons; NoSafeDrawError when no draw is safe,
    BusyError during a long write."""
    if reason := why_refused(db, year):
        raise InvalidError([Problem(reason)])
    entries = ledger.read_entries(db)
    seen, online = len(entries), releases_online(entries)
    facts = public_facts.read(public_facts.path_beside(private))
    first = first_published(entries, year)
    if first is not None and not _is_current_series(first):
        sentence = f"{year} a déjà été publiée avec d’autres catégories : la nouvelle série commence plus tard."
        return Prepared(Outcome("carried", year, sentence, tuple(online.values())), seen)
    with long_writes.reading_whole(db):
        office = read_source(db, [*online, year])
    if first is None and online and (changed := _count_changed_since(office, online, year)) < MIN_CHANGED:
        sentence = (
            f"{changed} personnes seulement ont changé depuis la dernière publication (il en faut {MIN_CHANGED}) : "
            "les chiffres déjà publiés restent en ligne, tels quels."
        )
        outcome = Outcome("carried", year, sentence, tuple(online.values()))
        return Prepared(outcome, seen, add_facts(online.values(), facts))
    if first is not None:
        audited = _audit(add_facts({**online, year: first}.values(), facts), office, year, tick)
        kind, sentence = "same", f"{year} avait déjà été publiée : les mêmes chiffres sont en ligne."
    else:
        audited = _draw_and_audit(office, year, add_facts(online.values(), facts), facts, tick)
        kind, sentence = "new", f"Les chiffres de {year} sont en ligne."
    if audited.failed:
        reasons = " ".join(reason for verdict in audited.failed for reason in verdict.reasons[:2])
        sentence = f"L’auditeur refuse cette publication. {reasons}"
        return Prepared(Outcome("refused", year, sentence, *audited), seen)
    tick(0.99, "Mettre en ligne")
    return Prepared(Outcome(kind, year, sentence, *audited), seen, audited.releases, year not in online)


def place(db: Office, private: Path, ready: Prepared, to: Path, who: str) -> Outcome:
    """Enter what was prepared in the ledger, then put it online. Raises BusyError when a colleague published or
    withdrew meanwhile, StorageError when the file could not be written: it will be at the next start of Palette."""
    outcome, online = ready.outcome, ready.online
    if online is None:
        return outcome
    new = [release for release in online if ready.is_new and release.year == outcome.year]
    numbers = [("publish", release.year, to_json(replace(release, facts=()))) for release in new]
    ledger.add_entries(db, ready.seen, numbers, who)
    bring_online(db, private, to)
    return outcome


def withdraw(db: Office, private: Path, year: int, to: Path, who: str) -> None:
    """Remove a year from the public file. It stays in the ledger, and would be published again with the same numbers.
    Raises InvalidError when the year is not online, BusyError when a colleague published meanwhile, StorageError as
    ``place``."""
    entries = ledger.read_entries(db)
    if year not in releases_online(entries):
        raise InvalidError([Problem(f"{year} n’est pas en ligne.")])
    ledger.add_entries(db, len(entries), [("withdraw", year, "{}")], who)
    bring_online(db, private, to)


def bring_online(db: Office, private: Path, to: Path) -> None:
    """Write the public file as the ledger says. Raises StorageError when it cannot be written."""
    facts = public_facts.read(public_facts.path_beside(private))
    try:
        with ledger.placing(db) as entries:
            releases = add_facts(releases_online(entries).values(), facts)
            put_online(to, releases, public_file.mark_of(ledger.read_secret_key(db)))
    except OSError as error:
        raise StorageError(
            f"Le fichier public n’a pas pu être écrit ({error.strerror}) : le registre est à jour, et le site le sera "
            "quand la place ou les droits manquants seront là, au prochain démarrage de Palette."
        ) from error


@dataclass(frozen=True)
class Preview:
    """What a year publishes, or would, beside the true numbers. ``total``: the true number of persons followed;
    ``distance``: the mean one, in persons."""

    release: Release
    total: int
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
        shown = draw(office, year, list(online.values()), public_facts.of_year(facts, year)).release
    true = count_tables(office.years[year])
    with_facts = add_facts([shown], facts)[0]
    return Preview(
        with_facts, true.total, compare(with_facts, true), float(distances(with_facts, true).mean()), year in online
    )


def check(db: Office, private: Path, path: Path, tick: Progress = ignore_progress) -> list[Verdict]:
    """Audit a public file against the office's, with every public fact that was noted since: persons of the last year,
    and of each year that has a fact. Raises PublicFileError for a file that is not one, or is empty, InvalidError for
    facts that cannot be read."""
    releases = public_file.read(path)
    if not releases:
        raise public_file.PublicFileError("Ce fichier ne contient aucune publication.")
    office = read_source(db, [release.year for release in releases])
    known = add_facts(releases, public_facts.read(public_facts.path_beside(private)))
    with_facts = [release.year for release in known[:-1] if release.facts]
    verdicts = audit(Case(path, known, office, filed=releases), part_of(tick, 0.0, 0.5))
    for index, year in enumerate(with_facts):
        part = part_of(tick, 0.5 + 0.5 * index / len(with_facts), 0.5 + 0.5 * (index + 1) / len(with_facts))
        more = audit(Case(path, known, office, year), part, only=GUESSING)
        reasons = {verdict.attack.number: verdict.reasons for verdict in more}
        verdicts = [replace(one, reasons=one.reasons + reasons.get(one.attack.number, ())) for one in verdicts]
    return verdicts


# --- in another process


def prepare_as_bytes(db: Office, private: Path, year: int, tick: Progress) -> bytes:
    """Do the same as ``prepare``; the result is for ``prepared.from_bytes``."""
    return prepared.to_bytes(prepare(db, private, year, tick))


def check_as_bytes(db: Office, private: Path, path: Path, tick: Progress) -> bytes:
    """Do the same as ``check``; the result is for ``prepared.verdicts_from_bytes``."""
    return prepared.verdicts_to_bytes(check(db, private, path, tick))


# --- steps

_CHANGED_DEMONSTRATION = (
    "Ce fichier est la démonstration, et des lignes y ont été ajoutées ou changées. La clé secrète de la démonstration "
    "est connue de tous : seuls ses chiffres inventés peuvent être publiés. Pour de vraies personnes, commencez un "
    "fichier neuf (« python -m db init »)."
)


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
        of_year = public_facts.of_year(facts, year)
        drawn = draw(office, year, online, of_year, attempt + 1, part_of(tick, 0.0, 0.4))
        attempt = drawn.attempt
        releases = tuple(sorted([*online, drawn.release], key=lambda release: release.year))
        audited = _audit(releases, office, year, part_of(tick, 0.4, 1.0), drawn)
        audits += 1
        if not audited.failed or audits == _MAX_AUDITED_DRAWS:
            return audited


def _audit(
    releases: Sequence[Release], office: SourceData, year: int, tick: Progress, drawn: Draw | None = None
) -> _AuditedReleases:
    """Audit releases in a public file. One without an attestation receives it, and the file is audited again."""
    with own_folder() as folder:
        path = Path(folder) / public_file.NAME
        public_file.write(path, releases)
        case = Case(path, releases, office, year, measured=drawn.gains if drawn else None)
        verdicts = audit(case, tick)
        audited = _AuditedReleases(tuple(releases), tuple(verdicts), case.secrets.get(year, {}))
        if audited.failed or all(release.measures for release in releases):
            return audited
        measures = attestation.make(case.latest()[0], case.measures.get(year, {}), verdicts)
        if office.demonstration:
            measures |= {public_file.WARNING: "Chiffres de démonstration, entièrement inventés."}
        attested = tuple(
            replace(release, measures=measures) if release.year == year else release for release in releases
        )
        path.unlink()
        public_file.write(path, attested)
        final = audit(Case(path, attested, office, year), only=(10, 11), earlier=verdicts)
        return _AuditedReleases(attested, tuple(final), audited.secrets)


def put_online(to: Path, releases: Sequence[Release], mark: int) -> None:
    """Write the public file in a folder beside it and move it into place at once; without releases, delete it."""
    if not releases:
        to.unlink(missing_ok=True)
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    with own_folder(to.parent) as folder:
        new = Path(folder) / to.name
        public_file.write(new, releases, mark)
        new.chmod(0o644)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.replace(to)
    with suppress(OSError):  # some file systems cannot sync a folder
        descriptor = os.open(to.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
