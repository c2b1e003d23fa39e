"""What a release came to: prepared by reading and computing only, which may be done in another process, and put online
afterwards in one short step (publication/publish.py)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from publication.audit.auditor import ATTACKS, Verdict
from publication.release.release import Release, from_json, to_json


@dataclass(frozen=True)
class Outcome:
    """The result of publishing. ``kind``: new, same (published before), carried (too few changes) or refused."""

    kind: str
    year: int
    sentence: str
    releases: tuple[Release, ...]
    verdicts: tuple[Verdict, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict)
    """Measured with the true numbers, for the office only."""

    @property
    def measures(self) -> Mapping[str, str]:
        """The attestation of the year; empty when it is not among the releases."""
        return next((release.measures for release in self.releases if release.year == self.year), {})

    @property
    def refused(self) -> bool:
        """Whether the public file was left as it was because the auditor refused."""
        return self.kind == "refused"


@dataclass(frozen=True)
class Prepared:
    """A release ready to be put online. ``seen``: how many entries the ledger had. ``online``: what the public file is
    to hold, None to leave it as it is. ``is_new``: whether the year enters the ledger."""

    outcome: Outcome
    seen: int
    online: tuple[Release, ...] | None = None
    is_new: bool = False


def to_bytes(prepared: Prepared) -> bytes:
    """Return it as JSON, for another process."""
    outcome = prepared.outcome
    values = {
        "kind": outcome.kind, "year": outcome.year, "sentence": outcome.sentence,
        "releases": [to_json(release) for release in outcome.releases],
        "verdicts": _to_plain(outcome.verdicts), "secrets": dict(outcome.secrets), "seen": prepared.seen,
        "online": None if prepared.online is None else [to_json(release) for release in prepared.online],
        "is_new": prepared.is_new,
    }  # fmt: skip
    return json.dumps(values, ensure_ascii=False).encode()


def from_bytes(data: bytes) -> Prepared:
    """Return what ``to_bytes`` wrote."""
    values = json.loads(data)
    outcome = Outcome(
        values["kind"], values["year"], values["sentence"], tuple(map(from_json, values["releases"])),
        _from_plain(values["verdicts"]), values["secrets"],
    )  # fmt: skip
    online = values["online"]
    return Prepared(
        outcome, values["seen"], None if online is None else tuple(map(from_json, online)), values["is_new"]
    )


def verdicts_to_bytes(verdicts: Sequence[Verdict]) -> bytes:
    """Return verdicts as JSON, for another process."""
    return json.dumps(_to_plain(verdicts), ensure_ascii=False).encode()


def verdicts_from_bytes(data: bytes) -> tuple[Verdict, ...]:
    """Return what ``verdicts_to_bytes`` wrote."""
    return _from_plain(json.loads(data))


def _to_plain(verdicts: Sequence[Verdict]) -> list[tuple[int, list[str]]]:
    return [(verdict.attack.number, list(verdict.reasons)) for verdict in verdicts]


def _from_plain(values: Sequence[tuple[int, list[str]]]) -> tuple[Verdict, ...]:
    attacks = {attack.number: attack for attack in ATTACKS}
    return tuple(Verdict(attacks[number], tuple(reasons)) for number, reasons in values)
