"""Charts: chart data drawn by Altair, rendered as PNG, SVG or PDF; colours. May import: db, reports.content."""
