"""The roles an account may hold. What each may read and write: db/storage/permissions.py."""

from enum import Enum


class Role(Enum):
    """What somebody is here to do; an account may hold several."""

    AGENT = "agent"
    PILOTE = "pilote"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """As the screens call it."""
        return {"agent": "Agent", "pilote": "Pilote", "admin": "Administrateur"}[self.value]

    @property
    def means(self) -> str:
        """What it opens, in one sentence."""
        return {
            "agent": "Lit et écrit les dossiers ; voit les chiffres.",
            "pilote": "Voit les chiffres et les publie ; aucun nom.",
            "admin": "Tient les comptes, les réglages et la conservation.",
        }[self.value]


Roles = frozenset[Role]
