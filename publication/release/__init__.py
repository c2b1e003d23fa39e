"""What a release is: its tables, who is counted, rounding, the public file, the ledger of past releases.
May import: db."""
