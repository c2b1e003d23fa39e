"""Three published methods of protecting tables beside ours: what the same attackers gain, and how true numbers remain.

Each method publishes the same tables of the same persons under simulated keys, in the place of ours, and is attacked by
publication/inference/simulated_keys.py. That attacker only looks at how far numbers lie from the truth: somebody who
also repeats the steps of a method would gain more, never less.
"""

from collections.abc import Mapping

import numpy as np
import opendp.prelude as dp
from scipy.optimize import minimize
from scipy.special import logsumexp

from benchmarks.attackers import YEARS, demonstration, largest, mean_errors
from publication.inference.simulated_keys import Simulation
from publication.release.noise import CROSSED, Floats
from publication.release.population import Bools, Ints, Population
from publication.release.rounding import Rounded, round_crossed_table, round_partition
from publication.release.tables import ATTRIBUTES, BASE, PLANS

dp.enable_features("contrib")
_EVENTS = [name for name in PLANS if name not in CROSSED]
_DELTA = 1e-6


def show() -> int:
    """Print a line for each method and strength; nothing is missed."""
    populations = demonstration()
    print("demonstration, 2022 to 2025: largest gain, mean error in persons (criteria, crossed tables, events, all)")
    methods: list[tuple[str, type[Simulation], float]] = [("noise and rounding (ours)", Simulation, 1.0)]
    methods += [("small count rounding, base", SmallCountRounding, base) for base in (3, 5, 10)]
    methods += [("cell key, variance", CellKey, variance) for variance in (2, 8, 16, 24)]
    methods += [("discrete Gaussian, deviation", DiscreteGaussian, deviation) for deviation in (3, 5, 8)]
    for name, method, strength in methods:
        simulation = method(populations, YEARS[-1], dict.fromkeys(YEARS, float(strength)))
        line = f"  {name + f' {strength:g}':<34} {largest(list(simulation.gains())):<32} {mean_errors(simulation)}"
        print(
            line + (f"  epsilon {simulation.epsilon():.1f}" if isinstance(simulation, DiscreteGaussian) else ""),
            flush=True,
        )
    return 0


def _whole_partition(numbers: Floats, total: Ints) -> Ints:
    """Return whole numbers near these, that add up to the total."""
    sums = np.maximum(numbers.sum(axis=-1, keepdims=True), 1e-9)
    whole: Ints = round_partition(BASE * numbers * (total[:, None] / sums), BASE * total) // BASE
    return whole


def _whole_table(cells: Floats, rows: Ints, columns: Ints) -> Ints:
    """Return whole numbers near these, that add up to these rows and columns."""
    whole: Ints = round_crossed_table(BASE * np.maximum(cells, 0.0), BASE * rows, BASE * columns) // BASE
    return whole


class SmallCountRounding(Simulation):
    """Statistics Norway's method (Langsrud and Heldal, 2018, « PLSrounding »), as published: the combinations of
    criteria that any small published number counts are set to 0 or to the base, those first that lessen the differences
    of all published numbers most. Tables add up because all are counted from the same combinations."""

    def publish(self, scales: Mapping[int, float], keys: int) -> dict[int, Rounded]:
        random = np.random.default_rng(self.seed)
        return {year: self._of_year(year, int(scales[year]), keys, random) for year in self.years}

    def _of_year(self, year: int, base: int, keys: int, random: np.random.Generator) -> Rounded:
        population = self.populations[year]
        codes = population.codes[population.followed]
        profiles, persons = np.unique(codes, axis=0, return_counts=True)
        members, shapes = _members(profiles)
        published = members.T @ persons
        small = members[:, (published > 0) & (published < base)].any(axis=1)
        changed = np.where(small, persons, 0)
        picks = (changed.sum() + random.integers(0, base, keys)) // base
        difference = np.repeat((members.T @ changed)[None].astype(float), keys, axis=0)
        numbers = np.repeat((persons - changed)[None], keys, axis=0)
        ties = random.random((keys, len(persons))) * 1e-3
        for pick in range(int(picks.max())):
            score = np.where(small & (numbers == 0), difference @ members.T + ties, -np.inf)
            rows, best = np.flatnonzero(picks > pick), score.argmax(axis=1)
            rows = rows[np.isfinite(score[rows, best[rows]])]
            numbers[rows, best[rows]] = base
            difference[rows] -= base * members[best[rows]]
        found = np.split(numbers @ members, np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1], axis=1)
        tables = [one.reshape(keys, *shape) for one, shape in zip(found, shapes, strict=True)]
        events = {name: self._event(year, name, base, keys, random) for name in _EVENTS}
        margins, crossed = tables[: len(ATTRIBUTES)], tables[len(ATTRIBUTES) :]
        return Rounded(numbers.sum(axis=1), tuple(margins), dict(zip(CROSSED, crossed, strict=True)) | events)

    def _event(self, year: int, name: str, base: int, keys: int, random: np.random.Generator) -> Ints:
        true = self.counts[year].tables[name]
        up = random.random((keys, *true.shape)) * base < true
        return np.where((true > 0) & (true < base), base * up, true)


def _members(codes: Ints) -> tuple[Ints, list[tuple[int, ...]]]:
    """Return which published numbers each line of codes is counted in, criteria before crossed tables; and the shape of
    each table."""
    sizes = [len(grouping.labels) for grouping in ATTRIBUTES]
    one_hot = [np.eye(size, dtype=np.int64)[codes[:, column]] for column, size in enumerate(sizes)]
    crossed = [
        (one_hot[first][:, :, None] * one_hot[second][:, None, :]).reshape(len(codes), -1)
        for first, second in CROSSED.values()
    ]
    shapes: list[tuple[int, ...]] = [(size,) for size in sizes]
    shapes += [(sizes[first], sizes[second]) for first, second in CROSSED.values()]
    return np.concatenate([*one_hot, *crossed], axis=1), shapes


class CellKey(Simulation):
    """The cell key method of the Australian Bureau of Statistics and of Eurostat: each person has a lasting random
    number, a cell the sum of those of its persons, from which its perturbation is read in a table. Then tables are
    made to add up again."""

    def publish(self, scales: Mapping[int, float], keys: int) -> dict[int, Rounded]:
        random = np.random.default_rng(self.seed)
        ids = np.unique(np.concatenate([population.ids for population in self.populations.values()]))
        record_keys = random.random((keys, len(ids)))
        return {
            year: self._of_year(year, scales[year], record_keys[:, np.searchsorted(ids, population.ids)])
            for year, population in self.populations.items()
        }

    def _of_year(self, year: int, variance: float, record_keys: Floats) -> Rounded:
        population, counts = self.populations[year], self.counts[year]
        followed = record_keys[:, population.followed]

        def perturbed(members: Ints | Bools, persons_keys: Floats) -> Floats:
            numbers = members.sum(axis=0)
            cell_keys = (persons_keys @ members) % 1.0
            return np.column_stack(
                [_perturbed(int(one), cell_keys[:, cell], variance) for cell, one in enumerate(numbers)]
            )

        total = perturbed(np.ones((followed.shape[1], 1), dtype=np.int64), followed)[:, 0].astype(np.int64)
        members, shapes = _members(population.codes[population.followed])
        found = np.split(
            perturbed(members, followed), np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1], axis=1
        )
        margins = tuple(_whole_partition(one, total) for one in found[: len(ATTRIBUTES)])
        tables = {
            name: _whole_table(one.reshape(-1, *counts.tables[name].shape), margins[first], margins[second])
            for one, (name, (first, second)) in zip(found[len(ATTRIBUTES) :], CROSSED.items(), strict=True)
        }
        tables |= {name: perturbed(population.indicators[name], record_keys).astype(np.int64) for name in _EVENTS}
        return Rounded(total, margins, tables)


def _perturbed(number: int, cell_keys: Floats, variance: float) -> Floats:
    """Return a number as each cell key perturbs it: by the law of the largest entropy with mean 0 and this variance, as
    the « ptable » of Eurostat. None becomes 1 or 2, and 0 remains."""
    if not number:
        return np.zeros(len(cell_keys))
    most = int(np.ceil(3 * np.sqrt(variance)))
    moves = np.arange(-min(number, most), most + 1)
    moves = moves[~np.isin(number + moves, (1, 2))]
    fitted = minimize(lambda by: logsumexp(by[0] * moves + by[1] * (moves**2 - variance)), np.zeros(2))
    law = np.exp(fitted.x[0] * moves + fitted.x[1] * moves**2 - logsumexp(fitted.x[0] * moves + fitted.x[1] * moves**2))
    moved: Floats = np.asarray(
        number + moves[np.minimum(np.searchsorted(np.cumsum(law), cell_keys), len(moves) - 1)], float
    )
    return moved


class DiscreteGaussian(Simulation):
    """Differential privacy (Canonne, Kamath and Steinke, 2020; noise by OpenDP): discrete Gaussian noise in each cell
    of the crossed tables and of the events, from which criteria are estimated; then tables are made to add up."""

    def publish(self, scales: Mapping[int, float], keys: int) -> dict[int, Rounded]:
        self.deviation = next(iter(scales.values()))
        return {year: self._of_year(year, keys) for year in self.years}

    def _noisy(self, true: Ints, keys: int) -> Floats:
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.l2_distance(T=float)
        noise = dp.m.make_gaussian(*space, scale=self.deviation)
        noisy: Floats = np.array(noise(np.repeat(true.ravel()[None], keys, axis=0).ravel().tolist()), dtype=float)
        return noisy.reshape(keys, *true.shape)

    def _of_year(self, year: int, keys: int) -> Rounded:
        counts = self.counts[year]
        noisy = {name: self._noisy(true, keys) for name, true in counts.tables.items()}
        crossed = {name: noisy[name] for name in CROSSED}
        total = np.maximum(
            0, np.rint(_weighted([(one.sum(axis=(1, 2)), one[0].size) for one in crossed.values()]))
        ).astype(np.int64)
        margins = []
        for position in range(len(ATTRIBUTES)):
            looks = [
                (
                    crossed[name].sum(axis=2 if first == position else 1),
                    counts.tables[name].shape[1 if first == position else 0],
                )
                for name, (first, second) in CROSSED.items()
                if position in (first, second)
            ]
            looks = looks or [(self._noisy(counts.margins[position], keys), 1)]
            margins.append(_whole_partition(np.maximum(0.0, _weighted(looks)), total))
        tables = {
            name: _whole_table(crossed[name], margins[first], margins[second])
            for name, (first, second) in CROSSED.items()
        }
        tables |= {name: np.maximum(0, noisy[name]).astype(np.int64) for name in _EVENTS}
        return Rounded(total, tuple(margins), tables)

    def epsilon(self) -> float:
        """Return epsilon at delta 1e-6 of all years together, for who is in the most numbers."""
        rho = sum(_numbers_of_one(one) for one in self.populations.values()) / (2 * self.deviation**2)
        return float(rho + 2 * np.sqrt(rho * np.log(1 / _DELTA)))


def _weighted(looks: list[tuple[Floats, int]]) -> Floats:
    """Return the mean of several looks at the same numbers, each with the number of noisy cells that it adds up."""
    weighted: Floats = np.sum([one / cells for one, cells in looks], axis=0)
    return weighted / sum(1 / cells for _, cells in looks)


def _numbers_of_one(population: Population) -> int:
    """Return in how many noisy numbers of a year a person is counted at most."""
    crossed = {position for pair in CROSSED.values() for position in pair}
    alone = len(ATTRIBUTES) - len(crossed)
    return len(CROSSED) + alone + int(sum(population.indicators[name].sum(axis=1) for name in _EVENTS).max())
