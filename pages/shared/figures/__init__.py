"""Dashboard and report: the period, the chart cards, and the persons counted by a figure.

May import: db, reports, pages.shared.shell, pages.shared.grid.
"""
