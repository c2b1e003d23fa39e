"""Draws a release from the office file: count, add noise, round.
May import: db, publication.release, publication.inference."""
