"""The steps of « Importer », and the draft of an import that a tab holds meanwhile.

May import: db, reports, pages.shared.shell, pages.shared.history, pages.shared.grid.
"""
