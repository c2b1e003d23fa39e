"""What a person waits for, measured: `python -m benchmarks` (floor and page run), `… browser` (what she sees)."""
