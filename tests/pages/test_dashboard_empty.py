"""« Tableau de bord » of an office without any row, in the browser."""

import pytest
from playwright.sync_api import expect

from reports.content.plots import PLOTS
from tests.pages.charts import headline

pytestmark = pytest.mark.browser


def test_the_dashboard_of_an_empty_office_shows_no_error(server, page):
    page.goto(f"{server.address}tableau-de-bord")

    expect(headline(page)).to_contain_text("0 personne en ")
    expect(page.get_by_text("Rien à montrer pour cette période.")).to_have_count(len(PLOTS))
    for unwanted in ("stAlert", "stException", "stVegaLiteChart", "stPopover"):
        expect(page.get_by_test_id(unwanted)).to_have_count(0)
    expect(page.get_by_role("button", name="Voir ces personnes")).to_have_count(0)
