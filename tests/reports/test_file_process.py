"""A file made in a process of its own: it comes back whole, and whatever happens there, the server goes on."""

import os
from contextlib import closing
from functools import partial

import pytest

from db.base.errors import PaletteError
from db.model.roles import Role
from reports import bundle, file_process
from reports.file_process import FromOffice
from tests.db.factories import insert_person
from tests.reports import file_makers


class CancelledError(Exception):
    pass


def test_a_large_file_comes_back_whole():
    content = file_process.make(partial(file_makers.large, 5_000_000))

    assert content == file_makers.large(5_000_000, lambda *_: None)


@pytest.mark.parametrize(
    ("work", "sentence"),
    [
        (file_makers.refuse, "Rien à exporter."),
        (file_makers.fill_memory, "plus de mémoire"),
        (file_makers.crash, "plus de mémoire"),  # Rust and V8 abort when they have no more memory
    ],
)
def test_a_process_that_fails_is_a_sentence(work, sentence):
    with pytest.raises(PaletteError, match=sentence):
        file_process.make(work)


def test_the_process_has_no_secret_of_the_server(monkeypatch):
    monkeypatch.setenv("PALETTE_BACKUP_KEY", "secret")

    assert "PALETTE" not in file_process.make(file_makers.surroundings).decode()


def test_a_cancelled_file_leaves_neither_a_process_nor_a_file():
    told: list[str] = []

    def listen(_share: float, step: str) -> None:
        if step:
            told.append(step)
            raise CancelledError

    with pytest.raises(CancelledError):
        file_process.make(file_makers.write_and_wait, listen)

    process, written = file_makers.path_of(told[0])
    assert not written.exists()
    assert not written.parent.exists(), "the folder of the process"
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_the_process_reads_the_office_file_with_the_roles_it_is_given(new_office, tmp_path):
    path = tmp_path / "palette.db"
    with closing(new_office(path)) as db:
        insert_person(db, last_name="Marchand")

    agent, pilote = (FromOffice(file_makers.surnames, path, frozenset({role})) for role in (Role.AGENT, Role.PILOTE))
    assert file_process.make(agent) == b"Marchand"
    with pytest.raises(PaletteError):
        file_process.make(pilote)


def test_a_chart_is_drawn_within_the_limits(make_report):
    """V8 reserves more address space than any limit on it allows: only what it uses may count."""
    shown = make_report("2022")

    content = file_process.make(partial(bundle.zip_bytes, shown.charts[:1], shown.period, shown.source))

    assert content.startswith(b"PK")
