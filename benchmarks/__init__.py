"""Benchmarks of the waiting times of a person, and long measures under load: see ``__main__``."""
