"""One line added to the dictionary is a field everywhere: file, filters, search, history, export, grid and form.

The test writes that line into a copy of Palette and starts it on an office file that the Palette of today made.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.db.examples import in_the_file
from tests.db.given import given_person

ROOT = Path(__file__).parents[3]
AFTER = '        Field("craft", "Discipline",'
LINE = (
    '        Field("workshop", "Atelier", Text(80), privacy=SECRET, section="Activité", help="Où elle travaille."),\n'
)

USE_IT = '''
import json, sqlite3, sys
from streamlit.testing.v1 import AppTest
from db.rows import history, records
from db.model.roles import Role
from db.accounts.accounts import Account
from db.storage.integrity import check
from db.storage.connection import office
from db.model.dictionary import PERSON
from db.rows import titles
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from db.accounts.sessions import Session
from pages.shared.shell import session
from reports.sheets.simple_sheets import csv_bytes

ADA = Session(1, Account(1, "ada@exemple.fr", "Ada", frozenset(Role), True, True, None), 0, 0, "Test", None)
session.current = lambda: ADA  # AppTest has no cookie

def ids(*filters, **query):
    return [row.id for row in records.read(db, db.tables["person"], Query(filters, **query)).rows]

def refused():
    try:
        db.execute("UPDATE person SET workshop = '' WHERE id = 1")
    except sqlite3.IntegrityError as error:
        return str(error)

FORM = """
from db.storage.connection import office
from db.model.dictionary import PERSON
from pages.shared.form.form import edit_form
edit_form(office(), PERSON, "f", None, {})
"""

def labels(screen):
    return [widget.label for kind in ("text_input", "text_area", "selectbox") for widget in screen.get(kind)]

db = office()
saved = records.save(db, db.tables["person"], Edit({"workshop": "  Grenier  de l’Éclusier"}, 1, 1), "Ada")
known = titles.context(db)
rows = [row.values for row in records.rows(db, db.tables["person"], [1])]
grid = AppTest.from_file("pages/caseload.py", default_timeout=60).run()
new = AppTest.from_string(FORM, default_timeout=60).run()
print(json.dumps({
    "version": saved.version,
    "filter": ids(Filter("workshop", "words", "eclus")),
    "empty": ids(Filter("workshop", "empty")),
    "search": ids(search="grenier eclusier"),
    "sort": ids(sort=("-workshop",)),
    "history": history.of_row(db, "person", 1, known)[0].sentence,
    "csv": csv_bytes([PERSON.field("workshop")], rows, known).decode("utf-8-sig"),
    "refused": refused(),
    "index": [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'person_by_workshop'")],
    "errors": [error.value for error in (*grid.exception, *new.exception)],
    "grid": grid.get("bidi_component")[0].proto.SerializeToString().decode("utf-8", "replace"),
    "form": labels(new),
    "sound": check(db),
}))
'''


@pytest.fixture
def palette(tmp_path):
    """A copy of Palette with one line more in its dictionary."""
    copy = tmp_path / "copy"
    for name in ("db", "pages", "reports", "server"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    dictionary = copy / "db" / "model" / "dictionary.py"
    text = dictionary.read_text(encoding="utf-8")
    assert text.count(AFTER) == 1
    dictionary.write_text(text.replace(AFTER, LINE + AFTER), encoding="utf-8")
    return copy


def test_one_line_in_the_dictionary_is_a_field_everywhere(db, path, palette):
    given_person(db, last_name="Éluard")
    given_person(db, last_name="Zola")
    db.close()

    done = subprocess.run(
        [sys.executable, "-c", USE_IT],
        cwd=palette,
        env={**os.environ, "PALETTE_DATA": str(path.parent), "PYTHONPATH": str(palette)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])

    assert in_the_file(path, "person", 1)["workshop"] == "Grenier de l’Éclusier"
    assert len(list(path.parent.glob("*-avant-*.db"))) == 1  # the older file was kept
    assert seen["version"] == 2
    assert (seen["filter"], seen["empty"], seen["search"], seen["sort"]) == ([1], [2], [1], [1, 2])
    assert seen["index"] == ["person_by_workshop"]
    assert seen["history"] == "Ada a modifié : Atelier (vide → Grenier de l’Éclusier)"
    assert seen["csv"] == "Atelier\r\nGrenier de l’Éclusier\r\n"
    assert "CHECK" in seen["refused"]
    assert seen["errors"] == []
    assert '"Atelier"' in seen["grid"]
    assert "Atelier" in seen["form"]
    assert seen["sound"] == []
