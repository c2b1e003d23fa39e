"""What an attacker can deduce from published numbers: intervals, several releases together, guesses.
May import: db, publication.release."""
