"""Step 2: the label of the situation « Accompagnée » becomes « En accompagnement », the same for women and men."""

from db.model.office import Office


def name_for_women_and_men(db: Office) -> None:
    """Rename the value; a label that the office chose stays, and so does the former one where the new one is in use."""
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'list_state'").fetchone():
        db.execute(
            "UPDATE OR IGNORE list_state SET label = 'En accompagnement'"
            " WHERE code = 'accompanied' AND label = 'Accompagnée'"
        )
