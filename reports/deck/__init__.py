"""The report as a PowerPoint deck with native charts and tables.
May import: db, reports.content, reports.charts, reports.sheets."""
