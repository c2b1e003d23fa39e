"""A text that people stored is shown as they typed it: no screen reads Markdown, a formula or an icon in it.

Each text field of each table holds ``_MARKED``, and so do the labels of the fields, a value of a list and the name of
an account. What the browser reads as Markdown, in every screen and every form, must hold it escaped.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from streamlit.testing.v1 import AppTest

from db.customise import edit
from db.model.dictionary import FILES
from db.model.fields import OfficeTable
from db.model.office import Office
from db.model.types import LongText, Text
from pages.shared.intake.steps import STEPS
from tests.conftest import let_in
from tests.db.examples import full_row, save_row
from tests.pages.spreadsheet import add_person
from tests.pages.test_form import open_form
from tests.pages.test_screens import PAGES, SCREENS, run

_MARKED = "[clic](https://c.fr) $a+b$ :material/bomb: *g*"
_READ = re.compile(r"(?<!\\)\[clic(?<!\\)\]\(|(?<!\\)\$a\+b|:material/bomb|(?<!\\)\*g\*")
"""What Markdown makes a link, a formula, an icon or emphasis."""
_SHOWN_AS_THEY_ARE = {
    "id", "element_id", "form_id", "user_key", "value", "raw_value", "set_value", "default", "placeholder", "icon",
    "url", "query_string", "data", "json", "spec", "file_name",
}  # fmt: skip
"""Parts of a message of Streamlit that the browser does not read as Markdown."""
_TEXTS = (Text, LongText)
_PLAIN_OPTIONS = ("selectbox", "multiselect")


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    let_in(db, _MARKED)
    return db


def given_marked_texts(db: Office) -> list[int]:
    """Store the text in every place that takes one. Returns the numbers of the persons."""
    for name in ("domain", "territory"):  # a long list, and a short one
        edit.add_value(db, next(one for one in db.lists if one.name == name), _MARKED, "Ada")
    for table in FILES.values():
        for number, field in enumerate(table.fields):
            edit.change_field(db, table, field.name, {"label": f"{_MARKED} {number}"}, "Ada")
    for table in db.files.values():
        values = full_row(db, table)
        save_row(db, table, values | dict.fromkeys(_texts_of(table), _MARKED))
    for table in (db.tables["person"], db.tables["partner"]):
        for name in _texts_of(table):
            db.execute(f'UPDATE "{table.name}" SET "{name}" = ? || id', (_MARKED,))
    return [int(row["id"]) for row in db.dicts("SELECT id FROM person")]


def _texts_of(table: OfficeTable) -> list[str]:
    return [field.name for field in table.fields if type(field.type) in _TEXTS and field.name != "postcode"]


def markdown_of(screen: AppTest) -> Iterator[str]:
    """Return every text of a screen that the browser reads as Markdown."""
    for node in screen._tree:
        proto = getattr(node, "proto", None)
        if proto is not None:
            yield from _texts(proto, node.type)


def _texts(proto: Any, kind: str) -> Iterator[str]:
    for field, value in proto.ListFields():
        if field.name in _SHOWN_AS_THEY_ARE or (kind in _PLAIN_OPTIONS and field.name == "options"):
            continue
        many = value if field.is_repeated else [value]
        if field.type == field.TYPE_STRING:
            yield from many
        elif field.type == field.TYPE_MESSAGE:
            for one in many:
                if hasattr(one, "ListFields"):
                    yield from _texts(one, kind)


def read_as_markdown(screen: AppTest) -> list[str]:
    assert not screen.exception
    return [text for text in markdown_of(screen) if _READ.search(text)]


def test_screens_and_forms_show_stored_texts_as_they_are(office):
    persons = given_marked_texts(office)
    shown = [run(name) for name in SCREENS if name != "person.py"]
    shown += [run("person.py", dossier=str(person)) for person in persons]
    shown += [run("network.py", partenaire="1"), run("network.py", frein="housing")]
    shown += [open_form(table, row_id) for table in FILES for row_id in (None, 1)]
    shown += list(beginnings(persons))

    assert [text for screen in shown for text in read_as_markdown(screen)] == []


def beginnings(persons: list[int]) -> Iterator[AppTest]:
    """Yield each step of « Nouvel accompagnement », and a new person who resembles somebody."""
    known = run("intake.py")
    yield known.text_input(key="form:person:None:last_name").input(f"{_MARKED}{persons[0]}").run()
    for person in persons:
        yield run("intake.py", dossier=str(person))
        for step in STEPS:
            screen = run("intake.py", dossier=str(person))
            yield screen.button(key=f"intake:step:{step.table}").click().run()


def test_no_page_shows_the_message_of_an_error_as_markdown():
    """It may quote what was typed. A dialog that refuses something is not among the screens above."""
    raw = re.compile(r"st\.\w+\(.*(?:str\((?:error|problem)\)|\{(?:error|problem)\})")
    lines = [line for path in PAGES.rglob("*.py") for line in path.read_text(encoding="utf-8").splitlines()]

    assert [line.strip() for line in lines if raw.search(line) and "escape_markdown" not in line] == []
    assert raw.search("st.error(str(error))")  # the control


@pytest.mark.browser
def test_the_browser_shows_each_sign_of_a_name(server, page):
    """Streamlit finds addresses, icons and emojis even in escaped text, which only the browser shows."""
    name = "[clic](https://c.fr) $a+b$ :material/bomb: :x: *g* _i_ `k` <b> &amp; w"
    person = add_person(server.open(), name, "a@c.fr")
    page.goto(f"{server.address}dossier?dossier={person}")

    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(f"a@c.fr {name}")
    expect(title.locator("a, em, strong, code, .katex, [data-testid=stIconMaterial]")).to_have_count(0)
