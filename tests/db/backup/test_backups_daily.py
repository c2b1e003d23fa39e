"""Rotation of backups under any clock, and the daily backup that the server makes."""

import json
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given as varied
from hypothesis import settings
from hypothesis import strategies as st

from db.backup import catalogue, create, status
from db.base import atomic_files, folders

NOW = datetime(2026, 11, 24, 2, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in ("PALETTE_BACKUPS", "PALETTE_BACKUP_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def folder(path):
    return folders.backup_folder(path)


# ---- which ones stay


def write_empty_backup(folder: Path, moment: datetime) -> Path:
    made = catalogue.free_name(folder, moment, ".db")
    made.touch()
    catalogue.digest_path(made).touch()
    return made


def backup_moments(folder: Path) -> list[datetime]:
    return [one.moment for one in catalogue.backups_in(folder)]


def test_rotation_over_three_years_of_daily_backups(tmp_path):
    stranger = [
        tmp_path / name for name in ("palette-2020-01-01T0000.db.bak", "notes.txt", "palette-2020-02-31T0000.db")
    ]
    for one in stranger:
        one.touch()

    for day in range(3 * 365):
        write_empty_backup(tmp_path, NOW + DAY * day)
        create.rotate(tmp_path, NOW + DAY * day)

    last = NOW + DAY * (3 * 365 - 1)
    days = {last - DAY * ago for ago in range(14)}
    sundays = [last - DAY * ago for ago in range(100) if (last - DAY * ago).isoweekday() == 7]
    weeks = {last, *sundays[: 7 if last.isoweekday() != 7 else 8]}
    assert set(backup_moments(tmp_path)) == days | weeks
    assert len(list(tmp_path.glob("*.sha256"))) == len(days | weeks)
    assert all(one.exists() for one in stranger)


def test_all_of_the_last_day_stay_and_one_of_each_day_before(tmp_path):
    for hours in range(0, 72, 3):
        write_empty_backup(tmp_path, NOW - timedelta(hours=hours))

    create.rotate(tmp_path, NOW)

    ages = [(NOW - moment).total_seconds() / 3600 for moment in reversed(backup_moments(tmp_path))]
    assert ages == [0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 51]  # 02:15 in UTC: the newest of the two days before


@pytest.mark.parametrize("years", [-20, 20])
def test_a_clock_that_is_wrong_for_a_while_costs_no_real_backup(tmp_path, years):
    real = [NOW + DAY * day for day in range(60)]
    wrong = [moment + DAY * 365 * years for moment in real[20:40]]
    for moment in [*real[:20], *wrong, *real[40:]]:
        write_empty_backup(tmp_path, moment)
        create.rotate(tmp_path, moment)
        assert moment in backup_moments(tmp_path)

    left = backup_moments(tmp_path)
    assert set(real[-14:]) <= set(left)
    assert 14 + 4 <= len(left) <= 2 * (14 + 8)


@settings(max_examples=60, deadline=None)
@varied(st.lists(st.integers(0, 60 * 24 * 200), min_size=1, max_size=60, unique=True), st.integers(-(10**6), 2 * 10**6))
def test_rotating_keeps_enough_whatever_the_clock_says(minutes, now):
    with TemporaryDirectory() as name:
        folder = Path(name)
        for minute in minutes:
            write_empty_backup(folder, NOW + timedelta(minutes=minute))
        before = backup_moments(folder)

        create.rotate(folder, NOW + timedelta(minutes=now))

        left = backup_moments(folder)
        assert {max(before)} <= set(left) <= set(before)
        newest = {moment.date(): moment for moment in before}
        recent = set(sorted(newest.values())[-14:])
        assert len({moment.date() for moment in left}) >= len(recent)
        assert recent <= set(left)
        assert create.rotate(folder, NOW + timedelta(minutes=now)) == []


# ---- one a day


def eventually(true: Callable[[], object]) -> bool:
    until = time.monotonic() + 30
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return bool(true())


def recording_path(looked: list[Path], path: Path) -> Callable[[], Path]:
    """Return a function that returns the path of the file and records each call."""

    def path_of() -> Path:
        looked.append(path)
        return path

    return path_of


@pytest.fixture
def daily():
    daily = create.Daily(create.make_if_due, every=0.02, first=0.0)
    yield daily
    daily.stop()


def test_the_server_makes_one_when_there_is_a_file_and_only_one(path, folder, empty_file, daily):
    looked: list[Path] = []
    daily.start(recording_path(looked, path))
    assert eventually(lambda: len(looked) > 2)
    assert not folder.exists()

    shutil.copy(empty_file, path)

    assert eventually(lambda: status.state(folder, datetime.now(UTC)).good)
    seen = len(looked)
    assert eventually(lambda: len(looked) > seen + 5)
    assert status.state(folder, datetime.now(UTC)).count == 1


def test_the_server_goes_on_after_a_failure_and_reads_its_settings_again(
    db, path, tmp_path, daily, monkeypatch, caplog
):
    monkeypatch.setenv("PALETTE_BACKUPS", str(tmp_path / "ailleurs"))
    monkeypatch.setenv("PALETTE_BACKUP_KEY", "secret-que-personne-ne-doit-lire")
    folder = tmp_path / "ailleurs"
    daily.start(lambda: path)
    assert eventually(lambda: "a échoué" in status.state(folder, NOW).sentence)
    assert not catalogue.backups_in(folder)

    monkeypatch.setenv("PALETTE_BACKUP_KEY", atomic_files.new_identity(path.with_name("clé")))

    assert eventually(lambda: status.state(folder, datetime.now(UTC)).good)
    assert catalogue.backups_in(folder)[0].path.suffix == ".age"
    assert "StorageError at " in caplog.text
    assert "secret" not in caplog.text


def test_stopping_ends_the_thread(path):
    daily = create.Daily(create.make_if_due, every=0.02, first=0.0)
    looked: list[Path] = []
    daily.start(recording_path(looked, path))
    assert eventually(lambda: looked)

    daily.stop()

    assert daily._thread
    assert not daily._thread.is_alive()


@pytest.mark.parametrize(
    ("later", "due"), [(timedelta(hours=23), False), (DAY, True), (-timedelta(minutes=50), False), (-DAY, True)]
)
def test_when_a_backup_is_due(db, path, later, due):
    create.make_if_due(path, NOW)

    assert (create.make_if_due(path, NOW + later) is not None) == due
    assert create.make_if_due(path, NOW + later) is None  # above all not one every five minutes


def test_the_daily_backup_rotates(db, path, folder):
    folder.mkdir()
    for day in range(1, 41):
        write_empty_backup(folder, NOW - DAY * day)

    made = create.make_if_due(path, NOW)

    assert made in [one.path for one in catalogue.backups_in(folder)]
    assert len(catalogue.backups_in(folder)) < 25
    assert json.loads((folder / "dernière.json").read_text())["success"]["name"] == "palette-2026-11-24T0215.db"
