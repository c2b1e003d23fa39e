"""The prose of the site: complete, and its generated part never stale."""

import pytest

from partners import prose
from publication.release import column_descriptions, public_file
from publication.release.tables import PLANS, TABLES_OF_ALL
from reports.charts.colours import colour
from tests.partners.site import made_up

ALL = [*PLANS, *TABLES_OF_ALL]


def test_the_generated_part_is_that_of_the_dictionary():
    text = column_descriptions.PATH.read_text(encoding="utf-8")

    assert column_descriptions.renewed(text) == text, "stale: run `python -m publication.release.column_descriptions`"
    assert column_descriptions.renewed(text.replace("Année", "An")) != text.replace("Année", "An")


@pytest.mark.parametrize("name", ALL)
def test_every_table_is_titled_described_and_in_a_group(name):
    told = prose.read()
    about = told.tables[name]

    for word in ("title", "description", "unite"):
        assert about[word].strip()
    assert about["groupe"] in {group["nom"] for group in told.groups}


def test_every_column_of_the_file_is_described_in_french():
    told = prose.read()
    for name, columns, _ in public_file.contents([made_up(2022)]):
        names = [column.split()[0] for column in columns]
        assert list(told.columns(name)) == names
        assert all(told.label(column, name) for column in names)


def test_the_prose_describes_no_table_that_is_not_published():
    assert set(prose.read().tables) == set(ALL)


def test_a_category_has_the_colour_it_has_on_the_office_s_charts():
    scheme = {"Femmes": ("gender", "woman"), "Hommes, autre ou non précisé": ("gender", "man")}
    scheme |= {"Arts plastiques et visuels": ("domain", "visual_arts"), "Artisanat d’art": ("domain", "crafts")}
    scheme |= {"Spectacle vivant": ("domain", "performing_arts"), "Autres domaines": ("domain", "other")}

    assert prose.read().colours == {label: colour(*code) for label, code in scheme.items()}
