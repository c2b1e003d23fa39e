"""The auditor: fourteen attacks that every public file must survive. One that succeeds blocks the file and says why.

Source: publication.md, « The auditor ». An attack answers with French sentences that name the table: none means that it
was withstood. What it measured of the published numbers goes to the attestation; what it measured of the truth stays.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from pathlib import Path

from db.base.progress import Progress, ignore_progress
from publication.audit import bytes_check, decoys, site_access
from publication.audit.consistency import amounts, categories, rebuilds, sums
from publication.draw.draw import TOO_FAR, SourceData, attempt_of, distances, numbers, tells
from publication.inference import guessing, intervals, joint, tiny
from publication.release.population import People, count
from publication.release.release import Release

_log = logging.getLogger(__name__)


@dataclass
class Case:
    """What is attacked: the file, the releases it holds (oldest first), and the office it was made from."""

    path: Path
    releases: Sequence[Release]
    office: SourceData
    subject: int = 0
    """The year that is new; the last one when none is said."""
    measures: dict[int, dict[str, str]] = field(default_factory=dict)
    """By year: what the attacks measured from published numbers alone, for the attestation."""
    secrets: dict[int, dict[str, str]] = field(default_factory=dict)
    """By year: what they measured from the truth, for the office's eyes only.

    Never published: whoever knows everybody but one could measure it again for every profile of the last one.
    """

    def __post_init__(self) -> None:
        self.subject = self.subject or self.releases[-1].year

    @cached_property
    def known(self) -> dict[int, list[intervals.Interval]]:
        """By year: what the published numbers imply."""
        return {release.year: intervals.intervals(release) for release in self.releases}

    def years(self) -> Iterator[tuple[Release, People]]:
        """Each release with the people it is about, and of the office's own fields those that it tells."""
        for release in self.releases:
            yield release, self.office.years[release.year].telling(release.own)

    @cached_property
    def foreign(self) -> list[str]:
        """Categories that are not those of the menu, nor ever said by the office of a field of its own."""
        return [reason for release, people in self.years() for reason in categories([release], people.own)]

    @cached_property
    def attempt(self) -> int:
        """Which draw the new release was."""
        release, people = self.latest()
        return attempt_of(release, people, self.office.key)

    def again(self, people: People) -> Release:
        """The same draw on other people."""
        return numbers(people, self.subject, self.office.key, self.attempt)

    def latest(self) -> tuple[Release, People]:
        """The release that is new."""
        return next(pair for pair in self.years() if pair[0].year == self.subject)

    def measure(self, year: int, name: str, value: str) -> None:
        """Note what was measured of a year from what it publishes."""
        self.measures.setdefault(year, {})[name] = value

    def tell(self, year: int, name: str, value: str) -> None:
        """Note what was measured of a year from the truth."""
        self.secrets.setdefault(year, {})[name] = value


@dataclass(frozen=True)
class Attack:
    """One attack: its number and title, what the attacker tries in plain French, and the attack itself."""

    number: int
    title: str
    tries: str
    run: Callable[[Case], list[str]]


@dataclass(frozen=True)
class Verdict:
    """What came of one attack: no ``reasons`` means that it was withstood."""

    attack: Attack
    reasons: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether the attack was withstood."""
        return not self.reasons


def _cells(case: Case) -> list[str]:
    found = []
    for release, people in case.years():
        known = case.known[release.year]
        widths = sorted(item.high - item.low + 1 for item in known)
        true = count(people)
        far = distances(release, true)
        told = [item for item in known if tells(item)]
        case.measure(release.year, "Intervalle le plus étroit", _values(widths[0]))
        case.measure(release.year, "Intervalle médian", _values(widths[len(widths) // 2]))
        case.measure(release.year, "Petits nombres exacts", str(sum(item.exact for item in told)))
        case.measure(release.year, "Petits nombres de 1 à 4 à coup sûr", str(sum(item.few for item in told)))
        case.tell(release.year, "Écart moyen", f"{far.mean():.1f} personne".replace(".", ","))
        case.tell(release.year, "Plus grand écart", f"{far.max()} personnes")
        found += [_sentence(release, item) for item in told]
    return found


def _values(number: int) -> str:
    return f"{number} valeur{'s' * (number > 1)} possible{'s' * (number > 1)}"


def _sentence(release: Release, item: intervals.Interval) -> str:
    what = f"vaut exactement {item.low}" if item.exact else f"est compris entre {item.low} et {item.high}"
    return f"{release.year}, {item.sheet} : « {' · '.join(item.labels)} » {what}, à coup sûr."


def _three_way(case: Case) -> list[str]:
    return [
        _sentence(release, item)
        for release, _ in case.years()
        for item in intervals.three_way(release, case.known[release.year])
        if tells(item)
    ]


def _joint(case: Case) -> list[str]:
    groups = joint.presences(guessing.ids_by_year({release.year: people for release, people in case.years()}))
    return [
        f"{one.criterion} : les {one.persons} personnes suivies en {', '.join(map(str, sorted(one.years)))} "
        f"sont toutes « {one.category} », à coup sûr."
        for one in joint.certain(case.releases, groups)
    ]


_TRIALS = {1: 40, 3: 20, 10: 10}
"""How many arrivals of so many persons are simulated."""


def _newcomers(case: Case) -> list[str]:
    release, people = case.latest()
    found: list[guessing.Guesses] = []
    for number, trials in _TRIALS.items():
        found += guessing.newcomers(people, case.again, number, trials, seed=number)
    best = guessing.worst(found)
    if best:
        case.tell(release.year, "Arrivée simulée : gain de l’attaquant", _points(best.gain))
    return [_guessed(release, one) for one in guessing.over(found)]


def _points(gain: float) -> str:
    return f"{100 * max(0.0, gain):.1f} points".replace(".", ",")


def _guessed(release: Release, one: guessing.Guesses) -> str:
    return (
        f"{release.year} : l’attaquant ({one.how}) devine juste {one.right:.0%} des fois, "
        f"contre {one.by_shares:.0%} d’après les parts publiées."
    )


_LEFT_OUT = 6
"""How many persons are left out in turn; each costs a whole joint attack."""


def _left_out(case: Case) -> list[str]:
    release, people = case.latest()
    others = [(known, other) for other, known in case.years() if other is not release]
    years = [*others, (people, release)]
    guesses = guessing.last_ones(years)
    best = guessing.worst(guesses)
    if best:
        case.tell(release.year, "Une seule personne inconnue : gain de l’attaquant", _points(best.gain))
    found = [_guessed(release, one) for one in guessing.over(guesses)]
    followed = people.followed.nonzero()[0]
    for row in followed[:: max(1, len(followed) // _LEFT_OUT)][:_LEFT_OUT]:
        kept = people.ids != people.ids[row]
        without = replace(case.again(people.take(kept)), year=release.year - 1)
        groups = {frozenset((release.year - 1, release.year)): len(followed) - 1, frozenset((release.year,)): 1}
        for one in joint.certain([without, release], groups, list(release.margins)):
            if one.years == frozenset((release.year,)):
                found.append(f"{release.year} : sans une personne, « {one.category} » ({one.criterion}) la désigne.")
    return list(dict.fromkeys(found))


def _homogeneous(case: Case) -> list[str]:
    """A line of a table whose persons can only be in one cell of it."""
    found = []
    for release, _ in case.years():
        alone = 0
        for name, sheet in intervals.crossed(release).items():
            system = intervals.system_of(release)
            places = [place for place, _ in intervals.cells(sheet)]
            lines, others = [], []
            for place in places:
                for axis in (0, 1):
                    lines.append((place, axis))
                    others.append([(name, *cell) for cell in places if cell[axis] == place[axis] and cell != place])
            _, highs = system.bounds(others)
            for (place, axis), high in zip(lines, highs, strict=True):
                if high == 0:
                    alone += 1
                    labels = intervals.labels_at(sheet, place)
                    found.append(f"{release.year}, {name} : « {labels[axis]} » est toujours « {labels[1 - axis]} ».")
        case.measure(release.year, "Groupes qui partagent tous une même catégorie", str(alone))
    return found


def _near(case: Case) -> list[str]:
    """Numbers too far from the office's file are another file's.

    Those of the office's own fields are not looked at: a new field is filled in bit by bit, for earlier years as well.
    """
    return [
        f"{release.year} : les chiffres s’écartent trop de ceux du fichier, de {far.mean():.1f} personnes en moyenne."
        for release, people in case.years()
        if (far := distances(release.menu, count(people))).mean() > TOO_FAR
    ]


ATTACKS: tuple[Attack, ...] = (
    Attack(1, "Additions et soustractions", "Retrouver un petit nombre en combinant tous les nombres publiés.", _cells),
    Attack(2, "Croisements à trois critères", "La même chose pour des groupes plus fins, qui ne sont pas publiés.", _three_way),
    Attack(3, "Toutes les années ensemble", "Comparer les publications pour savoir qui est arrivé ou parti.", _joint),
    Attack(4, "Arrivées et départs", "Deviner les catégories d’une, trois ou dix personnes qui arrivent.", _newcomers),
    Attack(5, "Tous sauf un", "Connaître toutes les personnes sauf une, et deviner la dernière.", _left_out),
    Attack(6, "Cent publications", "Refaire la publication cent fois et prendre la moyenne.", lambda case: rebuilds(case.latest()[1], case.again)),
    Attack(7, "Cohérence", "Trouver un tableau qui ne s’additionne pas, ou un nombre qui n’est pas arrondi.", lambda case: sums(case.releases) + _near(case)),
    Attack(8, "Catégories déplacées", "Profiter d’une tranche décalée d’une année à l’autre.", lambda case: case.foreign),
    Attack(9, "Groupes homogènes", "Trouver un groupe dont toutes les personnes ont la même catégorie.", _homogeneous),
    Attack(10, "Les octets du fichier", "Chercher un nom, une date ou un reste dans le fichier lui-même.", lambda case: bytes_check.foreign(case.path, case.releases, case.office.personal)),
    Attack(11, "Le site public", "Atteindre autre chose que la publication par le site.", lambda case: site_access.reached(case.path)),
    Attack(12, "Montants", "Déduire ce qu’une personne a reçu d’une somme publiée.", lambda case: amounts(case.releases, case.office)),
    Attack(13, "Preuve sur petits tableaux", "Vérifier les intervalles en essayant tous les tableaux possibles.", lambda case: tiny.wrong()),
    Attack(14, "L’auditeur lui-même", "Lui soumettre de mauvaises publications : il doit les refuser.", lambda case: decoys.let_through(*case.latest())),
)  # fmt: skip
"""In the order of publication.md."""
_OF_ANY_FILE = (8, 10, 11, 13)
"""What can be tried on tables of other categories than the menu's; nothing else is known of those."""


def audit(
    case: Case, tick: Progress = ignore_progress, only: Sequence[int] = (), earlier: Sequence[Verdict] = ()
) -> list[Verdict]:
    """Run every attack, or ``only`` some, with what ``earlier`` found of the others.

    ``tick`` is told how far it is, and may raise to stop it.
    """
    verdicts = []
    for attack, before in zip_longest(ATTACKS, earlier):
        if only and attack.number not in only:
            verdicts += [before] * bool(before)
            continue
        tick((attack.number - 1) / len(ATTACKS), attack.title)
        reasons = tuple(case.foreign if case.foreign and attack.number not in _OF_ANY_FILE else attack.run(case))
        for reason in reasons:
            _log.warning("attack %d succeeded: %s", attack.number, reason)
        verdicts.append(Verdict(attack, reasons))
    return verdicts
