"""The three examples of docs/contributing.md (a field, a figure with its chart, a screen) work as they stand there.

The test applies them to a copy of Palette and starts it on an office file that the Palette of today made.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.db.examples import read_raw_row
from tests.db.factories import insert_contract, insert_followed_person, insert_person

ROOT = Path(__file__).parents[2]
FLOORS = ("db", "pages", "partners", "publication", "reports", "server")

USE_IT = '''
import json, sqlite3, sys
from streamlit.testing.v1 import AppTest
from db.figures import counting
from db.figures.periods import period_of
from db.rows import history, records
from db.model.roles import Role
from db.accounts.accounts import Account
from db.storage.integrity import check
from db.storage.connection import thread_office
from db.model.dictionary import PERSON
from db.rows import titles
from db.rows.queries import Filter, Query
from db.rows.records import Edit
from db.accounts.sessions import Session
from pages.shared.shell import session
from pages.shared.shell.screens import SCREENS
from reports.content import plots
from reports.sheets.simple_sheets import as_on_screen, csv_bytes

ADA = Session(1, Account(1, "ada@exemple.fr", "Ada", frozenset(Role), True, True, None), 0, 0, "Test", None)
session.current_session = lambda: ADA  # AppTest has no cookie

def ids(*filters, **query):
    return [row.id for row in records.read(db, db.tables["person"], Query(filters, **query)).rows]

def refused():
    try:
        db.execute("UPDATE person SET workshop = '' WHERE id = 1")
    except sqlite3.IntegrityError as error:
        return str(error)

FORM = """
from db.storage.connection import thread_office
from pages.shared.form.form import edit_form
db = thread_office()
edit_form(db, db.tables["person"], "f", None, {})
"""

def labels(screen):
    return [widget.label for kind in ("text_input", "text_area", "selectbox") for widget in screen.get(kind)]

db = thread_office()
saved = records.save(db, db.tables["person"], Edit({"workshop": "  Grenier  de l’Éclusier"}, 1, 1), "Ada")
known = titles.context(db)
rows = [row.values for row in records.rows(db, db.tables["person"], [1])]
grid = AppTest.from_file("pages/caseload.py", default_timeout=60).run()
new = AppTest.from_string(FORM, default_timeout=60).run()
year = counting.count_figures(db, period_of("2024"), plots.NEEDS)
dashboard = AppTest.from_file("pages/dashboard.py", default_timeout=60).run()
needs = AppTest.from_file("pages/needs.py", default_timeout=60).run()
print(json.dumps({
    "version": saved.version,
    "filter": ids(Filter("workshop", "words", "eclus")),
    "empty": ids(Filter("workshop", "empty")),
    "search": ids(search="grenier eclusier"),
    "sort": ids(sort=("-workshop",)),
    "history": history.of_row(db, "person", 1, known)[0].sentence,
    "csv": csv_bytes([PERSON.field("workshop")], rows, as_on_screen(known)).decode("utf-8-sig"),
    "refused": refused(),
    "index": [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'person_by_workshop'")],
    "errors": [error.value for error in (*grid.exception, *new.exception, *dashboard.exception, *needs.exception)],
    "figure": {part.label: part.value for part in year["contracts_by_kind"] if part.value},
    "chart": plots.make_chart("sortes", year).reading,
    "charts": [item.value for item in dashboard.markdown],
    "needs": needs.title[0].value,
    "menu": [screen.title for screens in SCREENS.values() for screen in screens],
    "grid": grid.get("bidi_component")[0].proto.SerializeToString().decode("utf-8", "replace"),
    "form": labels(new),
    "sound": check(db),
}))
'''


def examples() -> list[tuple[str, list[str]]]:
    """The blocks of the page: a path, and lines that begin with « + », « - » or a space."""
    text = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"```diff\n(.*?)```", text, flags=re.DOTALL))
    files = re.split(r"^--- (.+)\n", blocks, flags=re.MULTILINE)[1:]
    return [(path, lines.splitlines()) for path, lines in zip(files[::2], files[1::2], strict=True)]


def apply(folder: Path, name: str, lines: list[str]) -> None:
    """Change one file: lines are added where one was removed, otherwise before the next line that stays.

    A line that stays or goes is found by how it begins, and must be the only one that begins so.
    """
    path = folder / name.removesuffix(" (new)")
    text = [] if name.endswith(" (new)") else path.read_text(encoding="utf-8").splitlines()
    added: list[str] = []
    at = None
    for line in lines:
        if line.startswith("+") and at is not None:
            text.insert(at, line[1:])
            at += 1
        elif line.startswith("+"):
            added.append(line[1:])
        elif line == "@@":
            at = None
        else:
            (found,) = [number for number, old in enumerate(text) if old.startswith(line[1:])]
            at = found if line.startswith("-") else None
            text[found : found + line.startswith("-")] = added
            added = []
    path.write_text("\n".join([*text, *added]) + "\n", encoding="utf-8")


@pytest.fixture
def palette(tmp_path):
    """A copy of Palette with the three examples in it."""
    copy = tmp_path / "copy"
    for name in FLOORS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "datasette_metadata.yml"):
        shutil.copy(ROOT / name, copy)
    for name, lines in examples():
        apply(copy, name, lines)
    return copy


def test_the_three_examples_work_as_they_stand_in_the_page(new_office, tmp_path, palette):
    path = tmp_path / "palette.db"
    db = new_office(path)
    insert_person(db, last_name="Éluard")
    person = insert_followed_person(db, last_name="Zola")
    insert_contract(db, person, "2024-02-01", "2024-02-01", "2024-07-31")
    db.close()

    done = subprocess.run(
        [sys.executable, "-c", USE_IT],
        cwd=palette,
        env={**os.environ, "PALETTE_DATA": str(path.parent), "PYTHONPATH": str(palette)},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])

    assert seen["errors"] == []
    # the field
    assert read_raw_row(path, "person", 1)["workshop"] == "Grenier de l’Éclusier"
    assert len(list(path.parent.glob("*-avant-*.db"))) == 1  # the older file was kept
    assert seen["version"] == 2
    assert (seen["filter"], seen["empty"], seen["search"], seen["sort"]) == ([1], [2], [1], [1, 2])
    assert seen["index"] == ["person_by_workshop"]
    assert seen["history"] == "Ada a modifié : Atelier (vide → Grenier de l’Éclusier)"
    assert seen["csv"] == "Atelier\r\nGrenier de l’Éclusier\r\n"
    assert "CHECK" in seen["refused"]
    assert '\\"label\\": \\"Atelier\\"' in seen["grid"]
    assert "Atelier" in seen["form"]
    assert seen["sound"] == []
    # the figure and its chart
    assert seen["figure"] == {"CER": 1}
    assert seen["chart"]
    # the screen
    assert seen["needs"] == "Besoins recensés"
    assert "Besoins" in seen["menu"]
