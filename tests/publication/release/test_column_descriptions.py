"""datasette_metadata.yml is complete, and its generated part is never stale."""

import pytest

from partners import prose
from publication.release import public_file
from publication.release.column_descriptions import PATH, with_block
from publication.release.tables import OTHER_TABLES, PLANS
from reports.charts.colours import colour
from tests.partners.site import invented_release

ALL = [*PLANS, *OTHER_TABLES]


def test_the_generated_part_is_that_of_the_dictionary():
    text = PATH.read_text(encoding="utf-8")

    assert with_block(text) == text, "stale: run `python -m publication.release.column_descriptions`"
    assert with_block(text.replace("Année", "An")) != text.replace("Année", "An")


@pytest.mark.parametrize("name", ALL)
def test_every_table_is_titled_described_and_in_a_group(name):
    texts = prose.read()
    about = texts.tables[name]

    for word in ("title", "description", "unite"):
        assert about[word].strip()
    assert about["groupe"] in {group["nom"] for group in texts.groups}


def test_every_column_of_the_file_is_described_in_french():
    texts = prose.read()
    for name, columns, _ in public_file.contents([invented_release(2022)]):
        names = [column.split()[0] for column in columns]
        assert list(texts.columns(name)) == names
        assert all(texts.label(column, name) for column in names)


def test_the_prose_describes_no_table_that_is_not_published():
    assert set(prose.read().tables) == set(ALL)


def test_a_category_has_the_colour_it_has_on_the_office_s_charts():
    codes = {"Femmes": ("gender", "woman"), "Hommes, autre ou non précisé": ("gender", "man")}
    codes |= {"Arts plastiques et visuels": ("domain", "visual_arts"), "Artisanat d’art": ("domain", "crafts")}
    codes |= {"Spectacle vivant": ("domain", "performing_arts"), "Autres domaines": ("domain", "other")}

    assert prose.read().colours == {label: colour(*code) for label, code in codes.items()}
