"""A prepared office file is the same as one created by Palette."""

from datetime import date

import pytest

from db.model.dictionary import TABLES
from db.storage import connection, ddl, upgrade
from db.storage.integrity import check


def rows(db):
    return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in TABLES}


def test_a_copied_office_equals_a_new_one(prepared, tmp_path):
    copy, new = prepared.office(tmp_path / "copy" / "palette.db"), connection.create(tmp_path / "new.db")

    assert check(copy) == []
    assert not upgrade.pending(copy)
    assert ddl.actual(copy) == ddl.actual(new)
    assert rows(copy) == rows(new)
    assert (tmp_path / "copy" / "palette.db").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        prepared.office(tmp_path / "new.db")
    for db in (copy, new):
        db.close()


def test_a_shared_file_is_made_once(prepared, tmp_path):
    made = []

    def make(path):
        made.append(path)
        path.write_text("whole")

    name = f"essai-{tmp_path.name}"
    paths = {prepared.once(name, make) for _ in range(3)}

    assert len(made) == 1
    assert [path.read_text() for path in paths] == ["whole"]


def test_each_worker_has_its_own_demonstration(prepared):
    day = date(2023, 3, 6)

    assert prepared.demonstration(day) == prepared.demonstration(day)
    assert prepared.shared not in prepared.demonstration(day).parents
