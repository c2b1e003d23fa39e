"""Guessing: how often an attacker who knows nearly everything names the rest, beside one who reads only the shares.

Attack 4 knows who came (or left) between two releases, and guesses their categories from what changed. Attack 5 knows
the categories of everybody but one, and guesses the last one's from all releases. Both know how the rounding works,
and everything but the key. A guess is worth what it gains over always naming the largest published share.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from publication.inference.joint import LASTING
from publication.release.population import Bools, Counts, Ints, People, count
from publication.release.release import Release
from publication.release.rounding import Floats
from publication.release.tables import ALONE, ATTRIBUTES, BASE, CROSSED

ALLOWED = 0.10
"""How much oftener than by the shares alone anybody may guess right."""
_NAMES = [grouping.name for grouping in ATTRIBUTES]
_SIZES = [len(grouping.labels) for grouping in ATTRIBUTES]
_PAIRS = [(plan.name, _NAMES.index(plan.columns[0]), _NAMES.index(plan.columns[1])) for plan in CROSSED]
_ALONE, _CROSSED = "critères seuls", "croisements"
_USES = (_ALONE, _CROSSED, "tous les tableaux")
"""What an attacker looks at."""
_WITH_OWN = ", champs du bureau compris"
"""Guessed with all else a second time: however badly they are guessed, the menu's own criteria pass by themselves."""
Build = Callable[[People], Release]


@dataclass(frozen=True)
class Guesses:
    """How often the attacker was right, and how often the shares alone are; ``how``: which attacker it was."""

    how: str
    right: float
    by_shares: float

    @property
    def gain(self) -> float:
        """What the attack brings."""
        return self.right - self.by_shares


# --- attack 4: who came, who left


def newcomers(people: People, build: Build, number: int, trials: int, seed: int) -> list[Guesses]:
    """Guess the categories of ``number`` persons from the release with them and the release without them.

    Who leaves is guessed from the same two releases, the other way round: one simulation stands for both.
    """
    random = np.random.default_rng(seed)
    followed = np.flatnonzero(people.followed)
    if len(followed) <= number:
        return []
    names = [*_NAMES, *(plan.name for plan in people.own)]
    codes = np.column_stack([people.codes, *(people.marks[plan.name].argmax(axis=1) for plan in people.own)])
    after = build(people)
    guesses: dict[str, list[tuple[bool, bool]]] = {}
    for _ in range(trials):
        chosen = random.choice(followed, number, replace=False)
        before = build(people.take(np.setdiff1d(np.arange(len(people.ids)), chosen)))
        for how, told in _changes(before, after):
            for attribute, name in enumerate(names):
                shares = _shares(after, name)
                guess = int(np.argmax(np.log(shares) + told[attribute] / BASE * np.log(4) / number))
                for row in chosen:
                    true = int(codes[row, attribute])
                    pair = (guess == true, int(shares.argmax()) == true)
                    for one in (how,) * (attribute < len(_NAMES)) + (how + _WITH_OWN,) * bool(people.own):
                        guesses.setdefault(one, []).append(pair)
    return [_summed(f"{number} · {how}", pairs) for how, pairs in guesses.items()]


def _changes(before: Release, after: Release) -> Iterator[tuple[str, list[Floats]]]:
    """By how much each category rose: in the attribute alone, or most in any table it is crossed in."""
    names = (*_NAMES, *after.own)
    alone = [(after.alone[name].persons - before.alone[name].persons).astype(float) for name in names]
    yield "nombres seuls", alone
    most = [change.copy() for change in alone]
    for table, one, other in _PAIRS:
        change = (after.tables[table].persons - before.tables[table].persons).astype(float)
        most[one] += change.max(axis=1)
        most[other] += change.max(axis=0)
    yield "tous les tableaux", most


# --- attack 5: everybody but one is known


def last_ones(years: Sequence[tuple[People, Release]]) -> list[Guesses]:
    """Guess each category of each person followed in the last year, all other persons of all years being known.

    Several attackers, who trust small distances between true and published numbers more or less, who look at the
    attributes alone or at the crossed tables, and who know the person's other categories or not.
    """
    counted = [(people, count(people), release) for people, release in years]
    last = counted[-1][0]
    persons = last.ids[last.followed]
    found = []
    for trust, use, known in product((0.3, 1.0), _USES, (False, True)):
        if use == _ALONE and known:
            continue
        right = shares_right = 0
        for attribute, name in enumerate(_NAMES):
            shares = _shares(counted[-1][2], name)
            odds = np.tile(np.log(shares), (len(persons), 1))
            for people, counts, release in counted if name in LASTING else counted[-1:]:
                odds += _evidence(persons, people, counts, release, attribute, (trust, use, known))
            true = last.codes[last.followed, attribute]
            right += int((odds.argmax(axis=1) == true).sum())
            shares_right += int((shares.argmax() == true).sum())
        asked = max(1, len(persons) * len(_NAMES))
        how = f"{use}, confiance {trust}, autres critères {'connus' if known else 'inconnus'}"
        found.append(Guesses(how, right / asked, shares_right / asked))
        if last.own and use != _CROSSED:
            told = [_own(counted, plan.name, trust) for plan in last.own]
            asked += len(persons) * len(last.own)
            right, shares_right = right + sum(one for one, _ in told), shares_right + sum(other for _, other in told)
            found.append(Guesses(how + _WITH_OWN, right / asked, shares_right / asked))
    return [*found, *(_events(counted[-1], trust) for trust in (0.3, 1.0))]


def _own(years: Sequence[tuple[People, Counts, Release]], name: str, trust: float) -> tuple[int, int]:
    """How often a field of the office's own is guessed, from every year that has it; and how often by the shares."""
    last, _, latest = years[-1]
    persons, shares = last.ids[last.followed], _shares(latest, name)
    odds = np.tile(np.log(shares), (len(persons), 1))
    for people, counts, release in years:
        if name in release.own:
            rows, there = _found(persons, people)
            code = people.marks[name].argmax(axis=1)[rows]
            told = _odds(counts.tables[name], release.own[name].persons, trust, code)
            odds += np.where(there[:, None], told, 0.0)
    true = last.marks[name].argmax(axis=1)[last.followed]
    return int((odds.argmax(axis=1) == true).sum()), int((shares.argmax() == true).sum())


def _events(year: tuple[People, Counts, Release], trust: float) -> Guesses:
    """The same for what happened to a person in the year: each category of each event, yes or no."""
    people, counts, release = year
    right = shares_right = asked = 0
    for plan in ALONE:
        marked = people.marks[plan.name][people.followed]
        true, published = counts.tables[plan.name], release.tables[plan.name].persons
        outside, inside = _with_and_without(true, published, trust)
        shares = np.clip(published / max(1, release.rounded), 0.01, 0.99)
        odds = np.log(shares / (1 - shares)) + np.where(marked, inside, outside)
        right += int(((odds > 0) == marked).sum())
        shares_right += int(((shares > 0.5) == marked).sum())
        asked += marked.size
    return Guesses(f"événements, confiance {trust}", right / max(1, asked), shares_right / max(1, asked))


def too_good(years: Sequence[tuple[People, Release]]) -> list[Guesses]:
    """The attackers of attack 5 who guess oftener right than is allowed."""
    return over(last_ones(years))


def over(guesses: Sequence[Guesses]) -> list[Guesses]:
    """Those that gain more than is allowed."""
    return [one for one in guesses if one.gain > ALLOWED]


def _evidence(
    persons: Ints, people: People, counts: Counts, release: Release, attribute: int, attacker: tuple[float, str, bool]
) -> Floats:
    """For each person, the log-odds that a year's numbers give each category; nothing when she was not there."""
    trust, use, known = attacker
    rows, there = _found(persons, people)
    own = people.codes[rows]
    total = np.zeros((len(persons), _SIZES[attribute]))
    if use != _CROSSED:
        margin = release.margins[_NAMES[attribute]].persons
        total += _odds(counts.margins[attribute], margin, trust, own[:, attribute])
    if use != _ALONE:
        for table, one, other in _PAIRS:
            if attribute not in (one, other):
                continue
            true, published = counts.tables[table], release.tables[table].persons
            second = other
            if attribute == other:
                true, published, second = true.T, published.T, one
            if known:
                total += _odds_known(true, published, trust, own[:, attribute], own[:, second])
            else:
                total += _odds_unknown(true, published, trust, own[:, attribute], own[:, second])
    return np.where(there[:, None], total, 0.0)


def _found(persons: Ints, people: People) -> tuple[Ints, Bools]:
    """The row of each person in a year, and whether she was followed in it."""
    rows = np.minimum(np.searchsorted(people.ids, persons), len(people.ids) - 1)
    return rows, (people.ids[rows] == persons) & people.followed[rows]


def _likelihood(distance: Ints, trust: float) -> Floats:
    """How likely it is to be published at that distance, up to a constant, as a logarithm."""
    far = np.abs(distance)
    likely: Floats = -trust * far - np.where(far >= BASE, 2.0, 0.0)
    return likely


def _with_and_without(true: Ints, published: Ints, trust: float) -> tuple[Floats, Floats]:
    """The odds of one more person in each cell: when she is not counted there in truth, and when she is."""
    outside = _likelihood(published - true - 1, trust) - _likelihood(published - true, trust)
    inside = _likelihood(published - true, trust) - _likelihood(published - true + 1, trust)
    return outside, inside


def _odds(true: Ints, published: Ints, trust: float, own: Ints) -> Floats:
    outside, inside = _with_and_without(true, published, trust)
    odds = np.tile(outside, (len(own), 1))
    odds[np.arange(len(own)), own] = inside[own]
    return odds


def _odds_known(true: Ints, published: Ints, trust: float, own: Ints, second: Ints) -> Floats:
    outside, inside = _with_and_without(true, published, trust)
    odds = outside.T[second].copy()
    odds[np.arange(len(own)), own] = inside[own, second]
    return odds


def _odds_unknown(true: Ints, published: Ints, trust: float, own: Ints, second: Ints) -> Floats:
    """The second criterion is averaged over its published shares."""
    outside, inside = _with_and_without(true, published, trust)
    weights = published.sum(axis=0) / max(1, published.sum())
    odds = np.tile(outside, (len(own), 1, 1))
    everybody = np.arange(len(own))
    odds[everybody, own, second] = inside[own, second]
    averaged: Floats = np.log((np.exp(odds) * weights).sum(axis=2))
    return averaged


def _shares(release: Release, name: str) -> Floats:
    persons = release.alone[name].persons.astype(float)
    shares: Floats = np.maximum(persons, 1.0) / max(1.0, persons.sum())
    return shares


def _summed(how: str, pairs: Sequence[tuple[bool, bool]]) -> Guesses:
    right, shares = np.mean(np.array(pairs, dtype=float), axis=0)
    return Guesses(how, float(right), float(shares))


def worst(guesses: Sequence[Guesses]) -> Guesses | None:
    """The attacker who gains most."""
    return max(guesses, key=lambda one: one.gain, default=None)


def ids_by_year(years: Mapping[int, People]) -> dict[int, list[int]]:
    """Who was followed in each year."""
    return {year: people.ids[people.followed].tolist() for year, people in years.items()}
