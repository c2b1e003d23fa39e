"""The roles that an account may hold. db/storage/permissions.py says what each may read and write."""

from enum import Enum


class Role(Enum):
    """What an account may do; it may hold several roles."""

    AGENT = "agent"
    PILOTE = "pilote"
    ADMIN = "admin"

    @property
    def label(self) -> str:
        """The name of the role on screens."""
        return {"agent": "Agent", "pilote": "Pilote", "admin": "Administrateur"}[self.value]

    @property
    def means(self) -> str:
        """What the role allows, in one French sentence."""
        return {
            "agent": "Lit et écrit les dossiers ; voit les chiffres.",
            "pilote": "Voit les chiffres et les publie ; aucun nom.",
            "admin": "Tient les comptes, les réglages et la conservation.",
        }[self.value]


Roles = frozenset[Role]
