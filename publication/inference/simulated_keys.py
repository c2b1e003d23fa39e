"""The attacker who knows everything but one thing about one person, and everything about the publisher but the key.

He knows every other person of every year, the years in which the person was followed, and how numbers are moved and
rounded. He does not know the key. So he simulates: he publishes the file with hundreds of random keys, and sees how far
published numbers lie from true ones and how these distances go together (between tables, since they share the noise of
a criterion; between years, since noise lasts). Then he looks at the real publication. Each category that the person may
have gives other true numbers, hence other distances; he asks how likely each set of distances is (a normal law with the
means and covariances that he simulated) and multiplies by the published share of the category, as Bayes says. The
result is his *posterior*: the probability that he gives to each category. Exact numbers that are public already (a
*fact*) rule categories out by themselves, so the shares that they leave are what his posterior is compared with.

The *gain* of an attack on a criterion is the posterior that he gives to the truth, minus the published share, which
needs no attack: the mean over persons and over simulated publications, not over one draw. Half of the simulated keys
teach him, the others are what he attacks; none is both.

Attacks differ in who is unknown (somebody who stays, arrives or leaves), in the years that are compared, and in whether
the person's other criteria are known. How the gain falls as noise grows, and that more simulated keys change nothing,
is in docs/publication.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from db.base.progress import Progress, ignore_progress
from publication.release.noise import CROSSED, Floats, add_noise, simulated_normals
from publication.release.population import Ints, Population, count_tables
from publication.release.release import Fact
from publication.release.rounding import Rounded, round_tables
from publication.release.tables import ATTRIBUTES, PLANS

MAX_GAIN = 0.05
"""How much more probability than the published share an attack may give to the truth, on average."""
MAX_POSTERIOR = 0.90
"""The largest probability that an attack may give to the truth about one person, unless the published share does."""
KEYS = 1200
_CONFIDENCE = 1.645
"""Standard errors above the mean: the true mean is below, 95 times in 100."""
_MOST_PERSONS = 300
"""How many persons are attacked; in a larger office, as many at random."""
_RIDGE = 0.02
"""Added to the variances, in shares of their mean: the covariances of many numbers are never quite known."""

STAYS, ARRIVES, LEAVES, EVENT = "personne suivie", "personne arrivée", "personne partie", "événement de l’année"
_POSITIONS = {grouping.name: position for position, grouping in enumerate(ATTRIBUTES)}
_LABELS = {grouping.name: grouping.label for grouping in ATTRIBUTES}
Place = tuple[int, str, int, int]
"""A number in which a criterion is counted: year, table, category of the criterion, category of the other one (-1 in
the table of the criterion alone)."""


@dataclass(frozen=True)
class Scenario:
    """One attack on every criterion. ``who``: STAYS, ARRIVES or LEAVES; ``all_years``: whether years are compared."""

    who: str
    all_years: bool
    knows_others: bool
    """Whether the person's other criteria are known."""

    @property
    def label(self) -> str:
        """What is attacked, in French."""
        years = "toutes les années" if self.all_years else "une année seule"
        return f"{self.who}, {years}, autres critères {'connus' if self.knows_others else 'inconnus'}"


SCENARIOS = tuple(
    Scenario(who, all_years, knows)
    for who, all_years in ((STAYS, True), (STAYS, False), (ARRIVES, True), (LEAVES, True))
    for knows in (True, False)
)


@dataclass(frozen=True)
class Gain:
    """What an attack gains on one criterion, in shares of 1. ``upper``: the upper end of the 95 % interval of ``mean``;
    ``largest``: the largest posterior of a person, on average over the keys, where the published share does not say as
    much by itself; ``persons`` and ``keys``: how many were attacked, under how many keys."""

    scenario: str
    criterion: str
    mean: float
    upper: float
    largest: float
    persons: int
    keys: int

    @property
    def is_excessive(self) -> bool:
        """Whether more is gained than is allowed."""
        return self.upper > MAX_GAIN or self.largest > MAX_POSTERIOR


def posteriors(mean: Floats, covariance: Floats, attacked: Floats, shifts: Floats, priors: Floats) -> Floats:
    """Return the probability of each hypothesis under each attacked key: keys × hypotheses.

    ``mean`` and ``covariance``: of the distances between published and true numbers. ``attacked``: distances under the
    attacked keys, keys × numbers, if the truth is true. ``shifts``: hypotheses × numbers, by how much the true numbers
    would be larger. ``priors``: keys × hypotheses.
    """
    ridge = _RIDGE * np.trace(covariance) / len(covariance) + 1e-9
    weights = np.linalg.solve(covariance + ridge * np.eye(len(covariance)), shifts.T)
    evidence = (attacked - mean) @ weights - 0.5 * np.einsum("hn,nh->h", shifts, weights)
    odds = np.log(np.maximum(priors, 1e-300)) + evidence
    odds -= odds.max(axis=1, keepdims=True)
    likely: Floats = np.exp(odds)
    likely /= likely.sum(axis=1, keepdims=True)
    return likely


class Simulation:
    """The publications of some years under the same random keys: the first half teaches, the other is attacked."""

    def __init__(
        self,
        populations: Mapping[int, Population],
        subject: int,
        scales: Mapping[int, float],
        keys: int = KEYS,
        seed: int = 1,
        facts: Iterable[Fact] = (),
    ) -> None:
        """``subject``: the year of the persons who are attacked, one of the populations'; ``scales``: of the noise, by
        year."""
        self.populations, self.subject, self.taught = populations, subject, keys // 2
        self.years, self.seed = sorted(populations), seed
        self.facts = {(fact.year, fact.table, fact.label) for fact in facts}
        self.counts = {year: count_tables(population) for year, population in populations.items()}
        self._published = self.publish(scales, keys)

    def publish(self, scales: Mapping[int, float], keys: int) -> dict[int, Rounded]:
        """Return what each year publishes under random keys. The benchmark puts other methods in its place."""
        normals = simulated_normals(np.random.default_rng(self.seed), keys)
        return {
            year: round_tables(add_noise(counts, year, normals, scales[year])) for year, counts in self.counts.items()
        }

    def gains(self, tick: Progress = ignore_progress) -> Iterator[Gain]:
        """Yield the gain of every attack on every criterion, own field and event."""
        titles = _LABELS | {plan.name: plan.title for plan in self.populations[self.subject].own_plans}
        for index, (name, title) in enumerate(titles.items()):
            tick(index / len(titles), f"Deviner : {title}")
            criterion = _Criterion(self, name, title)
            yield from filter(None, map(criterion.gain, SCENARIOS))
        yield from self._gains_of_events()

    def shown(self, year: int, name: str) -> Ints:
        """Return the published numbers of a criterion or table: keys × its shape."""
        published = self._published[year]
        return published.margins[_POSITIONS[name]] if name in _POSITIONS else published.tables[name]

    def distances(self, year: int, name: str) -> Floats:
        """Return the published minus the true numbers of a criterion or table: keys × its shape."""
        counts = self.counts[year]
        true = counts.margins[_POSITIONS[name]] if name in _POSITIONS else counts.tables[name]
        distances: Floats = (self.shown(year, name) - true).astype(float)
        return distances

    def shares(self, numbers: Ints, year: int) -> Floats:
        """Return published numbers as shares of the published total, under the attacked keys."""
        total = np.maximum(1, self._published[year].total[self.taught :])
        shares: Floats = np.clip(numbers[self.taught :] / total[:, None], 0.5 / total[:, None], 1.0)
        return shares

    def mean_shares(self, year: int, position: int) -> dict[int, float]:
        """Return the published shares of a criterion by its position, on average over the keys."""
        numbers = self._published[year].margins[position].mean(axis=0)
        return dict(enumerate((numbers / max(1.0, numbers.sum())).tolist()))

    def _gains_of_events(self) -> Iterator[Gain]:
        """Yield what is gained on whether a person is in each category of each table of events of the year."""
        population, year = self.populations[self.subject], self.subject
        for name, plan in PLANS.items():
            if name in CROSSED:
                continue
            shares, distances = self.shares(self.shown(year, name), year), self.distances(year, name)
            for category, label in enumerate(plan.groupings[0].labels):
                if (year, name, label) in self.facts:
                    continue  # known without the publication
                taught, attacked = np.split(distances[:, category, None], [self.taught])
                inside = population.indicators[name][population.followed, category].mean()
                share = np.clip(shares[:, category], 0.005, 0.995)
                mean, covariance = taught.mean(axis=0), np.cov(taught.T).reshape(1, 1)
                of_keys, largest = np.zeros(len(share)), 0.0
                for part, prior, shift in ((inside, share, -1.0), (1 - inside, 1 - share, 1.0)):
                    priors = np.column_stack([prior, 1 - prior])
                    found = posteriors(mean, covariance, attacked, np.array([[0.0], [shift]]), priors)[:, 0]
                    of_keys += part * (found - prior)
                    largest = max(largest, _mean_unless_shared(found, prior) if part else 0.0)
                title = f"{plan.title} : {label}"
                yield _summary(EVENT, title, of_keys, largest, int(population.followed.sum()))


def _mean_unless_shared(posterior: Floats, share: Floats) -> float:
    """Return the mean posterior; 0 where the published share alone may pass the limit with the gain that is allowed."""
    return float(posterior.mean()) if share.mean() <= MAX_POSTERIOR - MAX_GAIN else 0.0


class _Criterion:
    """One criterion, or own field, as the simulated keys publish it in all years."""

    def __init__(self, simulation: Simulation, name: str, title: str) -> None:
        self.simulation, self.name, self.title = simulation, name, title
        self._labels = ATTRIBUTES[_POSITIONS[name]].labels if name in _POSITIONS else ()
        self._crossings = [
            (table, first == position, (second if first == position else first))
            for table, (first, second) in CROSSED.items()
            if (position := _POSITIONS.get(name, -1)) in (first, second)
        ]
        places: list[Place] = []
        columns: list[Floats] = []
        for year in self._years_with_it():
            for table, by_category in self._tables(year):
                for category in range(by_category.shape[1]):
                    for other in range(by_category.shape[2]):
                        places.append((year, table, category, other if table != name else -1))
                        columns.append(by_category[:, category, other])
        self._places = {place: column for column, place in enumerate(places)}
        distances = np.column_stack(columns)
        self._attacked = distances[simulation.taught :]
        taught = distances[: simulation.taught]
        self._mean, self._covariance = taught.mean(axis=0), np.cov(taught.T)
        self._priors = simulation.shares(simulation.shown(simulation.subject, name), simulation.subject)
        self._size = self._priors.shape[1]

    def _years_with_it(self) -> list[int]:
        return [
            year
            for year in self.simulation.years
            if self.name in _POSITIONS or self.name in self.simulation.populations[year].indicators
        ]

    def _tables(self, year: int) -> Iterator[tuple[str, Floats]]:
        """Yield the tables of the criterion: the distances by key, category and category of the other criterion."""
        yield self.name, self.simulation.distances(year, self.name)[:, :, None]
        for table, is_first, _ in self._crossings:
            distances = self.simulation.distances(year, table)
            yield table, distances if is_first else distances.swapaxes(1, 2)

    def gain(self, scenario: Scenario) -> Gain | None:
        """Return what an attack gains; None when nobody left, or there is a single year to compare."""
        simulation, random = self.simulation, np.random.default_rng(self.simulation.seed)
        before = [year for year in self._years_with_it() if year < simulation.subject]
        if scenario.all_years and not before:
            return None
        year = before[-1] if scenario.who == LEAVES else simulation.subject
        population = simulation.populations[year]
        persons = population.ids[population.followed]
        if len(persons) > _MOST_PERSONS:
            persons = random.choice(persons, _MOST_PERSONS, replace=False)
        of_keys, largest, known = np.zeros(len(self._attacked)), 0.0, dict[object, tuple[Floats, float]]()
        for traits in self._traits(persons, scenario, year):
            if traits not in known:
                known[traits] = self._of_traits(traits, scenario)
            found, share = known[traits]
            of_keys += found
            largest = max(largest, share)
        return _summary(scenario.label, self.title, of_keys / len(persons), largest, len(persons))

    def _traits(self, persons: Ints, scenario: Scenario, year: int) -> Iterator["_Traits"]:
        """Yield, for each person, the years in which the person is counted, with the categories that matter."""
        simulation = self.simulation
        if scenario.who == ARRIVES or not scenario.all_years:
            counted = [simulation.subject]
        else:
            counted = [one for one in self._years_with_it() if scenario.who != LEAVES or one < simulation.subject]
        others = self._crossings if scenario.knows_others else []
        names = [self.name, *(ATTRIBUTES[position].name for _, _, position in others)]
        codes = {one: np.column_stack([self._codes(one, name, persons) for name in names]) for one in counted}
        for row in range(len(persons)):
            yield tuple((one, tuple(codes[one][row].tolist())) for one in counted if codes[one][row, 0] >= 0)

    def _codes(self, year: int, name: str, persons: Ints) -> Ints:
        """Return the category of persons in a year; -1 of those who are not followed in it."""
        population = self.simulation.populations[year]
        rows = np.minimum(np.searchsorted(population.ids, persons), len(population.ids) - 1)
        found = (population.ids[rows] == persons) & population.followed[rows]
        in_criterion = name in _POSITIONS
        codes = population.codes[:, _POSITIONS[name]] if in_criterion else population.indicators[name].argmax(axis=1)
        return np.where(found, codes[rows], -1)

    def _of_traits(self, traits: "_Traits", scenario: Scenario) -> tuple[Floats, float]:
        """Return the posterior of the truth minus the published share, by key, and the mean posterior."""
        truth = traits[-1][1][0]
        numbers, shifts = self._evidence(traits, scenario, truth)
        covariance = self._covariance[np.ix_(numbers, numbers)]
        priors = self._shares_left(traits, truth)
        found = posteriors(self._mean[numbers], covariance, self._attacked[:, numbers], shifts, priors)[:, truth]
        return found - priors[:, truth], _mean_unless_shared(found, priors[:, truth])

    def _shares_left(self, traits: "_Traits", truth: int) -> Floats:
        """Return the published shares of the categories that public facts leave possible, 0 of the others. Who knows
        everybody else knows from an exact number of a category whether the person is in it."""
        possible = np.ones(self._size, dtype=bool)
        for year, (category, *_) in traits:
            for known, label in enumerate(self._labels if category == truth else ()):
                if (year, self.name, label) in self.simulation.facts:
                    possible &= (np.arange(self._size) == known) == (truth == known)
        shares = np.where(possible, self._priors, 0.0)
        left: Floats = shares / shares.sum(axis=1, keepdims=True)
        return left

    def _evidence(self, traits: "_Traits", scenario: Scenario, truth: int) -> tuple[list[int], Floats]:
        """Return the numbers that an attack looks at, and by how much each hypothesis shifts them."""
        present, numbers = dict(traits), list[int]()
        categories, weights = list[int](), list[float]()
        for year in self._years_with_it() if scenario.all_years else [self.simulation.subject]:
            own, *others = present.get(year, traits[-1][1])
            counted = year in present and own == truth  # what somebody was before and is no more (an age) is known
            looked_at = [(self.name, {-1: 1.0})]
            for index, (table, _, position) in enumerate(self._crossings):
                known = {others[index]: 1.0} if scenario.knows_others else self.simulation.mean_shares(year, position)
                looked_at.append((table, known))
            for table, parts in looked_at:
                for category in range(self._size):
                    for other, part in parts.items():
                        numbers.append(self._places[year, table, category, other])
                        categories.append(category)
                        weights.append(part * counted)
        is_of = np.array(categories) == np.arange(self._size)[:, None]
        return numbers, (is_of.astype(float) - is_of[truth]) * np.array(weights)


_Traits = tuple[tuple[int, tuple[int, ...]], ...]
"""The years in which a person is counted, each with the category in the criterion and in those it is crossed with."""


def _summary(scenario: str, criterion: str, of_keys: Floats, largest: float, persons: int) -> Gain:
    mean, error = float(of_keys.mean()), float(of_keys.std(ddof=1) / np.sqrt(len(of_keys)))
    return Gain(scenario, criterion, mean, mean + _CONFIDENCE * error, largest, persons, len(of_keys))
