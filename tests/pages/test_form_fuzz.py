"""Random input in every form gives an error below its field or a saved row, never a traceback or part of a row; what
is not saved is found again in another tab.

Only a few examples per form: parsing and saving are fuzzed at length in tests/db/rows/test_fuzz.py.
"""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.base.errors import FieldError
from db.model.dictionary import TABLES
from db.model.types import Choice, Choices, Reference, References, YesNo
from db.rows import records
from db.storage.integrity import check
from tests.conftest import let_in
from tests.db.factories import insert_person
from tests.pages.test_form import open_form, saved, widgets

TYPED = st.sampled_from([
    "", " ", "=1+1", "31/02/2024", "06/03/2023", "1 234,50", "-5", "99999999999999999999", "🎨" * 90,
    "'; DROP TABLE person", "<script>alert(1)</script>", "**gras** $x$", "05 65 00 00 00", "a@b.fr", "n° 1",
    "Marchand Lou", "l\n\nm", "46000", "‮abc", "١٢٣", "2024-13-45",
]) | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)  # fmt: skip


@pytest.fixture
def office(tmp_path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(tmp_path))
    db = new_office(tmp_path / "palette.db")
    insert_person(db)
    let_in(db)
    return db


@pytest.mark.parametrize("name", TABLES)
def test_anything_typed_in_any_form(office, name):
    table = TABLES[name]
    row_id = 1 if name == "setting" else None
    rows = lambda: office.execute(f'SELECT * FROM "{name}" ORDER BY id').fetchall()  # noqa: E731
    seen = []

    @settings(
        deadline=None, max_examples=5,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
    @given(st.data())
    def type_and_save(data):
        office.execute("DELETE FROM draft")
        form = open_form(name, row_id)
        before = rows()
        for field, widget in widgets(form).items():
            if data.draw(st.booleans(), label=field):
                _set(widget, data, table.field(field))
        form.button(key="f:save").click().run()
        assert not form.exception
        after = rows()
        if saved(form):
            assert len(after) - len(before) == (row_id is None)
        else:
            assert after == before
            assert form.error, "why it was not saved"
            assert meanings(table, office, found_again(open_form(name, row_id))) == meanings(table, office, form)
        seen.append(saved(form))

    type_and_save()
    assert not all(seen) or name in ("need", "setting"), "the control: some of it is wrong"
    assert check(office) == []


def found_again(form):
    """A form opened in another tab, once its draft is resumed."""
    if "f:draft:resume" in [button.key for button in form.button]:  # not if nothing differs from the row
        form = form.button(key="f:draft:resume").click().run()
    assert not form.exception
    return form


def meanings(table, office, form):
    """What the widgets of a form show: the value, or the text if it is none. A blank is no value."""
    context, found = records.context(office), {}
    for name, widget in widgets(form).items():
        if not name.endswith(":find"):
            value = tuple(widget.value) if isinstance(widget.value, list) else widget.value
            try:
                found[name] = table.field(name).type.check(value, context) if value is not None else None
            except FieldError:
                found[name] = value
    return found


def _set(widget, data, item):
    """Set a widget to any text, or to a value of its list (AppTest wants the values, not their labels)."""
    match item.type:
        case _ if getattr(widget, "options", None) is None:
            widget.set_value(data.draw(TYPED, label=item.name))
        case Choice(list=values) if widget.options:
            widget.set_value(data.draw(st.sampled_from([*values.values]), label=item.name))
        case Choices(list=values) if widget.options:
            widget.set_value(data.draw(st.lists(st.sampled_from([*values.values]), max_size=3, unique=True)))
        case Reference() | References() if widget.options:
            widget.set_value(1 if isinstance(item.type, Reference) else [1])
        case YesNo():
            widget.set_value(data.draw(st.sampled_from([0, 1]), label=item.name))
