"""Places: communes of the Lot with their postcode and arrondissement (INSEE), and ways to write an address."""

_LIST = """
46000|Cahors|cahors|14
46090|Pradines|cahors|3
46220|Prayssac|cahors|4
46700|Puy-l’Évêque|cahors|4
46230|Lalbenque|cahors|3
46800|Montcuq-en-Quercy-Blanc|cahors|4
46140|Luzech|cahors|3
46170|Castelnau-Montratier|cahors|2
46090|Mercuès|cahors|1
46090|Le Montat|cahors|1
46090|Arcambal|cahors|1
46090|Espère|cahors|1
46700|Duravel|cahors|1
46150|Catus|cahors|2
46260|Limogne-en-Quercy|cahors|2
46140|Douelle|cahors|1
46140|Albas|cahors|1
46330|Saint Géry-Vers|cahors|1
46260|Concots|cahors|1
46140|Castelfranc|cahors|1
46100|Figeac|figeac|11
46400|Saint-Céré|figeac|5
46160|Cajarc|figeac|4
46130|Bretenoux|figeac|2
46130|Biars-sur-Cère|figeac|1
46270|Bagnac-sur-Célé|figeac|2
46120|Lacapelle-Marival|figeac|2
46190|Sousceyrac-en-Quercy|figeac|1
46100|Capdenac|figeac|1
46320|Assier|figeac|2
46320|Livernon|figeac|1
46100|Cardaillac|figeac|1
46100|Faycelles|figeac|1
46100|Béduer|figeac|1
46130|Loubressac|figeac|1
46210|Latronquière|figeac|1
46300|Gourdon|gourdon|6
46200|Souillac|gourdon|4
46500|Gramat|gourdon|4
46600|Martel|gourdon|3
46110|Vayrac|gourdon|1
46340|Salviac|gourdon|1
46240|Cœur de Causse|gourdon|2
46350|Payrac|gourdon|1
46250|Cazals|gourdon|2
46500|Rocamadour|gourdon|1
46110|Carennac|gourdon|1
46500|Alvignac|gourdon|1
46310|Saint-Germain-du-Bel-Air|gourdon|1
46340|Dégagnac|gourdon|1
46110|Bétaille|gourdon|1
46200|Lachapelle-Auzac|gourdon|1
"""

TOWNS: tuple[tuple[str, str, str], ...] = tuple(
    (postcode, town, territory)
    for postcode, town, territory, weight in (line.split("|") for line in _LIST.split("\n") if line)
    for _ in range(int(weight))
)
"""Postcode, commune, territory; larger communes stand several times."""

STREETS = (
    "rue des Jardins", "rue du Four", "rue de la Fontaine", "rue des Tanneurs", "chemin de la Garenne", "place du Marché",
    "rue Haute", "rue Basse", "avenue de la Gare", "impasse des Tilleuls", "rue du Barry", "chemin du Pech", "rue des Écoles",
    "route du Causse", "rue du Lavoir", "allée des Noyers", "rue de la Halle", "rue des Remparts", "quai du Port", "rue du Pigeonnier",
)  # fmt: skip
HAMLETS = (
    "Le Mas de Rigal", "Lacoste", "Les Combes", "Le Pech Haut", "La Borie Basse", "Mas del Bos", "Combe Longue", "Le Cayrou",
    "La Grèze", "Les Vitarelles", "Mas de Bergue", "La Croix Blanche", "Pech Mirabel", "Le Colombier", "La Devèze", "Font Neuve",
    "Les Garrigues", "Le Moulin Bas", "La Bouriette", "Puy Rond",
)  # fmt: skip


def at(town: str) -> str:
    """« à Cahors », « au Montat »."""
    return f"au {town.removeprefix('Le ')}" if town.startswith("Le ") else f"à {town}"
