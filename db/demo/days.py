"""Working days, months, and dates drawn evenly over a period."""

import math
from calendar import monthrange
from datetime import date, timedelta
from random import Random

_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}

YEAR = 365.25


def days(number: float) -> timedelta:
    """Return that number of days, rounded."""
    return timedelta(days=round(number))


def is_working(day: date) -> bool:
    """Return whether the office is open (movable holidays are ignored)."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def working(day: date) -> date:
    """Return the first working day from ``day`` on."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def working_before(day: date) -> date:
    """Return the last working day until ``day``."""
    while not is_working(day):
        day -= timedelta(days=1)
    return day


def months_later(day: date, months: int) -> date:
    """Return the same day of the month some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Return the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def between(rng: Random, first: date, last: date) -> date:
    """Return a random day from first to last, both included."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def spread(rng: Random, number: int, first: date, last: date) -> list[date]:
    """Return ``number`` days in order, one drawn in each equal part of the period."""
    share = ((last - first).days + 1) / number
    return [first + timedelta(days=int((index + rng.random()) * share)) for index in range(number)]


def lengths(rng: Random, number: int, mean: float, least: float, shape: float = 1.25) -> list[float]:
    """Return ``number`` lengths in years, most short and a few long: shuffled quantiles of a Weibull distribution."""
    scale = (mean - least) / math.gamma(1 + 1 / shape)
    levels = [(index + 0.5) / number for index in range(number)]
    quantiles = [least + scale * (-math.log(1 - level)) ** (1 / shape) for level in levels]
    rng.shuffle(quantiles)
    return quantiles
