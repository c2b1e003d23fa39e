"""The verbs of ``python -m db``, one module per group of verbs. May import: every other room of db."""
