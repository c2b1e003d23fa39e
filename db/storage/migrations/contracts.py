"""Step 3: contracts as the law asks for them since 2025. What cannot be deduced (hours, référent unique, next update)
is left empty, and listed by the column « À compléter »."""

from db.model.office import Office

_LABELS = (
    ("contract_state", "coming", "À venir", "Signé"),
    ("contract_state", "over", "Échu", "Terminé"),
    (
        "intervention_domain",
        "company",
        "Création d’entreprise, démarches auprès du CFE",
        "Création d’entreprise, démarches auprès du guichet unique (INPI)",
    ),
)
"""List, code, former label, new one. A label that the office chose stays."""
_POSITIONS = (
    ("contract_state", "over", 2, 4),
    ("contract_state", "running", 1, 2),
    ("contract_state", "coming", 0, 1),
    ("benefit", "none", 3, 5),
    ("exit_reason", "other", 7, 9),
)
"""List, code, former position, new one: values that came since stand before it. A place that the office chose stays."""


def follow_the_law(db: Office) -> None:
    """The renewal of a « contrat d’engagement » is named an update; labels and places of values change."""
    existing = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name, code, former, label in _LABELS:
        if f"list_{name}" in existing:
            db.execute(f"UPDATE list_{name} SET label = ? WHERE code = ? AND label = ?", (label, code, former))
    for name, code, before, position in _POSITIONS:
        if f"list_{name}" in existing:
            sql = f"UPDATE list_{name} SET position = ? WHERE code = ? AND position = ?"
            db.execute(sql, (position, code, before))
    if {"cer", "list_rank"} <= existing:
        for event in ("insert", "update"):  # the former rule; the file receives today's after the steps
            db.execute(f"DROP TRIGGER IF EXISTS cer_rule_only_renewals_replace_{event}")
        db.execute("INSERT OR IGNORE INTO list_rank VALUES ('update', 'Actualisation', 2, 0)")
        db.execute(
            "UPDATE cer SET rank = 'update', version = version + 1, changed_by = 'Palette'"
            " WHERE kind = 'engagement' AND rank = 'renewal'"
        )
