"""Moments as the file stores them: ISO 8601 in UTC with milliseconds, « 2023-03-06T13:32:05.000Z »."""

from datetime import UTC, date, datetime, time, timedelta


def now() -> str:
    """Return the current moment."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def start_of(day: str) -> str:
    """Return the moment at which an ISO day begins in the server's time zone."""
    return datetime.combine(date.fromisoformat(day), time()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def end_of(day: str) -> str:
    """Return the moment at which an ISO day ends in the server's time zone, the first one of the next day."""
    return start_of((date.fromisoformat(day) + timedelta(days=1)).isoformat())
