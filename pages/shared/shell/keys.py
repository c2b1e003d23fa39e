"""The keys of the keyboard, once: for the dialog that F1 opens (keys.js), and for the guide, as its test checks."""

KEYS: dict[str, tuple[tuple[str, str], ...]] = {
    "Partout": (("Ctrl + K", "chercher une personne, un partenaire, un écran"), ("F1", "montrer cette liste")),
    "Dans une grille : aller": (
        ("flèches", "aller d’une case à l’autre"),
        ("Tab, Maj + Tab", "case suivante, case précédente"),
        ("Ctrl + flèches", "aller au bord du bloc"),
        ("Ctrl + Début, Ctrl + Fin", "première case, dernière case"),
        ("↑ depuis la première ligne", "aller aux titres : Entrée trie, Alt + ↓ ouvre le menu"),
        ("Échap, puis Tab", "sortir de la grille"),
    ),
    "Dans une grille : écrire": (
        ("Entrée", "modifier la case ; puis valider et descendre"),
        ("F2", "modifier la case, le curseur à la fin"),
        ("Échap", "abandonner ce qu’on tape"),
        ("Suppr", "effacer"),
        ("Espace", "cocher, décocher un oui ou non"),
        ("Ctrl + ;", "écrire la date du jour"),
        ("Alt + ↓, F4", "ouvrir le calendrier, la liste"),
        ("Ctrl + D, Ctrl + R", "recopier vers le bas, vers la droite"),
        ("Ctrl + Z", "défaire"),
        ("Ctrl + Y, Ctrl + Maj + Z", "refaire"),
    ),
    "Dans une grille : choisir et copier": (
        ("Maj + flèches", "étendre le choix"),
        ("Ctrl + A", "tout choisir"),
        ("Maj + Espace", "choisir la ligne"),
        ("Ctrl + C, Ctrl + X, Ctrl + V", "copier, couper, coller, depuis Excel aussi"),
    ),
    "Ouvrir une ligne, remplir un formulaire": (
        ("Ctrl + Entrée", "dans une grille, ouvrir la ligne ; dans un formulaire, enregistrer"),
        ("Alt + Page préc., Alt + Page suiv.", "ligne précédente, ligne suivante, la ligne étant ouverte"),
    ),
}
"""Heading -> the keys and what they do."""
