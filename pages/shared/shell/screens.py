"""The screens of the menu: file, title, URL path, and the roles that open each."""

from dataclasses import dataclass

from db.model.roles import Role, Roles

_AGENT, _PILOTE, _ADMIN = Role.AGENT, Role.PILOTE, Role.ADMIN


@dataclass(frozen=True)
class Screen:
    """One screen. Any one of ``roles`` opens it. ``at_foot``: it opens from the foot of the menu (account_menu.py).
    ``in_menu``: False for one that a button of other screens opens.
    ``in_demonstration``: False for what acts outside the office file: accounts, publication, erasure. ``has_uploader``:
    it takes a file; no other role may send one (own_files.py)."""

    file: str
    title: str
    icon: str
    path: str
    roles: Roles
    at_foot: bool = False
    in_menu: bool = True
    in_demonstration: bool = True
    has_uploader: bool = False


def _screen(file: str, title: str, icon: str, path: str, *roles: Role, **where: bool) -> Screen:
    return Screen(file, title, icon, path, frozenset(roles), **where)


SCREENS: dict[str, tuple[Screen, ...]] = {
    "Suivi": (
        _screen("caseload.py", "Portefeuille", "groups", "portefeuille", _AGENT),
        _screen("today.py", "Aujourd’hui", "today", "aujourdhui", _AGENT),
        _screen("agenda.py", "Agenda", "calendar_month", "agenda", _AGENT),
        _screen("person.py", "Dossier", "person", "dossier", _AGENT, has_uploader=True),
        _screen("intake.py", "Nouvel accompagnement", "person_add", "nouvel-accompagnement", _AGENT, in_menu=False),
        _screen("follow_up.py", "Entretiens et démarches", "forum", "interventions", _AGENT),
        _screen("orientations.py", "Orientations", "signpost", "orientations", _AGENT),
        _screen("diagnostics.py", "Diagnostics", "lab_profile", "diagnostics", _AGENT),
        _screen("cer.py", "Contrats", "contract", "cer", _AGENT),
        _screen("aid.py", "Aides", "euro", "aides", _AGENT),
        _screen("exits.py", "Sorties", "logout", "sorties", _AGENT),
        _screen("network.py", "Réseau", "hub", "reseau", _AGENT),
    ),
    "Pilotage": (
        _screen("dashboard.py", "Tableau de bord", "bar_chart", "tableau-de-bord", _AGENT, _PILOTE),
        _screen("report.py", "Photo-bilan", "photo_camera", "photo-bilan", _AGENT, _PILOTE),
        _screen("publish.py", "Publication", "public", "publication", _PILOTE, in_demonstration=False),
    ),
    "Bureau": (
        _screen("imports.py", "Importer", "upload_file", "importer", _AGENT, has_uploader=True),
        _screen("duplicates.py", "Doublons", "merge", "doublons", _AGENT),
        _screen("team.py", "Comptes", "group", "comptes", _ADMIN, in_demonstration=False),
        _screen(
            "settings.py", "Réglages", "tune", "reglages", _ADMIN, in_demonstration=False, has_uploader=True
        ),  # fmt: skip
        _screen("changes.py", "Historique", "history", "historique", _AGENT, _ADMIN),
        _screen("everything.py", "Tout emporter", "drive_file_move", "tout-emporter", _AGENT),
        _screen("retention.py", "Conservation", "inventory_2", "conservation", _ADMIN, in_demonstration=False),
        _screen("help.py", "Aide", "help", "aide", *Role, at_foot=True),
        _screen("my_account.py", "Mon compte", "account_circle", "compte", *Role, at_foot=True, in_demonstration=False),
    ),
}
"""What is daily first, what is rare under « Bureau »."""
