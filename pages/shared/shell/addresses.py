"""Numbers of rows that people type, or that stand in the address of a page."""

NO_NUMBER = "Le numéro que porte l’adresse de cette page n’en est pas un."


def row_number(text: str) -> int:
    """Return the number of a row, or 0, which no row has, for anything else (« ² », more than SQLite holds)."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
