"""What the published numbers imply: for each number that is not published, the least and the most it can be.

The attacker knows every published number and public fact, and how rounding works: a number is less than BASE away
from what is published for it. Exact linear programmes (HiGHS) over all of it at once; many are solved as one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack, identity, kron

from publication.release.population import Ints
from publication.release.release import Release, Sheet
from publication.release.rounding import Floats
from publication.release.tables import BASE

_BLOCKS = 24
"""So many questions are asked of one linear programme: more cost memory, fewer cost the start of the solver."""
_ALMOST = 1e-6
Name = tuple[object, ...]
"""What a number is: ("genre", 0) a margin, ("genre_age", 0, 1) a cell."""


@dataclass
class System:
    """Numbers by name, the bounds of each, and sums that are known to be equal."""

    names: dict[Name, int] = field(default_factory=dict)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    sums: list[tuple[list[Name], float]] = field(default_factory=list)
    """Each: names that add up, and to what; a name with « -» before it is subtracted."""

    def add(self, name: Name, lower: float = 0, upper: float = np.inf) -> None:
        """Another number."""
        self.names[name] = len(self.lower)
        self.lower.append(max(0.0, lower))
        self.upper.append(upper)

    def rounded(self, name: Name, published: float) -> None:
        """Another number, of which the rounded one is published; what is no multiple of the base is not rounded."""
        off = 0 if published % BASE else BASE - 1
        self.add(name, published - off, published + off)

    def equal(self, parts: Sequence[Name], whole: Name | float) -> None:
        """These add up to that number, or to that constant."""
        if isinstance(whole, tuple):
            self.sums.append(([*parts, ("-", *whole)], 0.0))
        else:
            self.sums.append((list(parts), float(whole)))

    def bounds(self, targets: Sequence[Sequence[Name]], more: float = 0) -> tuple[Ints, Ints]:
        """The least and the most, in whole persons, that each of these sums of numbers can be.

        ``more``: how much is allowed for beyond the least that lets all of it be true, where it cannot be as it stands.
        """
        matrix, right = self._matrix()
        lower, upper = self._eased(matrix, right, more)
        forms = np.zeros((len(targets), len(self.lower)))
        for row, target in enumerate(targets):
            forms[row, [self.names[name] for name in target]] = 1
        lows = _least(matrix, right, lower, upper, forms)
        highs = -_least(matrix, right, lower, upper, -forms)
        return np.ceil(lows - 1e-4).astype(np.int64), np.floor(highs + 1e-4).astype(np.int64)

    def _matrix(self) -> tuple[csr_array, Floats]:
        rows, columns, values = [], [], []
        for row, (parts, _) in enumerate(self.sums):
            for part in parts:
                minus = part[0] == "-"
                rows.append(row)
                columns.append(self.names[part[1:] if minus else part])
                values.append(-1.0 if minus else 1.0)
        shape = (len(self.sums), len(self.lower))
        return csr_array(coo_array((values, (rows, columns)), shape=shape)), np.array([right for _, right in self.sums])

    def _eased(self, matrix: csr_array, right: Floats, more: float) -> tuple[Floats, Floats]:
        """The bounds, all widened by the least that lets the sums hold.

        Substitutes may put a number further from the truth than rounding alone; who attacks must allow for it.
        """
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
        widened = float(solved.x[-1]) + _ALMOST + more if solved.x is not None else np.inf
        return np.maximum(0, lower - widened), upper + widened


def _least(matrix: csr_array, right: Floats, lower: Floats, upper: Floats, forms: Floats) -> Floats:
    """The least value of each form over the same constraints, some of them in one linear programme, side by side."""
    found = []
    for start in range(0, len(forms), _BLOCKS):
        some = forms[start : start + _BLOCKS]
        solved = linprog(
            some.ravel(),
            A_eq=kron(identity(len(some)), matrix, format="csr"),
            b_eq=np.tile(right, len(some)),
            bounds=np.column_stack([np.tile(lower, len(some)), np.tile(upper, len(some))]),
            method="highs",
        )
        if solved.x is None:
            raise ArithmeticError(f"the intervals have no solution: {solved.message}")
        found.append((solved.x.reshape(len(some), -1) * some).sum(axis=1))
    return np.concatenate(found) if found else np.zeros(0)


# --- one release


@dataclass(frozen=True)
class Interval:
    """What is known of one number that is not published: ``low`` to ``high`` persons, both included."""

    sheet: str
    labels: tuple[str, ...]
    published: int
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether it is known."""
        return self.low == self.high

    @property
    def few(self) -> bool:
        """Whether it is known to be somebody, and fewer than the base."""
        return self.low >= 1 and self.high < BASE


def crossed(release: Release) -> dict[str, Sheet]:
    """The tables of two criteria."""
    return {name: sheet for name, sheet in release.tables.items() if len(sheet.columns) == 2}


def cells(sheet: Sheet) -> Iterator[tuple[tuple[int, ...], int]]:
    """Each place of a table and what is published there."""
    for place in np.ndindex(*sheet.persons.shape):
        yield place, int(sheet.persons[place])


def system_of(release: Release) -> System:
    """All that is published of one year: cells and margins rounded, every table the same margins, the total exact."""
    system = System()
    for name, sheet in release.alone.items():
        for place, number in cells(sheet):
            system.rounded((name, *place), number)
        system.equal([(name, *place) for place, _ in cells(sheet)], release.total)
    for name, sheet in release.tables.items():
        for place, number in cells(sheet) if name not in release.own else ():
            system.rounded((name, *place), number)
    for name, sheet in crossed(release).items():
        for axis, column in enumerate(sheet.columns):
            for at in range(sheet.persons.shape[axis]):
                line = [(name, *place) for place, _ in cells(sheet) if place[axis] == at]
                system.equal(line, (column, at))
    _add_whole(system, release)
    _add_facts(system, release)
    return system


def _add_whole(system: System, release: Release) -> None:
    """Exits add up to all exits, which are rounded as well."""
    for name, sheet in release.tables.items():
        if name.startswith("sorties"):
            system.rounded((name, "all"), int(sheet.persons.sum()))
            system.equal([(name, *place) for place, _ in cells(sheet)], (name, "all"))


def _add_facts(system: System, release: Release) -> None:
    sheets = {**release.margins, **release.tables}
    for fact in release.facts:
        sheet = sheets.get(fact.sheet)
        if sheet is not None and len(sheet.labels) == 1 and fact.label in sheet.labels[0]:
            at = system.names[(fact.sheet, sheet.labels[0].index(fact.label))]
            system.lower[at] = system.upper[at] = fact.number


def intervals(release: Release) -> list[Interval]:
    """What the published numbers of a year imply for every one of its margins and cells."""
    system = system_of(release)
    known = {(fact.sheet, fact.label) for fact in release.facts}
    places = [
        (name, sheet, place, number)
        for name, sheet in {**release.margins, **release.tables}.items()
        for place, number in cells(sheet)
        if not (len(place) == 1 and (name, sheet.labels[0][place[0]]) in known)
    ]
    lows, highs = system.bounds([[(name, *place)] for name, _, place, _ in places])
    return [
        Interval(name, labels_at(sheet, place), number, int(low), int(high))
        for (name, sheet, place, number), low, high in zip(places, lows, highs, strict=True)
    ]


def labels_at(sheet: Sheet, place: Sequence[int]) -> tuple[str, ...]:
    """The categories of a cell."""
    return tuple(labels[at] for labels, at in zip(sheet.labels, place, strict=True))


def three_way(release: Release, known: Sequence[Interval]) -> Iterator[Interval]:
    """The same for every combination of three criteria, none of which is published; ``known``: by ``intervals``.

    A field of the office's own is crossed with nothing: it can only add to what two crossed criteria tell.
    """
    bounds = {(item.sheet, item.labels): (item.low, item.high) for item in known}
    own = [(*sheet.columns, name) for name in release.own for sheet in crossed(release).values()]
    for three in (*combinations(release.margins, 3), *own):
        yield from _of_three(release, three, bounds)


def _of_three(
    release: Release, three: Sequence[str], known: Mapping[tuple[str, tuple[str, ...]], tuple[int, int]]
) -> Iterator[Interval]:
    labels = [release.alone[name].labels[0] for name in three]
    atoms = list(np.ndindex(*map(len, labels)))
    system = System()
    for atom in atoms:
        system.add(("atom", *atom))
    system.equal([("atom", *atom) for atom in atoms], release.total)
    within = {**{name: release.alone[name] for name in three}, **crossed(release)}
    for name, sheet in within.items():
        if not set(sheet.columns) <= set(three):
            continue
        axes = [list(three).index(column) for column in sheet.columns]
        for place, number in cells(sheet):
            low, high = known.get((name, labels_at(sheet, place)), (number - BASE + 1, number + BASE - 1))
            system.add((name, *place), low, high)
            line = [("atom", *atom) for atom in atoms if tuple(atom[axis] for axis in axes) == place]
            system.equal(line, (name, *place))
    lows, highs = system.bounds([[("atom", *atom)] for atom in atoms])
    for atom, low, high in zip(atoms, lows, highs, strict=True):
        named = tuple(own[at] for own, at in zip(labels, atom, strict=True))
        yield Interval(" × ".join(three), named, -1, int(low), int(high))
