"""Phonetic keys of French names: spellings of one name share a key, other names do not."""

import pytest

from db.people.phonetics import key

SAME = """
    Dupont/Dupond Lefèvre/Lefebvre Rousseau/Rousso Gauthier/Gautier Thibault/Thibaud Le_Goff/Legoff LE-GOFF/Legoff
    François/Fransois Georges/Jorge Leclerc/Leclair Fernandez/Fernandes Girault/Giraud Arnault/Arnaud Renault/Renaud
    Meunier/Meunié Petit/Petits Guérin/Guerrin Moreau/Morot Lecoq/Lecocq Chevallier/Chevalier Schmitt/Schmidt
    Reynaud/Rénaud Vincent/Vinsant Delmas/Delma Nathalie/Natalie Michèle/Michelle Éric/Erick Philippe/Filipe
    Christian/Cristian Thierry/Tierry Mathieu/Matthieu Sylvie/Silvi Baptiste/Batiste Jean-Pierre/Jean_Pierre d’Arc/Darc
    Œuvrard/Euvrard Lacombe/Lacombes Guillaume/Guilaume Fabrice/Fabrisse Françoise/Fransoise"""
OTHER = """
    Martin/Martins Martin/Martine Simon/Simone Durand/Dupont Marchand/Marchal Lou/Léo Rousseau/Roussel
    Garnier/Granier Petit/Petite Jean/Jeanne Denis/Denise Blanc/Blanche Roy/Roux Lambert/Lombard"""


def sounds(pair):
    return [key(name.replace("_", " ")) for name in pair.split("/")]


@pytest.mark.parametrize("pair", SAME.split())
def test_two_spellings_of_one_name_sound_alike(pair):
    one, other = sounds(pair)
    assert one == other != ""


@pytest.mark.parametrize("pair", OTHER.split())
def test_two_different_names_sound_different(pair):
    one, other = sounds(pair)
    assert one != other


def test_what_holds_no_letter_has_no_sound():
    assert [key(name) for name in ("", " - ", "12", "渡辺")] == [""] * 4
