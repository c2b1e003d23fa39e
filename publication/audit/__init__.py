"""The attacks that every release must survive, and the comparison with the true numbers.
May import: db, partners, publication.release, publication.inference, publication.draw."""
