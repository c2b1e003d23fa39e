"""The partners' site with a table of an own field, whose title and categories it reads from the public file."""

import io
import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from frictionless import Package

from db.model import office_groups
from partners import prose, release_reader
from publication.release import public_file
from publication.release.release import PublishedTable
from tests.partners.site import Site, invented_release, put_public_file

TABLE = "champ_personnes_fictives"
TITLE = "<b>Label</b> & « qualité »"
LABELS = ("=1+1", "Argent", "Autre ou non précisé")
OWN_TABLE = PublishedTable((TABLE,), (LABELS,), np.array([30, 20, 15]), title=TITLE)
ESCAPED = "&lt;b&gt;Label&lt;/b&gt; &amp; « qualité »"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Two years, of which only the second has the field; its title and categories need escaping everywhere."""
    folder = tmp_path_factory.mktemp("own")
    put_public_file(folder, invented_release(2022), invented_release(2023, 5).with_tables(**{TABLE: OWN_TABLE}))
    site = Site(folder)
    site.start()
    yield site
    site.stop()


def test_its_page_shows_the_title_and_categories_of_the_file(site):
    page = site.get(f"/artistes/{TABLE}")

    assert ESCAPED in page
    assert "<b>Label" not in page
    assert all(f">{label}</td>" in page for label in ("=1+1", "Argent"))
    assert "arrondi à un multiple de 5" in page
    assert "aucune de ces personnes n’existe" not in page, "its name resembles that of the artificial persons"
    assert f"/graphique/{TABLE}-2023.svg" in page


@pytest.mark.parametrize("path", ["/", "/artistes", "/tableau-de-bord?annee=2023"])
def test_it_is_listed_with_the_other_tables(site, path):
    page = site.get(path)

    assert ESCAPED in page
    assert "<b>Label" not in page


def test_the_year_before_has_no_chart_of_it(site):
    assert ESCAPED not in site.get("/tableau-de-bord?annee=2022")
    assert site.request(f"/graphique/{TABLE}-2022.svg")[0] == 404


def test_its_chart_contains_its_title_once(site):
    picture = site.get(f"/graphique/{TABLE}-2023.svg")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)

    assert sum("Label" in text for text in texts) == 1
    assert "Argent" in texts


def test_its_downloads_contain_texts_and_never_formulas(site):
    rows = site.get(f"/artistes/{TABLE}.csv").splitlines()
    book = openpyxl.load_workbook(io.BytesIO(site.request(f"/artistes/{TABLE}.xlsx")[2]))

    assert rows[0] == "annee,critere,categorie,personnes,part"
    assert len(rows) == 4
    assert "=1+1" in rows[1]
    cell = next(cell for row in book.worksheets[1].iter_rows() for cell in row if cell.value == "=1+1")
    assert cell.data_type == "s"
    assert book.worksheets[0]["A1"].value == TITLE


def test_a_data_portal_reads_it(site):
    resource = Package(f"{site.address}/datapackage.json").get_resource(TABLE)

    assert resource.title == TITLE
    assert resource.schema.get_field("categorie").constraints["enum"] == list(LABELS)
    assert resource.validate().valid


def test_no_ready_made_query_offers_it(site):
    """The ready-made queries name the tables they use."""
    assert ESCAPED not in site.get("/artistes/evolution_du_profil")


def test_a_table_of_that_name_with_other_columns_is_not_served(tmp_path):
    path = tmp_path / public_file.NAME
    public_file.write(path, [invented_release(2022).with_tables(champ_x=replace(OWN_TABLE, columns=("champ_x",)))])
    good = path.read_bytes()
    assert release_reader.read_own_tables(good) == {"champ_x": (TITLE, list(LABELS))}

    with closing(sqlite3.connect(path)) as db, db:
        db.execute("ALTER TABLE champ_x ADD COLUMN nom TEXT")

    assert release_reader.read_own_tables(path.read_bytes()) == {}
    with pytest.raises(release_reader.ForeignFileError, match="champ_x"):
        release_reader.load(path.read_bytes(), prose.read())


def test_site_and_file_agree_on_the_names_of_such_tables():
    assert release_reader._OWN_NAME.pattern == office_groups.NAME.pattern
