"""For any sequence of changes, figures as of a moment equal those counted at that moment (hypothesis)."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from db.figures import as_of, counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.model.office import Office
from db.storage import connection
from tests.db.examples import open_raw
from tests.db.factories import delete, drop_rules, insert
from tests.db.rewriting import history_rewritable

# --- whatever happened: what is counted looking back is what was counted then ---

DAYS = st.sampled_from(
    ["2022-01-01", "2022-06-30", "2022-12-31", "2023-01-01", "2023-02-14", "2023-03-06", "2023-12-31"]
)
ASKED = [period_of(when) for when in ("2022", "2023-03-06", "2022-06-30/2023-02-14")]
ROWS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "stage": st.fixed_dictionaries(
        {"kind": st.just("accompaniment"), "mode": st.sampled_from(["standard", "light"]), "starts_on": DAYS},
        optional={"ends_on": st.just("2023-12-31")},
    ),
    "benefit": st.fixed_dictionaries({"kind": st.sampled_from(["prime", "rsa"]), "starts_on": DAYS}),
    "diagnostic": st.fixed_dictionaries(
        {"started_on": DAYS, "obstacles": st.sampled_from([None, '["money"]', '["housing", "french"]'])}
    ),
    "cer": st.fixed_dictionaries({"signed_on": DAYS, "starts_on": DAYS, "ends_on": st.just("2024-06-30")}),
    "aid": st.fixed_dictionaries(
        {
            "requested_on": DAYS,
            "type": st.just("equipment"),
            "decision": st.just("granted"),
            "granted": st.integers(0, 9),
        }
    ),
    "exit": st.fixed_dictionaries({"left_on": DAYS, "reason": st.sampled_from(["job", "moved"])}),
    "intervention": st.fixed_dictionaries({"happened_on": DAYS, "domain": st.sampled_from(["job", "funds"])}),
}
PROFILE = st.fixed_dictionaries(
    {"gender": st.sampled_from(["woman", "man", "other"])},
    optional={
        "domain": st.sampled_from([None, "crafts", "film"]),
        "birth_date": st.sampled_from([None, "1972-06-30", "1963-01-01"]),
        "household": st.sampled_from([None, "alone"]),
        "note": st.sampled_from(["L'« été »", "deux\nlignes", '{"a": [1]}']),
    },
)
DEFAULTS: dict[str, dict[str, Any]] = {
    "benefit": {"subject_to_duties": 1},
    "cer": {"kind": "cer", "rank": "first"},
    "exit": {"scope": "rsa"},
    "person": {"last_name": "N", "first_name": "P"},
}

Step = tuple[str, str, dict[str, Any], int]
"""An action, its table, its values, and a number that selects the row or person."""
person_steps = st.tuples(st.sampled_from(["insert", "update"]), st.just("person"), PROFILE, st.integers(0, 9))
row_steps = st.sampled_from(sorted(ROWS)).flatmap(
    lambda table: st.tuples(
        st.sampled_from(["insert", "insert", "update", "give"]), st.just(table), ROWS[table], st.integers(0, 9)
    )
)
other_steps: st.SearchStrategy[Step] = st.tuples(
    st.sampled_from(["delete", "delete", "restore", "erase"]),
    st.sampled_from(["person", *sorted(ROWS)]),
    st.just({}),
    st.integers(0, 9),
)
limits: st.SearchStrategy[Step] = st.tuples(st.just("limit"), st.just("setting"), st.just({}), st.integers(0, 9))


def apply_step(db: Office, step: Step) -> None:
    """Apply one change of the product or of another program; nothing when there is no such row."""
    action, table, values, number = step
    ids = [row[0] for row in db.execute(f'SELECT id FROM "{table}" ORDER BY id')]
    persons = [row[0] for row in db.execute("SELECT id FROM person ORDER BY id")]
    if action == "limit":
        db.execute("UPDATE setting SET aid_ceiling = ?", (number,))
    elif action == "insert":
        mine = {"person_id": persons[number % len(persons)]} if table != "person" and persons else {}
        names = DEFAULTS.get(table, {})
        if mine or table == "person":
            insert(db, table, **mine, **names, **values)
    elif ids:
        _alter(db, action, table, values, ids[number % len(ids)], persons)


def _alter(db: Office, action: str, table: str, values: dict[str, Any], row_id: int, persons: list[int]) -> None:
    if action == "give" and persons:
        values = {"person_id": persons[-1]}
    if action == "delete":
        delete(db, table, row_id)
    elif action == "erase":
        db.execute(f'DELETE FROM "{table}" WHERE id = ?', (row_id,))
    else:
        signed = {"version": row_id + 100, "changed_by": "Ada"} if row_id % 2 else {}
        values = {"deleted_at": None} if action == "restore" else {**values, **signed}
        pairs = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f'UPDATE "{table}" SET {pairs} WHERE id = :id', {**values, "id": row_id})


def count_all(db: Office) -> list[Any]:
    """Return every figure, and the persons behind it, of a year, a day and a period."""
    return [(counting.count_figures(db, period, FIGURES), counting.behind(db, period, BEHIND)) for period in ASKED]


BEHIND = ("followed", "domain", "obstacles", "aids", "exits", "contracts")


@pytest.fixture(scope="module")
def unruled(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty file without domain rules, which accepts what another program may write."""
    path = tmp_path_factory.mktemp("past") / "unruled.db"
    shutil.copy(empty_file, path)
    with closing(connection.connect(path)) as db:
        drop_rules(db)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def apply_steps(path: Path, steps: list[Step]) -> list[tuple[str, list[Any]]]:
    """Apply the steps, one a day. Return each moment with the figures counted just before it."""
    found = []
    with closing(connection.connect(path)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("PRAGMA synchronous = OFF")
        with history_rewritable(db):
            db.execute("UPDATE history SET at = '2022-12-31T08:00:00.000Z'")
        for number, step in enumerate(steps):
            last = db.execute("SELECT max(id) FROM history").fetchone()[0]
            apply_step(db, step)
            with history_rewritable(db):
                db.execute("UPDATE history SET at = ? WHERE id > ?", (f"2023-01-{number + 1:02}T08:00:00.000Z", last))
            found.append((f"2023-01-{number + 1:02}T12:00:00.000Z", count_all(db)))
    return found


@settings(max_examples=20, deadline=None, derandomize=True)
@examples(steps=st.lists(person_steps | row_steps | row_steps | other_steps | limits, min_size=1, max_size=10))
def test_figures_as_of_a_moment_are_those_counted_then(unruled, tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("lived") / "palette.db"
    shutil.copy(unruled, path)
    born = ("insert", "person", {"gender": "woman", "domain": "crafts"}, 0)

    for moment, then in apply_steps(path, [born, ("insert", "stage", _SINCE, 0), *steps]):
        with as_of.as_known(path, moment) as known_then:
            assert count_all(known_then) == then


_SINCE = {"kind": "accompaniment", "mode": "standard", "starts_on": "2022-01-01"}


def test_control_a_missing_line_of_history_changes_the_figures(unruled, tmp_path):
    path = tmp_path / "palette.db"
    shutil.copy(unruled, path)
    steps: list[Step] = [
        ("insert", "person", {"gender": "woman"}, 0),
        ("insert", "stage", _SINCE, 0),
        ("update", "person", {"gender": "man"}, 0),
    ]
    (_, (moment, then), _) = apply_steps(path, steps)
    with closing(open_raw(path)) as raw:
        raw.execute("DROP TRIGGER history_stays_delete")
        raw.execute("DELETE FROM history WHERE action = 'update'")

    with as_of.as_known(path, moment) as known_then:
        assert count_all(known_then) != then
