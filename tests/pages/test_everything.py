"""« Tout emporter » in the browser: an agent downloads the whole file, after reading a warning."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from db.model.roles import Role
from db.rows import access_log
from tests.conftest import let_in
from tests.pages.spreadsheet import add, add_person
from tests.pages.waiting import download
from tests.reports.reading_back import assert_holds_every_value

pytestmark = pytest.mark.browser


def test_an_agent_downloads_the_whole_file_and_it_is_logged(server, open_tab):
    db = server.open()
    person = add_person(db, "Abel", town="Cahors", note="=1+1")
    add(db, "aid", person_id=person, type="training", requested_on="2024-06-03", requested=150_05)
    let_in(db, "Qui emporte", [Role.AGENT])
    page = open_tab(f"{server.address}tout-emporter", as_="Qui emporte")
    expect(page.get_by_test_id("stAlert")).to_contain_text("toutes les données personnelles")
    names = []
    for label, start in (("Excel (XLSX)", b"PK"), ("LibreOffice (ODS)", b"PK"), ("SQLite", b"SQLite format 3")):
        name, data = download(page, page.get_by_role("button", name=f"Tout emporter : {label}").click)
        names.append(name)
        expect(page.get_by_text(f"Tout le fichier · {label} : prêt.")).to_be_visible()

        assert data.startswith(start)
        if start == b"PK":
            assert assert_holds_every_value(data, db) > 20
    lines, _ = access_log.find(db, who="Qui emporte", action="export")
    db.close()
    assert [line.detail for line in lines] == names[::-1]
    assert [Path(name).suffix for name in names] == [".xlsx", ".ods", ".db"]
    assert "Abel" not in page.url
