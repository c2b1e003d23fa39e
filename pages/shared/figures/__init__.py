"""Dashboard and report: charts, periods, what a figure counts.
May import: db, reports, pages.shared.shell, pages.shared.grid."""
