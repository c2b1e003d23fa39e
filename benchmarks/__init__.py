"""What a person waits for, measured: `python -m benchmarks` (the floor and the page) and `… browser` (what she sees)."""
