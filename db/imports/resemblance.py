"""What an import may propose as a question: texts that resemble each other and can mean the same.

Every reading of an import has a rank. *Literal*: the title or value itself, or a declared synonym. *Derived*: a repair
that loses nothing and is shown as such (a first zero that a spreadsheet dropped). *Resembling*: anything else, which is
never written before a person has said yes. A resemblance is not even proposed when a word shows that two texts mean
different things: a qualifier in a title (« N° allocataire » is no « Allocataire »), a negation in a value (« Non
intermittent » is no « Intermittent »).
"""

import re

from rapidfuzz import fuzz

from db.base.french import fold

_QUALIFIERS = frozenset({
    "n°", "no", "numero", "num", "nb", "nbre", "nombre", "ref", "reference", "identifiant", "id", "code", "date",
    "jour", "mois", "annee", "an", "heure", "duree", "age", "mail", "courriel", "email", "tel", "telephone",
    "adresse", "conj", "conjoint", "conjointe", "epoux", "epouse", "mari", "femme", "pere", "mere", "parent",
    "parents", "enfant", "enfants", "fils", "fille", "jeune", "naissance", "marital", "usage", "bis", "ter",
    "autre", "autres", "second", "seconde", "secondaire", "deuxieme", "troisieme", "pro", "professionnel",
    "professionnelle", "perso", "personnel", "personnelle", "fixe", "portable", "domicile", "travail", "referent",
    "referente", "conseiller", "conseillere", "accompagnateur", "responsable", "urgence", "tuteur", "curateur",
    "employeur", "debut", "fin", "prevu", "prevue", "prochain", "prochaine", "dernier", "derniere", "precedent",
    "precedente", "ancien", "ancienne", "ex", "premier", "premiere", "1er", "1ere", "type", "motif", "lieu",
    "statut", "total", "moyenne", "montant", "commentaire", "remarque", "lien", "complement",
})  # fmt: skip
"""Words of a title that change what it is about."""
_OTHER_PERSONS = frozenset({
    "conj", "conjoint", "conjointe", "epoux", "epouse", "mari", "pere", "mere", "parent", "parents", "enfant",
    "enfants", "fils", "fille", "autre", "second", "seconde", "referent", "referente", "conseiller", "conseillere",
    "accompagnateur", "responsable", "urgence", "tuteur", "curateur", "employeur", "ancien", "ancienne", "ex",
})  # fmt: skip
_NEGATIONS = frozenset({
    "non", "no", "sans", "pas", "hors", "ex", "fin", "aucun", "aucune", "ancien", "ancienne", "anciennement", "ni",
    "jamais", "plus", "sauf", "excepte", "arret", "arrete", "arretee", "cesse", "cessee", "anti", "contre", "ne",
    "refus", "refuse", "refusee", "perdu", "perdue", "radie", "radiee", "futur", "future", "bientot", "presque",
    "demi", "faux", "fausse",
})  # fmt: skip
"""Words of a value that turn it into another one."""
_OPPOSING_PREFIXES = ("in", "im", "il", "ir", "non", "ex", "des", "de", "dis", "mal", "anti", "hors", "sans", "pre",
                      "post", "sous", "sur", "re")  # fmt: skip
_SAME_WORD = 80
"""Similarity (0 to 100) of two words that are spellings of one."""
_NEUTRAL = frozenset({
    "s", "e", "es", "x", "ne", "jj/mm/aaaa", "jj/mm/aa", "aaaa", "jjmmaaaa", "€", "euro", "euros", "en euros", "en €",
    "min", "minutes", "en minutes", "h", "o/n", "oui/non", "m/f", "f/h", "h/f", "f/m", "obligatoire",
    "facultatif", "facultative", "optionnel", "si connu", "si connue", "choix", "liste", "ttc", "le", "du", "la",
})  # fmt: skip
"""What brackets in a title may hold without changing its meaning: an ending, a format, a unit."""


def words(text: str) -> list[str]:
    """Return the words of a text, folded: « n° », letters, numbers."""
    return re.findall(r"n°|\d*[a-z]+|\d+", fold(text))


def same_subject(title: str, other: str) -> bool:
    """Return whether no qualifier, number or bracket of one title is missing from the other."""
    one, two = words(title), words(other)
    return not any(_missing(word, two) for word in one) and not any(_missing(word, one) for word in two)


def _missing(word: str, others: list[str]) -> bool:
    if word not in _QUALIFIERS and not word.isdigit():
        return False
    if len(word) <= 3 or word.isdigit():
        return word not in others
    return not any(fuzz.ratio(word, other) >= _SAME_WORD for other in others)


def names_somebody_else(title: str) -> bool:
    """Return whether a title is about another person than the one of the row: « Conjoint », « Référent »."""
    return any(word in _OTHER_PERSONS or word.isdigit() for word in words(title))


def is_neutral(brackets: str) -> bool:
    """Return whether the text in brackets of a title, without the brackets, leaves its meaning unchanged."""
    return fold(brackets) in _NEUTRAL


def same_sense(value: str, other: str) -> bool:
    """Return whether neither value denies what the other says (« inactif » and « actif », « ex-artisan »)."""
    one, two = words(value), words(other)
    if {word for word in one if word in _NEGATIONS} != {word for word in two if word in _NEGATIONS}:
        return False
    return not any(_opposed(a, b) or _opposed(b, a) for a in one for b in two)


def _opposed(word: str, other: str) -> bool:
    """Return whether a word is the other one behind a prefix: « indépendant » and « dépendant »."""
    if len(other) < 4 or len(word) <= len(other) - 2:
        return False
    return any(
        word.startswith(prefix) and fuzz.ratio(word[len(prefix) :], other) >= 90 and word[:2] != other[:2]
        for prefix in _OPPOSING_PREFIXES
    )


# ---- text that was decoded twice

_DAMAGED = re.compile("[ÃÂâÅÄ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ¡-¿]")


def repaired(text: str) -> str:
    """Return a text whose UTF-8 was read as Windows-1252 as it was before (« ZoÃ© » is « Zoé »), else the text."""
    if text.isascii() or not _DAMAGED.search(text):
        return text
    try:
        return bytes(byte for c in text for byte in _bytes_of(c)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _bytes_of(c: str) -> bytes:
    """Return the byte of a character as Windows-1252 writes it, or Latin-1 for the five that it lacks."""
    try:
        return c.encode("cp1252")
    except UnicodeEncodeError:
        return c.encode("latin-1")


def has_lost_letters(text: str) -> bool:
    """Return whether a name or word holds the sign of a character that could not be read: « � », « Fran?ois »."""
    if "?" in text and re.search(r"[^\W\d]\?[^\W\d]", text) and not re.search(r"[/=@]", text):
        return True
    return "\ufffd" in text
