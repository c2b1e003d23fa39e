"""« Tout emporter »: the download of the whole office file.

May import: db, reports, pages.shared.shell.
"""
