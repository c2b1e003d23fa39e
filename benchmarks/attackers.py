"""What attackers who simulate the key gain on resampled offices, and the curve of gain against mean error.

An office is resampled from the persons of the demonstration, each with all years, drawn with replacement.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from db.demo import create
from db.storage import connection
from publication.draw import draw
from publication.inference.simulated_keys import Gain, Simulation
from publication.release.noise import CROSSED
from publication.release.population import Population
from publication.release.tables import ATTRIBUTES, PLANS

YEARS = range(2022, 2026)
_SIZES, _OFFICES = (60, 139, 500), 50
_SCALES = (0.0, 0.5, 0.75, 1.0, 1.15, 1.5, 2.0)
_KEYS = (300, 600, 1200, 2400, 4800)


def show() -> int:
    """Print the tables and return the number of offices that would be refused, beyond two of fifty."""
    populations = demonstration()
    _show_curve(populations)
    return sum(max(0, _show_offices(populations, size) - 2) for size in _SIZES)


def demonstration() -> Mapping[int, Population]:
    """Return the persons of the demonstration in each year."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "palette.db"
        create.write(path, date(2026, 1, 15))
        db = connection.open_file(path)
        populations = draw.read_source(db, list(YEARS)).years
        db.close()
    return populations


def _show_curve(populations: Mapping[int, Population]) -> None:
    print("demonstration: noise, largest gain in points, mean error in persons (criteria, crossed tables, events, all)")
    for scale in _SCALES:
        simulation = Simulation(populations, YEARS[-1], dict.fromkeys(YEARS, scale))
        print(f"  × {scale:<5} {largest(list(simulation.gains())):<30} {mean_errors(simulation)}", flush=True)
    print("simulated keys, largest gain in points")
    for keys in _KEYS:
        gains = list(Simulation(populations, YEARS[-1], dict.fromkeys(YEARS, 1.0), keys, seed=5).gains())
        print(f"  {keys:>5} {largest(gains)}", flush=True)


def _show_offices(populations: Mapping[int, Population], size: int) -> int:
    levels: Counter[str] = Counter()
    worst: dict[str, float] = {}
    refused = 0
    for seed in range(_OFFICES):
        office = resample(populations, size, seed)
        gains: list[Gain] = []
        for level in range(draw.LEVELS):
            simulation = Simulation(office, YEARS[-1], dict.fromkeys(YEARS, draw.scale(level)), seed=seed)
            gains = list(simulation.gains())
            if not draw.excessive(gains):
                break
        else:
            refused += 1
        levels[f"level {level}"] += 1
        for gain in gains:
            kind = gain.criterion if gain.scenario != "événement de l’année" else "Événements"
            worst[kind] = max(worst.get(kind, 0.0), 100 * gain.mean)
    listed = ", ".join(f"{kind} {points:.1f}" for kind, points in worst.items())
    print(f"{_OFFICES} offices of {size}: {refused} refused; {dict(levels)}; largest gains: {listed}", flush=True)
    return refused


def resample(populations: Mapping[int, Population], size: int, seed: int) -> dict[int, Population]:
    """Return an office of about ``size`` persons a year."""
    random = np.random.default_rng(seed)
    everybody = sorted({person for one in populations.values() for person in one.ids[one.followed].tolist()})
    mean = np.mean([one.followed.sum() for one in populations.values()])
    drawn = random.choice(everybody, round(size * len(everybody) / mean)).tolist()
    found = {}
    for year, one in populations.items():
        rows = {person: row for row, person in enumerate(one.ids.tolist())}
        kept = [(number, rows[person]) for number, person in enumerate(drawn, start=1) if person in rows]
        new, old = (np.array(column, dtype=np.int64) for column in zip(*kept, strict=True))
        indicators = {name: indicator[old] for name, indicator in one.indicators.items()}
        found[year] = Population(new, one.followed[old], one.codes[old], indicators, one.cents[old])
    return found


def largest(gains: list[Gain]) -> str:
    """Return the largest mean gain on a criterion, in points."""
    one = max(
        (gain for gain in gains if gain.criterion in [each.label for each in ATTRIBUTES]), key=lambda gain: gain.mean
    )
    return f"{100 * one.mean:.1f} ({one.criterion})"


def mean_errors(simulation: Simulation) -> str:
    """Return the mean distance to the true numbers, in persons: criteria, crossed tables, events, all."""
    criteria = [grouping.name for grouping in ATTRIBUTES]
    events = [name for name in PLANS if name not in CROSSED]
    errors = [np.concatenate(list(_distances(simulation, names))) for names in (criteria, list(CROSSED), events)]
    return "  ".join(f"{found.mean():.2f}" for found in (*errors, np.concatenate(errors)))


def _distances(simulation: Simulation, names: list[str]) -> Iterator[np.ndarray]:
    for year in YEARS:
        for name in names:
            yield np.abs(simulation.distances(year, name)).mean(axis=0).ravel()
