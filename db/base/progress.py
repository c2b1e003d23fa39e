"""How a long task reports its progress."""

from collections.abc import Callable

Progress = Callable[[float, str], None]
"""Called with the share of the work done (0 to 1) and the current step in French. May raise to cancel the work."""


def ignore_progress(share: float, step: str) -> None:
    """Do nothing: the default of tasks whose caller does not follow their progress."""


def part_of(tick: Progress, start: float, end: float) -> Progress:
    """Return the progress of one part of the work, which goes from ``start`` to ``end`` of the whole."""
    return lambda share, step: tick(start + share * (end - start), step)
