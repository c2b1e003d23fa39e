"""Draws a release from the office file: count, substitute, round.
May import: db, publication.release, publication.inference."""
