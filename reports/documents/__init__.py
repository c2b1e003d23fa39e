"""Contracts and letters: a Word template of the office filled in with a row and what follows from it; the same as PDF.
May import: db."""
