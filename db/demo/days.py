"""Days: working days, months, and dates dealt out evenly so that no month is empty and none is crowded."""

import math
from calendar import monthrange
from datetime import date, timedelta
from random import Random

_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}

YEAR = 365.25


def days(number: float) -> timedelta:
    """That many days, whole."""
    return timedelta(days=round(number))


def is_working(day: date) -> bool:
    """Whether the office is open (moving feasts are not looked at)."""
    return day.weekday() < 5 and (day.month, day.day) not in _HOLIDAYS


def working(day: date) -> date:
    """That day, or the next one on which the office is open."""
    while not is_working(day):
        day += timedelta(days=1)
    return day


def working_before(day: date) -> date:
    """That day, or the last one before it on which the office was open."""
    while not is_working(day):
        day -= timedelta(days=1)
    return day


def months_later(day: date, months: int) -> date:
    """The same day of the month, or the month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def between(rng: Random, first: date, last: date) -> date:
    """Any day from first to last, both included."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def spread(rng: Random, number: int, first: date, last: date) -> list[date]:
    """That many days in order, evenly over the period, each anywhere in its own share of it."""
    share = ((last - first).days + 1) / number
    return [first + timedelta(days=int((place + rng.random()) * share)) for place in range(number)]


def lengths(rng: Random, number: int, mean: float, least: float, shape: float = 1.25) -> list[float]:
    """That many lengths in years, most short and a few long (Weibull), dealt from equal slices."""
    scale = (mean - least) / math.gamma(1 + 1 / shape)
    slices = [(place + 0.5) / number for place in range(number)]
    drawn = [least + scale * (-math.log(1 - slice_)) ** (1 / shape) for slice_ in slices]
    rng.shuffle(drawn)
    return drawn
