"""PDF files typeset by Typst: the report, and the file that is handed to one person.
May import: db, reports.content, reports.charts."""
