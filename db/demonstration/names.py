"""Names: first names by gender and time of birth, surnames of the Lot and of elsewhere. Any likeness is chance."""

from random import Random

FIRST_NAMES: dict[str, tuple[tuple[int, str], ...]] = {
    "woman": (
        (1965, "Martine Sylvie Catherine Brigitte Christine Pascale Véronique Annie Nadine Marie-Christine Joëlle Chantal "
         "Patricia Béatrice Corinne Agnès Muriel Marie-Pierre Odile Geneviève Évelyne Élisabeth"),
        (1975, "Nathalie Valérie Sandrine Laurence Stéphanie Karine Delphine Anne-Laure Séverine Virginie Florence Carole "
         "Hélène Sophie Estelle Christelle Magali Fabienne Isabelle Anne-Marie Myriam Nadège"),
        (1985, "Aurélie Émilie Élodie Céline Julie Laetitia Audrey Cécile Marion Claire Vanessa Amandine Mélanie Noémie "
         "Gaëlle Élise Perrine Solène Maud Ingrid Lucile Marie-Ève Flore"),
        (1995, "Marine Laura Pauline Mathilde Charlotte Lucie Anaïs Justine Margaux Fanny Manon Coralie Clémence Adèle "
         "Juliette Oriane Louise Blandine Bérénice Ophélie Maëlle Garance"),
        (9999, "Léa Chloé Emma Océane Jeanne Lola Zoé Romane Agathe Maëlys Lison Apolline Salomé Célia Ninon Capucine "
         "Joséphine Suzanne Violette Colombe"),
    ),
    "man": (
        (1965, "Alain Patrick Philippe Michel Jean-Pierre Jean-Luc Bernard Pascal Didier Gilles Thierry Serge Jean-Marc "
         "Francis Hervé Yves Christian Jacques Denis Joël Jean-Noël Roland"),
        (1975, "Christophe Stéphane Laurent Frédéric Olivier Éric David Bruno Franck Fabrice Jérôme Vincent Emmanuel Arnaud "
         "Ludovic Xavier Sébastien Régis Cyrille Yannick Jean-Christophe Hugues"),
        (1985, "Nicolas Julien Guillaume Mathieu Cédric Benoît Aurélien Grégory Mickaël Romain Damien Yann Gaël Fabien "
         "Jérémie Thibault Boris Cyril Loïc Renaud Samuel Étienne"),
        (1995, "Thomas Alexandre Maxime Florian Antoine Quentin Clément Simon Adrien Baptiste Pierre Rémi Valentin Bastien "
         "Robin Corentin Tristan Hugo Martin Félix Émile Aubin"),
        (9999, "Lucas Théo Enzo Nathan Louis Jules Léo Gabriel Axel Noé Mathis Elliot Ulysse Basile Titouan Malo Augustin "
         "Marius Anatole Côme"),
    ),
    "other": ((9999, "Camille Claude Dominique Alix Sacha Charlie Morgan Eden"),),
}  # fmt: skip
"""Born before that year -> names that parents then gave."""

SURNAMES = tuple(
    "Delpech Bouyssou Lacombe Vayssade Delbreil Mercadier Bergougnoux Cavarroc Lagarrigue Pouzergues Vinel Cassan Souladié "
    "Fourniols Malbec Bessières Lascoux Cantarel Terrade Miquel Sudres Labrunie Teyssèdre Rigal Vidaillac Courbès Espinadel "
    "Austruy Bonnassie Cayrol Figeagol Gaubert Issaly Jouclas Landes Marcenac Nozières Orliac Pezet Quercynol Roumégous "
    "Salgues Tournié Ussel Verdier Lafage Combarieu Peyrissac Cazelles Mazuel Grimal Lapergue Destrel Vertuel Caminade "
    "Aubertin Beaulieu Blanchard Bonnefoy Boucheron Caillard Chapuis Charpentier Chauvet Collignon Cordonnier Courtois "
    "Delacourt Delaunay Desmarais Dubreuil Dufresne Dumontier Durieux Faucheux Ferrand Fontanel Fournel Gauthey Germain "
    "Giraudel Godefroy Grandjean Guérineau Hamelin Humblot Jacquemin Jolivet Joubert Lambertin Langlade Lavigne Lecointre "
    "Lemarchand Lesueur Levasseur Loiseau Maréchal Masson Ménager Montaigu Moreaux Neveu Pasquier Pellerin Perrault "
    "Picardin Poirel Poncelet Prévost Quérin Raimbault Rambert Renaudin Ribeyre Rivoire Rousselet Sauvageot Tellier Thévenin "
    "Tissier Valette Vasseur Verneuil Viallard Villeneuve Voisin Wattel Yvernault Zeller Guillemot Kervella Le_Bihan Le_Gall "
    "Quéméneur Tanguy Morvan Schaeffer Muckensturm Oberlin Etcheverry Harispe Iturralde Casanova Paolini Vandamme Lesaffre "
    "Deconinck Benoist-Laval Martin-Rouquié Dupuy-Cassagne Roche-Vidal Lafon-Meunier Girard-Escudié Faure-Latour Blanc-Sarrut "
    "de_La_Brosse d’Aurelle du_Mesnil de_Saint-Loup de_Vaylac d’Escayrac du_Pouget de_Montalric Benhaddou Belkacem Haddadi "
    "Cherfaoui Diabaté Sissoko Da_Costa Ferreira Teixeira Marquès Garrido Navarro Ortega Bianchini Morandini Kowalczyk "
    "Nowicki Tran-Quang Phan Papadakis Sarkissian Ravelojaona Hoareau Payet Télémaque".replace("_", "\u00a0").split(" ")
)  # fmt: skip

ABROAD: tuple[tuple[str, str, str], ...] = (
    ("Alison Heather Rosemary Gillian Tamsin", "Graham Nigel Colin Duncan Rupert", "Ashby Whitcombe Thornley Hartnell Pembury"),
    ("Marijke Anneke Femke Saskia", "Joost Pieter Wouter Bram", "Verhoeven Kuipers Hofstra Zeilmaker Dijkgraaf"),
    ("Ulrike Birgit Annegret Heike", "Jürgen Matthias Holger Torsten", "Brandmüller Hasselbach Lindner Vogelsang Reinholz"),
    ("Pilar Montserrat Nuria Lucía", "Javier Iñaki Joaquín Rafael", "Arrizabal Cifuentes Quintanilla Solano Belmonte"),
    ("Fátima Inês Graça Teresa", "Rui Nuno Joaquim Duarte", "Figueiredo Salgueiro Nogueira Carvalhal Mourão"),
    ("Chiara Giulia Ornella Silvia", "Matteo Davide Luca Fabio", "Brambatti Castellani Fiorentino Malvezzi Tedesco"),
    ("Oksana Iryna Larysa Halyna", "Andriy Mykola Taras Bohdan", "Kovalenko Hrytsenko Marchuk Savchuk Lysenko"),
    ("Agnieszka Małgorzata Beata", "Tomasz Krzysztof Paweł", "Zielińska-Wolska Gajda Maciejak Sobczyk"),
    ("Samira Naïma Leïla Houria", "Karim Nabil Rachid Mourad", "Bouzidane Ouhaddou Tazerout Guermazi Lahlali"),
    ("Aminata Fatou Mariama Awa", "Mamadou Ousmane Boubacar Seydou", "Kandé Traorel Dembaga Koulibaly Sagnane"),
    ("Valentina Ximena Rocío Paloma", "Matías Gonzalo Emiliano Tomás", "Echenique Villarreal Peñaloza Bustamante Azcárate"),
    ("Yuko Naomi Haruka Akiko", "Kenji Takumi Hiroshi Shun", "Morikawa Takeshima Onodera Hasegawa"),
    ("Milena Radka Jana Zuzana", "Ondřej Pavel Goran Stefan", "Horáček Dvornik Petkova-Ilić Stankov"),
)  # fmt: skip
"""Women's names, men's names and surnames of one region of the world, for persons of foreign origin."""


class Names:
    """Gives out names, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[tuple[str, str]] = set()

    def draw(self, gender: str, born: int, origin: str) -> tuple[str, str]:
        """First name and surname that nobody else of the file has."""
        while True:
            found = self._abroad(gender) if origin == "foreign" and gender != "other" else self._french(gender, born)
            if found not in self._given:
                self._given.add(found)
                return found

    def _french(self, gender: str, born: int) -> tuple[str, str]:
        names = next(names for before, names in FIRST_NAMES[gender] if born < before)
        return self._rng.choice(names.split()), self._rng.choice(SURNAMES).replace("\u00a0", " ")

    def _abroad(self, gender: str) -> tuple[str, str]:
        women, men, surnames = self._rng.choice(ABROAD)
        first = self._rng.choice((women if gender == "woman" else men).split())
        return first, self._rng.choice(surnames.split())
