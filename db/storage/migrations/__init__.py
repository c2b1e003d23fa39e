"""Numbered steps that bring an older office file up to date, beyond what ddl.py adds by itself.

New tables, columns, list values, indexes and triggers need no step: ddl.py makes them from the dictionary. A step is
for what cannot be deduced: a renamed column, values that move. Step N is the function at index N - 1; it takes the
database inside a transaction, after a backup copy was made. Never edit or remove a step that has landed.

May import: db.base, db.model.
"""

from collections.abc import Callable

from db.model.office import Office
from db.storage.migrations import accompanied, contracts, telephones

STEPS: list[Callable[[Office], None]] = [
    telephones.store_in_one_form,
    accompanied.name_for_women_and_men,
    contracts.follow_the_law,
]
"""Step 1: telephone numbers, once stored as digits (0565000000), are stored as E.164 (+33565000000).
Step 2: the situation « Accompagnée » is named « En accompagnement ».
Step 3: the renewal of a « contrat d’engagement » is named « Actualisation »."""
