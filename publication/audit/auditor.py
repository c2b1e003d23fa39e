"""The auditor: every attack that a public file must withstand before it is put online.

An attack is a function that tries to learn something about a person from the public file, as an attacker would, or
checks something that the other attacks rely on. It returns reasons: French sentences that each name the year, the table
and what was learnt. No reasons means that the attack was withstood. The verdict on an attack is the attack with its
reasons; a single failed verdict, and the file is not published. Attacks are independent: each sees the same case, that
is the file, the releases in it and the office's own data, which it uses as the knowledge of a strong attacker.

Attacks also measure. What they measure from the published numbers alone goes into the public attestation. What they
measure with the true numbers stays in the office, because an attacker could measure it again for every possible profile
of the last unknown person and keep the profile that gives the same value. The attacks are listed in docs/publication.md.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

from db.base.french import french_number
from db.base.progress import Progress, ignore_progress
from publication.audit.bytes_check import check_bytes
from publication.audit.consistency import check_amounts, check_categories, check_rebuilds, check_sums
from publication.audit.decoys import find_accepted_decoys
from publication.audit.site_access import check_site_access
from publication.draw.draw import (
    MAX_MEAN_DISTANCE,
    SourceData,
    attempt_of,
    build_release,
    distances,
    excessive,
    gain_sentence,
    is_disclosive,
    measure_gains,
    scale,
)
from publication.inference import intervals, joint, simulated_keys
from publication.inference.intervals import Interval
from publication.inference.simulated_keys import Gain
from publication.release.population import Population, count_tables
from publication.release.release import Release

_log = logging.getLogger(__name__)


@dataclass
class Case:
    """What is attacked: the file, the releases in it (oldest first), and the office's data they were made from."""

    path: Path
    releases: Sequence[Release]
    office: SourceData
    subject: int = 0
    """The year that is new; by default the last one."""
    filed: Sequence[Release] = ()
    """The releases as the file has them, if ``releases`` have public facts that were noted since."""
    measured: tuple[Gain, ...] | None = None
    """The gains of attacks with simulated keys, if they are known from the draw."""
    measures: dict[int, dict[str, str]] = field(default_factory=dict)
    """By year: measured from the published numbers alone, for the attestation."""
    secrets: dict[int, dict[str, str]] = field(default_factory=dict)
    """By year: measured with the true numbers, for the office only."""

    def __post_init__(self) -> None:
        self.subject = self.subject or self.releases[-1].year

    @cached_property
    def intervals_by_year(self) -> dict[int, list[Interval]]:
        """By year: what the published numbers imply about every margin and cell."""
        return {release.year: intervals.find_intervals(release) for release in self.releases}

    def years(self) -> Iterator[tuple[Release, Population]]:
        """Yield each release with its population, limited to the own fields that the release publishes."""
        for release in self.releases:
            yield release, self.office.years[release.year].with_own_tables(release.own_tables)

    @cached_property
    def foreign_categories(self) -> list[str]:
        """Reasons of attack 8: tables whose categories are not those of the dictionary or of an own field."""
        return [
            reason
            for release, population in self.years()
            for reason in check_categories([release], population.own_plans)
        ]

    @cached_property
    def gains(self) -> tuple[Gain, ...]:
        """What attacks with simulated keys gain on the new release, compared with the others."""
        if self.measured is not None:
            return self.measured
        return measure_gains(self.office, self.subject, self.releases, self.latest()[0].level)

    @cached_property
    def attempt(self) -> int:
        """The attempt that gave the new release."""
        release, population = self.latest()
        return attempt_of(release, population, self.office.key)

    def rebuild(self, population: Population) -> Release:
        """Return the same draw for another population."""
        return build_release(population, self.subject, self.office.key, self.attempt)

    def latest(self) -> tuple[Release, Population]:
        """Return the new release and its population."""
        return next(pair for pair in self.years() if pair[0].year == self.subject)

    def measure(self, year: int, name: str, value: str) -> None:
        """Record what was measured from the published numbers of a year."""
        self.measures.setdefault(year, {})[name] = value

    def measure_secretly(self, year: int, name: str, value: str) -> None:
        """Record what was measured with the true numbers of a year."""
        self.secrets.setdefault(year, {})[name] = value


@dataclass(frozen=True)
class Attack:
    """One attack: its number and French title, what the attacker tries in plain French, and the function."""

    number: int
    title: str
    tries: str
    run: Callable[[Case], list[str]]


@dataclass(frozen=True)
class Verdict:
    """The result of one attack; without ``reasons`` it was withstood."""

    attack: Attack
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the attack was withstood."""
        return not self.reasons


def _attack_cells(case: Case) -> list[str]:
    reasons = []
    for release in case.releases:
        found = case.intervals_by_year[release.year]
        widths = sorted(interval.high - interval.low + 1 for interval in found)
        leaks = [interval for interval in found if is_disclosive(interval)]
        case.measure(release.year, "Intervalle le plus étroit", _possible_values(widths[0]))
        case.measure(release.year, "Intervalle médian", _possible_values(widths[len(widths) // 2]))
        case.measure(release.year, "Petits nombres exacts", str(sum(leak.is_exact for leak in leaks)))
        case.measure(release.year, "Petits nombres de 1 à 4 à coup sûr", str(sum(leak.is_few for leak in leaks)))
        reasons += [_leak_sentence(release, leak) for leak in leaks]
    release, population = case.latest()
    far = distances(release, count_tables(population))
    mean = float(far.mean())
    case.measure_secretly(release.year, "Écart moyen", f"{french_number(mean, 1)} personne{'s' * (mean >= 2)}")
    case.measure_secretly(release.year, "Plus grand écart", f"{far.max()} personnes")
    return reasons


def _possible_values(number: int) -> str:
    return f"{number} valeur{'s' * (number > 1)} possible{'s' * (number > 1)}"


def _leak_sentence(release: Release, leak: Interval) -> str:
    value = f"vaut exactement {leak.low}" if leak.is_exact else f"est compris entre {leak.low} et {leak.high}"
    return f"{release.year}, {leak.table} : « {' · '.join(leak.labels)} » {value}, à coup sûr."


def _attack_three_way(case: Case) -> list[str]:
    return [
        _leak_sentence(release, interval)
        for release, _ in case.years()
        for interval in intervals.find_three_way_intervals(release, case.intervals_by_year[release.year])
        if is_disclosive(interval)
    ]


def _attack_joint(case: Case) -> list[str]:
    populations = {release.year: population for release, population in case.years()}
    groups = joint.count_by_presence(joint.followed_by_year(populations))
    return [
        f"{group.criterion} : les {group.persons} personnes suivies en {', '.join(map(str, sorted(group.years)))} "
        f"sont toutes « {group.category} », à coup sûr."
        for group in joint.find_certain_groups(case.releases, groups)
    ]


def _attack_newcomers(case: Case) -> list[str]:
    return _judge(case, "Arrivée ou départ", (simulated_keys.ARRIVES, simulated_keys.LEAVES))


def _judge(case: Case, title: str, who: Sequence[str]) -> list[str]:
    """Return a reason for each excessive gain of the attacks on these persons, and record the largest one."""
    gains = [gain for gain in case.gains if gain.scenario.startswith(tuple(who))]
    if gains:
        largest = max(gains, key=lambda gain: gain.mean)
        value = f"{french_number(100 * max(0.0, largest.mean), 1)} points ({largest.criterion})"
        case.measure_secretly(case.subject, f"{title} : plus grand gain de l’attaquant", value)
    return [gain_sentence(case.subject, gain) for gain in excessive(gains)]


def _attack_last_person(case: Case) -> list[str]:
    return _judge(case, "Une seule personne inconnue", (simulated_keys.STAYS, simulated_keys.EVENT))


def _attack_homogeneous(case: Case) -> list[str]:
    """Search for a line of a table whose persons can only be in one cell of it."""
    reasons = []
    for release, _ in case.years():
        count = 0
        for name, table in intervals.crossed_tables(release).items():
            system = intervals.release_system(release)
            indices = [index for index, _ in intervals.cells(table)]
            lines, others = [], []
            for index in indices:
                for axis in (0, 1):
                    lines.append((index, axis))
                    others.append([(name, *cell) for cell in indices if cell[axis] == index[axis] and cell != index])
            _, highs = system.bounds(others)
            for (index, axis), high in zip(lines, highs, strict=True):
                if high == 0:
                    count += 1
                    labels = intervals.labels_at(table, index)
                    reasons.append(f"{release.year}, {name} : « {labels[axis]} » est toujours « {labels[1 - axis]} ».")
        case.measure(release.year, "Groupes qui partagent tous une même catégorie", str(count))
    return reasons


def _check_distance(case: Case) -> list[str]:
    """Check that the numbers of the new year were made from this office's file: others are too far from its true
    numbers. Earlier years are not compared, since persons of the past are erased; nor are own fields, which are filled
    in over time."""
    release, population = case.latest()
    far = distances(release.without_own_tables(), count_tables(population)).mean()
    sentence = f"{release.year} : les chiffres s’écartent trop de ceux du fichier, de {far:.1f} personnes en moyenne."
    return [sentence] if far > MAX_MEAN_DISTANCE * scale(release.level) else []


ATTACKS: tuple[Attack, ...] = (
    Attack(1, "Additions et soustractions", "Retrouver un petit nombre en combinant tous les nombres publiés.", _attack_cells),
    Attack(2, "Croisements à trois critères", "La même chose pour des groupes plus fins, qui ne sont pas publiés.", _attack_three_way),
    Attack(3, "Toutes les années ensemble", "Comparer les publications pour savoir qui est arrivé ou parti.", _attack_joint),
    Attack(4, "Arrivées et départs", "Comparer les années pour deviner les catégories de qui arrive ou part.", _attack_newcomers),
    Attack(5, "Tous sauf un", "Connaître toutes les personnes sauf une, et deviner la dernière.", _attack_last_person),
    Attack(6, "Cent publications", "Refaire la publication cent fois et prendre la moyenne.", lambda case: check_rebuilds(case.latest()[1], case.rebuild)),
    Attack(7, "Cohérence", "Trouver un tableau qui ne s’additionne pas, ou un nombre qui n’est pas arrondi.", lambda case: check_sums(case.releases) + _check_distance(case)),
    Attack(8, "Catégories déplacées", "Profiter d’une tranche décalée d’une année à l’autre.", lambda case: case.foreign_categories),
    Attack(9, "Groupes homogènes", "Trouver un groupe dont toutes les personnes ont la même catégorie.", _attack_homogeneous),
    Attack(10, "Les octets du fichier", "Chercher un nom, une date ou un reste dans le fichier lui-même.", lambda case: check_bytes(case.path, case.filed or case.releases, case.office.personal_texts)),
    Attack(11, "Le site public", "Atteindre autre chose que la publication par le site.", lambda case: check_site_access(case.path)),
    Attack(12, "Montants", "Déduire ce qu’une personne a reçu d’une somme publiée.", lambda case: check_amounts(*case.latest())),
    Attack(13, "L’auditeur lui-même", "Lui soumettre de mauvaises publications : il doit les refuser.", lambda case: find_accepted_decoys(*case.latest())),
)  # fmt: skip
"""In the order of docs/publication.md."""
GUESSING = (4, 5)
"""The attacks on the persons of one year; every other one is on the file."""
_FOR_ANY_CATEGORIES = (8, 10, 11)
"""The attacks that can run on tables with other categories than the dictionary's; every other one fails on them."""


def audit(
    case: Case, tick: Progress = ignore_progress, only: Sequence[int] = (), earlier: Sequence[Verdict] = ()
) -> list[Verdict]:
    """Run every attack, or ``only`` some, completed with the ``earlier`` verdicts on the others. ``tick`` receives the
    share that is done and the title of the attack; it may raise to cancel."""
    verdicts = []
    for attack, before in zip_longest(ATTACKS, earlier):
        if only and attack.number not in only:
            verdicts += [before] * bool(before)
            continue
        tick((attack.number - 1) / len(ATTACKS), attack.title)
        cannot_run = case.foreign_categories and attack.number not in _FOR_ANY_CATEGORIES
        reasons = tuple(case.foreign_categories if cannot_run else attack.run(case))
        for reason in reasons:
            _log.warning("attack %d succeeded: %s", attack.number, reason)
        verdicts.append(Verdict(attack, reasons))
    return verdicts
