"""Answers of the linear programmes, remembered by a worker: nearly every test draws the same year of the demonstration.

Only the very same question is answered from memory, with what the product answered when it was first asked in this run.
Everything around it runs: counting, noise, rounding, simulated keys, the auditor, the file, the ledger.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

import numpy as np
import pytest

from publication.inference.intervals import LinearSystem, Variable
from publication.release.population import Ints


class Remembered:
    """The answers given so far to the question that takes nearly all of the time."""

    def __init__(self) -> None:
        self.answers: dict[bytes, tuple[Ints, ...]] = {}
        self._bounds = LinearSystem.bounds

    @contextmanager
    def used(self) -> Iterator[None]:
        """Answer from memory inside the block."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(LinearSystem, "bounds", lambda system, targets, slack=0: self.bounds(system, targets, slack))
            yield

    def bounds(self, system: LinearSystem, targets: Sequence[Sequence[Variable]], slack: float = 0) -> tuple[Ints, ...]:
        """What ``LinearSystem.bounds`` returns. The question is all that the system contains, and the targets."""
        question = repr((system.columns, system.lower, system.upper, system.sums, targets, slack))
        return self._answer(question.encode(), lambda: self._bounds(system, targets, slack))

    def _answer(self, question: bytes, solve: Callable[[], tuple[Ints, ...]]) -> tuple[Ints, ...]:
        digest = sha256(question).digest()
        if digest not in self.answers:
            self.answers[digest] = solve()
        return tuple(np.copy(array) for array in self.answers[digest])
