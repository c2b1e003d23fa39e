"""The layout of a grid is remembered for each user, grid and view; what makes no sense in it is left out."""

import pytest

from db.model.roles import Role
from db.rows import grid_layouts, saved_views
from db.rows.grid_layouts import GridLayout
from db.rows.saved_views import Grid, Look
from tests.conftest import let_in

CASELOAD, AIDS = Grid("person", "caseload"), Grid("aid", "aid")


@pytest.fixture
def view(db):
    """A saved view of Ada; Bob has an account as well."""
    for name in ("Ada", "Bob"):
        let_in(db, name, [Role.AGENT])
    return saved_views.create(db, db.tables["person"], CASELOAD, "Ma vue", Look(columns=("town",)), "Ada")


def test_each_user_grid_and_view_has_a_layout_and_all_grids_of_a_user_one_density(db, view):
    own = GridLayout({"town": 240}, frozen=3, lines=2, compact=True)
    grid_layouts.write(db, "Ada", CASELOAD, None, GridLayout({"town": 90}))
    grid_layouts.write(db, "Ada", CASELOAD, view, own)

    assert grid_layouts.read(db, "Ada", CASELOAD, view) == own
    assert grid_layouts.read(db, "Ada", CASELOAD, None) == GridLayout({"town": 90}, compact=True)
    assert grid_layouts.read(db, "Ada", AIDS, None) == GridLayout(compact=True)
    assert grid_layouts.read(db, "Bob", CASELOAD, None) == GridLayout()
    saved_views.delete(db, view, "Ada")
    assert db.execute("SELECT count(*) FROM grid_layout").fetchone() == (2,), "it goes with its view"


@pytest.mark.parametrize(
    "content",
    [
        {"widths": "large", "frozen": -1, "lines": 9, "compact": "oui"},
        {"widths": {"town": "12"}, "frozen": True, "lines": None},
        {"frozen": 10**9, "lines": 0},
    ],
)
def test_values_that_make_no_sense_are_left_out(content):
    assert grid_layouts.checked(content) == GridLayout()


def test_widths_stay_within_bounds():
    assert grid_layouts.checked({"widths": {"a": 1, "b": 10**6}}).widths == {"a": 40, "b": 1200}
