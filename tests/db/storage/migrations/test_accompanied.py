"""Step 2: a file of version 0.5 says « En accompagnement », unless its office has chosen another label."""

import pytest

from db.storage import connection
from tests.db.examples import forget_open_files


@pytest.mark.parametrize(
    ("before", "after"), [("Accompagnée", "En accompagnement"), ("Suivie par nous", "Suivie par nous")]
)
def test_only_the_former_label_of_palette_is_renamed(db, path, before, after):
    db.execute("UPDATE list_state SET label = ? WHERE code = 'accompanied'", (before,))
    db.execute("PRAGMA user_version = 2")
    forget_open_files()

    office = connection.open_file(path)

    assert office.execute("SELECT label FROM list_state WHERE code = 'accompanied'").fetchone() == (after,)
    assert "Accompagnement allégé" in [row[0] for row in office.execute("SELECT label FROM list_state")]
    office.close()
    forget_open_files()
