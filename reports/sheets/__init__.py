"""Spreadsheet files: CSV, XLSX, ODS. May import: db, reports.content, reports.charts."""
