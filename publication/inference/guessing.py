"""Guessing: how often an attacker who knows nearly everything is right about the rest.

Attack 4 knows who came (or left) between two releases and guesses their categories from what changed. Attack 5 knows
the categories of everybody but one person and guesses the last one's from all releases. Both know how the rounding
works, and everything but the key. They reason as Bayes does: the prior of a category is its published share; for each
category, the attacker computes what the true tables would be and how likely the published ones then are; prior and
likelihood together give a posterior, here as logarithms of odds, and the guess is the category with the largest one.

A guess is only worth something compared with the baseline: naming the category with the largest published share, which
needs no attack. The gain of an attacker is the accuracy of the guesses minus that of the baseline; a release is refused
when any attacker gains more than MAX_GAIN. An attacker does not know how much to trust small distances between true
and published numbers, nor which tables help; so several attackers are tried, and the best counts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from publication.inference.joint import LASTING_CRITERIA
from publication.release.population import Bools, Counts, Ints, Population, count_tables
from publication.release.release import Release
from publication.release.rounding import Floats
from publication.release.tables import ATTRIBUTES, BASE, CROSSED_PLANS, EVENT_PLANS

MAX_GAIN = 0.10
"""How much more often than the baseline an attacker may be right."""
_NAMES = [grouping.name for grouping in ATTRIBUTES]
_SIZES = [len(grouping.labels) for grouping in ATTRIBUTES]
_CROSSED = [(plan.name, _NAMES.index(plan.columns[0]), _NAMES.index(plan.columns[1])) for plan in CROSSED_PLANS]
"""Each crossed table with the positions of its two attributes."""
_MARGINS_ONLY, _CROSSED_ONLY = "critères seuls", "croisements"
_TABLES_USED = (_MARGINS_ONLY, _CROSSED_ONLY, "tous les tableaux")
_TRUSTS = (0.3, 1.0)
"""How fast the likelihood falls with the distance between the true and the published number."""
_WITH_OWN = ", champs du bureau compris"
"""Own fields are guessed in a second set of guesses, so that bad guesses of them do not hide good ones of the rest."""
Build = Callable[[Population], Release]
Year = tuple[Population, Counts, Release]


@dataclass(frozen=True)
class Guesses:
    """The shares of right guesses of an attacker and of the baseline; ``attacker``: in French, which one."""

    attacker: str
    accuracy: float
    baseline: float

    @property
    def gain(self) -> float:
        """How much more often the attacker is right than the baseline."""
        return self.accuracy - self.baseline


class _Attacker(NamedTuple):
    trust: float
    tables: str
    knows_others: bool
    """Whether the attacker knows the other categories of the person."""

    @property
    def label(self) -> str:
        return f"{self.tables}, confiance {self.trust}, autres critères {'connus' if self.knows_others else 'inconnus'}"


def excessive(guesses: Sequence[Guesses]) -> list[Guesses]:
    """Return those that gain more than is allowed."""
    return [one for one in guesses if one.gain > MAX_GAIN]


def best_guesses(guesses: Sequence[Guesses]) -> Guesses | None:
    """Return those with the largest gain."""
    return max(guesses, key=lambda one: one.gain, default=None)


def followed_by_year(years: Mapping[int, Population]) -> dict[int, list[int]]:
    """Return the ids of the persons followed in each year."""
    return {year: population.ids[population.followed].tolist() for year, population in years.items()}


# --- attack 4: who came, who left


def guess_newcomers(population: Population, build: Build, number: int, trials: int, seed: int) -> list[Guesses]:
    """Guess the categories of ``number`` persons from the release with them and the release without them. Persons who
    leave are guessed from the same two releases in the other order: one simulation stands for both."""
    random = np.random.default_rng(seed)
    followed = np.flatnonzero(population.followed)
    if len(followed) <= number:
        return []
    own_names = [plan.name for plan in population.own_plans]
    own_codes = [population.indicators[name].argmax(axis=1) for name in own_names]
    codes = np.column_stack([population.codes, *own_codes])
    after = build(population)
    results: dict[str, list[tuple[bool, bool]]] = {}
    for _ in range(trials):
        chosen = random.choice(followed, number, replace=False)
        before = build(population.take(np.setdiff1d(np.arange(len(population.ids)), chosen)))
        for tables, changes in _changes(before, after):
            for attribute, name in enumerate([*_NAMES, *own_names]):
                shares = _shares(after, name)
                guess = int(np.argmax(np.log(shares) + changes[attribute] / BASE * np.log(4) / number))
                attackers = (tables,) * (attribute < len(_NAMES)) + (tables + _WITH_OWN,) * bool(own_names)
                for row in chosen:
                    true = int(codes[row, attribute])
                    for attacker in attackers:
                        results.setdefault(attacker, []).append((guess == true, int(shares.argmax()) == true))
    return [_summarise(f"{number} · {attacker}", pairs) for attacker, pairs in results.items()]


def _changes(before: Release, after: Release) -> Iterator[tuple[str, list[Floats]]]:
    """Yield by how much each category rose: in the attribute alone, then also the most in each table it is crossed in.
    The positions are those of the attributes, then of the own fields."""
    names = (*_NAMES, *after.own_tables)
    alone = [
        (after.single_criteria[name].persons - before.single_criteria[name].persons).astype(float) for name in names
    ]
    yield "nombres seuls", alone
    most = [change.copy() for change in alone]
    for table, first, second in _CROSSED:
        change = (after.tables[table].persons - before.tables[table].persons).astype(float)
        most[first] += change.max(axis=1)
        most[second] += change.max(axis=0)
    yield "tous les tableaux", most


def _summarise(attacker: str, pairs: Sequence[tuple[bool, bool]]) -> Guesses:
    accuracy, baseline = np.mean(np.array(pairs, dtype=float), axis=0)
    return Guesses(attacker, float(accuracy), float(baseline))


# --- attack 5: everybody but one person is known


def find_excessive_guesses(years: Sequence[tuple[Population, Release]]) -> list[Guesses]:
    """Return the guesses of attack 5 that gain more than is allowed."""
    return excessive(guess_last_persons(years))


def guess_last_persons(years: Sequence[tuple[Population, Release]]) -> list[Guesses]:
    """Guess each category of each person followed in the last year, all other persons of all years being known. The
    attackers differ in trust, in the tables they use, and in whether they know the person's other categories."""
    counted = [(population, count_tables(population), release) for population, release in years]
    last = counted[-1][0]
    persons = int(last.followed.sum())
    found = []
    for attacker in map(_Attacker._make, product(_TRUSTS, _TABLES_USED, (False, True))):
        if attacker.tables == _MARGINS_ONLY and attacker.knows_others:
            continue
        scores = [_guess_attribute(counted, attribute, attacker) for attribute in range(len(_NAMES))]
        found.append(_total(attacker.label, scores, persons * len(_NAMES)))
        if last.own_plans and attacker.tables != _CROSSED_ONLY:
            scores += [_guess_own_field(counted, plan.name, attacker.trust) for plan in last.own_plans]
            found.append(_total(attacker.label + _WITH_OWN, scores, persons * len(scores)))
    return [*found, *(_guess_events(counted[-1], trust) for trust in _TRUSTS)]


def _total(attacker: str, scores: Sequence[tuple[int, int]], questions: int) -> Guesses:
    """Add up pairs of right guesses, of the attacker and of the baseline, out of that many questions."""
    right, by_shares = (sum(column) for column in zip(*scores, strict=True))
    return Guesses(attacker, right / max(1, questions), by_shares / max(1, questions))


def _guess_attribute(years: Sequence[Year], attribute: int, attacker: _Attacker) -> tuple[int, int]:
    """Count how often an attribute is guessed right by the attacker and by the baseline."""
    last, _, latest = years[-1]
    persons, name = last.ids[last.followed], _NAMES[attribute]
    shares = _shares(latest, name)
    odds = np.tile(np.log(shares), (len(persons), 1))
    for year in years if name in LASTING_CRITERIA else years[-1:]:
        odds += _evidence(persons, year, attribute, attacker)
    return _score(odds, shares, last.codes[last.followed, attribute])


def _score(odds: Floats, shares: Floats, true: Ints) -> tuple[int, int]:
    return int((odds.argmax(axis=1) == true).sum()), int((shares.argmax() == true).sum())


def _guess_own_field(years: Sequence[Year], name: str, trust: float) -> tuple[int, int]:
    """Count how often an own field is guessed right, from every year that publishes it, and by the baseline."""
    last, _, latest = years[-1]
    persons, shares = last.ids[last.followed], _shares(latest, name)
    odds = np.tile(np.log(shares), (len(persons), 1))
    for population, counts, release in years:
        if name in release.own_tables:
            rows, present = _find_rows(persons, population)
            codes = population.indicators[name].argmax(axis=1)[rows]
            evidence = _margin_odds(counts.tables[name], release.own_tables[name].persons, trust, codes)
            odds += np.where(present[:, None], evidence, 0.0)
    return _score(odds, shares, last.indicators[name].argmax(axis=1)[last.followed])


def _guess_events(year: Year, trust: float) -> Guesses:
    """Guess for each person whether the person is in each category of each table of events."""
    population, counts, release = year
    scores, questions = [], 0
    for plan in EVENT_PLANS:
        indicator = population.indicators[plan.name][population.followed]
        true, published = counts.tables[plan.name], release.tables[plan.name].persons
        outside, inside = _odds_by_membership(true, published, trust)
        shares = np.clip(published / max(1, release.rounded), 0.01, 0.99)
        odds = np.log(shares / (1 - shares)) + np.where(indicator, inside, outside)
        scores.append((int(((odds > 0) == indicator).sum()), int(((shares > 0.5) == indicator).sum())))
        questions += indicator.size
    return _total(f"événements, confiance {trust}", scores, questions)


def _evidence(persons: Ints, year: Year, attribute: int, attacker: _Attacker) -> Floats:
    """Return, by person and category, the log-odds that a year's numbers give; 0 if the person was not followed."""
    population, counts, release = year
    rows, present = _find_rows(persons, population)
    codes = population.codes[rows]
    total = np.zeros((len(persons), _SIZES[attribute]))
    if attacker.tables != _CROSSED_ONLY:
        margin = release.margins[_NAMES[attribute]].persons
        total += _margin_odds(counts.margins[attribute], margin, attacker.trust, codes[:, attribute])
    crossed = _CROSSED if attacker.tables != _MARGINS_ONLY else []
    crossed_odds = _odds_known_other if attacker.knows_others else _odds_unknown_other
    for table, first, second in crossed:
        if attribute not in (first, second):
            continue
        true, published, other = counts.tables[table], release.tables[table].persons, second
        if attribute == second:
            true, published, other = true.T, published.T, first
        total += crossed_odds(true, published, attacker.trust, codes[:, attribute], codes[:, other])
    return np.where(present[:, None], total, 0.0)


def _find_rows(persons: Ints, population: Population) -> tuple[Ints, Bools]:
    """Return the row of each person in a year (any row for an absent one), and whether the person was followed."""
    rows = np.minimum(np.searchsorted(population.ids, persons), len(population.ids) - 1)
    return rows, (population.ids[rows] == persons) & population.followed[rows]


def _log_likelihood(distance: Ints, trust: float) -> Floats:
    """Return the logarithm, up to a constant, of how likely a number is published at this distance from the truth."""
    far = np.abs(distance)
    likelihood: Floats = -trust * far - np.where(far >= BASE, 2.0, 0.0)
    return likelihood


def _odds_by_membership(true: Ints, published: Ints, trust: float) -> tuple[Floats, Floats]:
    """Return, by cell, the log-odds of the person being in it: if the true counts leave the person out of it, or in it.
    ``true`` includes the person, whom the attacker does not know; so one more or one less is compared."""
    outside = _log_likelihood(published - true - 1, trust) - _log_likelihood(published - true, trust)
    inside = _log_likelihood(published - true, trust) - _log_likelihood(published - true + 1, trust)
    return outside, inside


def _margin_odds(true: Ints, published: Ints, trust: float, codes: Ints) -> Floats:
    outside, inside = _odds_by_membership(true, published, trust)
    odds = np.tile(outside, (len(codes), 1))
    odds[np.arange(len(codes)), codes] = inside[codes]
    return odds


def _odds_known_other(true: Ints, published: Ints, trust: float, codes: Ints, others: Ints) -> Floats:
    outside, inside = _odds_by_membership(true, published, trust)
    odds = outside.T[others].copy()
    odds[np.arange(len(codes)), codes] = inside[codes, others]
    return odds


def _odds_unknown_other(true: Ints, published: Ints, trust: float, codes: Ints, others: Ints) -> Floats:
    """Average the odds over the other criterion, weighted by its published shares."""
    outside, inside = _odds_by_membership(true, published, trust)
    weights = published.sum(axis=0) / max(1, published.sum())
    odds = np.tile(outside, (len(codes), 1, 1))
    odds[np.arange(len(codes)), codes, others] = inside[codes, others]
    averaged: Floats = np.log((np.exp(odds) * weights).sum(axis=2))
    return averaged


def _shares(release: Release, name: str) -> Floats:
    """Return the published share of each category, which is the prior and the baseline."""
    persons = release.single_criteria[name].persons.astype(float)
    shares: Floats = np.maximum(persons, 1.0) / max(1.0, persons.sum())
    return shares
