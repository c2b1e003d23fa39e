"""Benchmarks of the waiting times of a person: `python -m benchmarks [figures|browser|publication|twenty|imports]`."""
