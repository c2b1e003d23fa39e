"""Queues for heavy work: a few at once in the whole server, the others first come, first served.

There is a queue for each length of work. ``JOBS``: what a person starts and follows by a progress bar (exports, a
release, an import), up to minutes. ``READING``: reading one file from outside, seconds, within a job or not.
``DOWNLOADS``: a small file made at the click, about a second, one at a time; who waits sees the button turn. Whoever
holds a turn of the last two asks for no other, so that no two can wait for each other.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from db.base.progress import Progress, ignore_progress

_POLL_SECONDS = 0.1


class Turns:
    """A queue. ``at_once``: how many have their turn at the same time. ``ahead``: what the others hear, in French."""

    def __init__(self, at_once: int, ahead: str) -> None:
        self._at_once, self._ahead = at_once, ahead
        self._queue: list[object] = []
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, progress: Progress = ignore_progress) -> Iterator[None]:
        """Wait for a turn and hold it within the block. ``progress`` is told the place, several times a second; what it
        raises leaves the queue."""
        ticket = object()
        with self._lock:
            self._queue.append(ticket)
        try:
            while (place := self._place(ticket)) > 0:
                progress(0.0, f"{self._ahead} ; le vôtre est {place}{'er' if place == 1 else 'e'} dans la file")
                time.sleep(_POLL_SECONDS)
            yield
        finally:
            with self._lock:
                self._queue.remove(ticket)

    def _place(self, ticket: object) -> int:
        """Return the place among those who wait, from 1; 0 or less for who has a turn."""
        with self._lock:
            return self._queue.index(ticket) - self._at_once + 1


READING = Turns(2, "d’autres fichiers se lisent")
JOBS = Turns(2, "deux autres travaux sont en cours")
DOWNLOADS = Turns(1, "un autre téléchargement se prépare")
