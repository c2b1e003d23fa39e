"""Intervals by linear programming: what an attacker can deduce about numbers from the published ones.

The attacker treats every number of the true tables as an unknown variable and writes down all that is public: a
rounded number lies less than BASE from the true one, the cells of a table add up to its margins, the margins to the
total, which is rounded as well, and public facts are exact. The smallest and the largest value of a variable under
these constraints are two linear programmes (HiGHS, exact solutions); between them lies everything the attacker cannot
exclude. An interval of a single value means that the number is known; one from 1 to 4 means that the cell is not empty,
and small. The same is computed for combinations of three criteria, which are never published.

The attacker is assumed to be stronger than a real one: the numbers are taken as rounded only, although noise has moved
them before. If this makes the constraints contradictory, all bounds are widened by the least that resolves them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, identity, kron

from publication.release.noise import Floats
from publication.release.population import Ints
from publication.release.release import PublishedTable, Release
from publication.release.tables import BASE, TOTAL

_BLOCKS = 24
"""Questions solved side by side in one linear programme: more take more memory, fewer start the solver more often."""
_EPSILON = 1e-6
Index = tuple[int, ...]
Variable = tuple[object, ...]
"""Names a number: ("genre", 0) is a cell of a margin, ("genre_age", 0, 1) a cell of a crossed table."""


@dataclass
class LinearSystem:
    """Unknown numbers by name, the bounds of each, and the sums that are known to be equal."""

    columns: dict[Variable, int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    sums: list[tuple[list[Variable], float]] = field(default_factory=list)
    """Variables that add up, and their sum; a variable with « - » put before its name is subtracted."""

    def add(self, name: Variable, lower: float = 0, upper: float = np.inf) -> None:
        """Add a variable."""
        self.columns[name] = len(self.lower)
        self.lower.append(max(0.0, lower))
        self.upper.append(upper)

    def add_rounded(self, name: Variable, published: float) -> None:
        """Add a variable whose rounded value is published; a value that is not a multiple of BASE is exact."""
        margin = 0 if published % BASE else BASE - 1
        self.add(name, published - margin, published + margin)

    def add_sum(self, parts: Sequence[Variable], total: Variable | float) -> None:
        """State that these variables add up to that variable or constant."""
        if isinstance(total, tuple):
            self.sums.append(([*parts, ("-", *total)], 0.0))
        else:
            self.sums.append((list(parts), float(total)))

    def bounds(self, targets: Sequence[Sequence[Variable]], slack: float = 0) -> tuple[Ints, Ints]:
        """Return the smallest and the largest value, in whole persons, of each of these sums of variables. ``slack``:
        if the system is contradictory, widen the bounds by this much beyond what resolves it."""
        matrix, right = self._matrix()
        lower, upper = self._feasible_bounds(matrix, right, slack)
        forms = np.zeros((len(targets), len(self.lower)))
        for row, target in enumerate(targets):
            forms[row, [self.columns[name] for name in target]] = 1
        lows = _minimise(matrix, right, lower, upper, forms)
        highs = -_minimise(matrix, right, lower, upper, -forms)
        return np.ceil(lows - 1e-4).astype(np.int64), np.floor(highs + 1e-4).astype(np.int64)

    def _matrix(self) -> tuple[csr_array, Floats]:
        rows, columns, values = [], [], []
        for row, (parts, _) in enumerate(self.sums):
            for part in parts:
                minus = part[0] == "-"
                rows.append(row)
                columns.append(self.columns[part[1:] if minus else part])
                values.append(-1.0 if minus else 1.0)
        shape = (len(self.sums), len(self.lower))
        return csr_array(coo_array((values, (rows, columns)), shape=shape)), np.array([right for _, right in self.sums])

    def _feasible_bounds(self, matrix: csr_array, right: Floats, slack: float) -> tuple[Floats, Floats]:
        """Return the bounds, all widened by the least that makes the system feasible. Noise may put a number further
        from the truth than rounding alone; an attacker must allow for it."""
        lower, upper = np.array(self.lower), np.array(self.upper)
        if linprog(np.zeros(lower.size), A_eq=matrix, b_eq=right, bounds=np.column_stack([lower, upper])).x is not None:
            return lower, upper
        finite = np.flatnonzero(np.isfinite(upper))
        rows = identity(lower.size, format="csr")
        ease = csr_array(-np.ones((lower.size, 1)))
        above = hstack([-rows, ease])
        below = hstack([rows[finite], ease[finite]])
        solved = linprog(
            np.append(np.zeros(lower.size), 1.0),
            A_ub=csr_array(np.vstack([above.toarray(), below.toarray()])),
            b_ub=np.concatenate([-lower, upper[finite]]),
            A_eq=hstack([matrix, csr_array((matrix.shape[0], 1))]),
            b_eq=right,
            bounds=[(0, None)] * (lower.size + 1),
        )
        widened = float(solved.x[-1]) + _EPSILON + slack if solved.x is not None else np.inf
        return np.maximum(0, lower - widened), upper + widened


def _minimise(matrix: csr_array, right: Floats, lower: Floats, upper: Floats, forms: Floats) -> Floats:
    """Return the smallest value of each linear form under the same constraints. Raises ArithmeticError without one.
    Several forms are solved as independent blocks of one linear programme."""
    found = []
    for start in range(0, len(forms), _BLOCKS):
        block = forms[start : start + _BLOCKS]
        solved = linprog(
            block.ravel(),
            A_eq=kron(identity(len(block)), matrix, format="csr"),
            b_eq=np.tile(right, len(block)),
            bounds=np.column_stack([np.tile(lower, len(block)), np.tile(upper, len(block))]),
            method="highs",
        )
        if solved.x is None:
            raise ArithmeticError(f"the intervals have no solution: {solved.message}")
        found.append((solved.x.reshape(len(block), -1) * block).sum(axis=1))
    return np.concatenate(found) if found else np.zeros(0)


# --- one release


@dataclass(frozen=True)
class Interval:
    """The values that an attacker cannot exclude for one number: ``low`` to ``high`` persons, both included."""

    table: str
    labels: tuple[str, ...]
    published: int
    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        """Whether the number is known."""
        return self.low == self.high

    @property
    def is_few(self) -> bool:
        """Whether it is known that the number is between 1 and BASE - 1."""
        return self.low >= 1 and self.high < BASE


def crossed_tables(release: Release) -> dict[str, PublishedTable]:
    """Return the tables of two criteria."""
    return {name: table for name, table in release.tables.items() if len(table.columns) == 2}


def cells(table: PublishedTable) -> Iterator[tuple[Index, int]]:
    """Yield the index of each cell of a table and the number published in it."""
    for index in np.ndindex(*table.persons.shape):
        yield index, int(table.persons[index])


def labels_at(table: PublishedTable, index: Sequence[int]) -> tuple[str, ...]:
    """Return the categories of a cell."""
    return tuple(labels[position] for labels, position in zip(table.labels, index, strict=True))


def release_system(release: Release) -> LinearSystem:
    """Return all that one year publishes: cells and margins rounded, every table with the same margins and total."""
    system = LinearSystem()
    _add_total(system, release)
    for name, table in release.single_criteria.items():
        for index, number in cells(table):
            system.add_rounded((name, *index), number)
        system.add_sum([(name, *index) for index, _ in cells(table)], ("total",))
    for name, table in release.tables.items():
        for index, number in cells(table) if name not in release.own_tables else ():
            system.add_rounded((name, *index), number)
    for name, table in crossed_tables(release).items():
        for axis, column in enumerate(table.columns):
            for category in range(table.persons.shape[axis]):
                line = [(name, *index) for index, _ in cells(table) if index[axis] == category]
                system.add_sum(line, (column, category))
    _add_exits_total(system, release)
    _add_facts(system, release)
    return system


def _add_total(system: LinearSystem, release: Release) -> None:
    """Add the number of persons followed, which is rounded unless it is a public fact."""
    exact = next((fact.number for fact in release.facts if fact.table == TOTAL), None)
    if exact is None:
        system.add_rounded(("total",), release.rounded)
    else:
        system.add(("total",), exact, exact)


def _add_exits_total(system: LinearSystem, release: Release) -> None:
    """State that the exits by reason add up to all exits, whose number is rounded as well."""
    for name, table in release.tables.items():
        if name.startswith("sorties"):
            system.add_rounded((name, "all"), int(table.persons.sum()))
            system.add_sum([(name, *index) for index, _ in cells(table)], (name, "all"))


def _add_facts(system: LinearSystem, release: Release) -> None:
    tables = {**release.margins, **release.tables}
    for fact in release.facts:
        table = tables.get(fact.table)
        if table is not None and len(table.labels) == 1 and fact.label in table.labels[0]:
            column = system.columns[(fact.table, table.labels[0].index(fact.label))]
            system.lower[column] = system.upper[column] = fact.number


def find_intervals(release: Release) -> list[Interval]:
    """Return the interval of every margin and cell of a year that is not itself a public fact."""
    system = release_system(release)
    facts = {(fact.table, fact.label) for fact in release.facts}
    unknown = [
        (name, table, index, number)
        for name, table in {**release.margins, **release.tables}.items()
        for index, number in cells(table)
        if not (len(index) == 1 and (name, table.labels[0][index[0]]) in facts)
    ]
    lows, highs = system.bounds([[(name, *index)] for name, _, index, _ in unknown])
    return [
        Interval(name, labels_at(table, index), number, int(low), int(high))
        for (name, table, index, number), low, high in zip(unknown, lows, highs, strict=True)
    ]


def find_three_way_intervals(release: Release, found: Sequence[Interval]) -> Iterator[Interval]:
    """Yield the interval of every combination of three criteria. ``found``: the result of ``find_intervals``. An own
    field is crossed with nothing, so it is only combined with the pairs of criteria that are crossed."""
    bounds = {(interval.table, interval.labels): (interval.low, interval.high) for interval in found}
    with_own = [(*table.columns, name) for name in release.own_tables for table in crossed_tables(release).values()]
    for criteria in (*combinations(release.margins, 3), *with_own):
        yield from _intervals_of_three(release, criteria, bounds)


def _intervals_of_three(
    release: Release, criteria: Sequence[str], bounds: Mapping[tuple[str, tuple[str, ...]], tuple[int, int]]
) -> Iterator[Interval]:
    labels = [release.single_criteria[name].labels[0] for name in criteria]
    atoms = list(np.ndindex(*map(len, labels)))
    system = LinearSystem()
    for atom in atoms:
        system.add(("atom", *atom))
    _add_total(system, release)
    system.add_sum([("atom", *atom) for atom in atoms], ("total",))
    within = {**{name: release.single_criteria[name] for name in criteria}, **crossed_tables(release)}
    for name, table in within.items():
        if not set(table.columns) <= set(criteria):
            continue
        axes = [list(criteria).index(column) for column in table.columns]
        for index, number in cells(table):
            low, high = bounds.get((name, labels_at(table, index)), (number - BASE + 1, number + BASE - 1))
            system.add((name, *index), low, high)
            line = [("atom", *atom) for atom in atoms if tuple(atom[axis] for axis in axes) == index]
            system.add_sum(line, (name, *index))
    lows, highs = system.bounds([[("atom", *atom)] for atom in atoms])
    for atom, low, high in zip(atoms, lows, highs, strict=True):
        categories = tuple(names[position] for names, position in zip(labels, atom, strict=True))
        yield Interval(" × ".join(criteria), categories, -1, int(low), int(high))
