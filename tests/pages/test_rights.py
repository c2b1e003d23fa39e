"""Rights are asked when a thing is done: a tab drawn with more rights, and addresses that somebody else knows."""

from contextlib import closing
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from db.accounts import accounts
from db.model.roles import Role
from db.rows import access_log
from pages.shared.shell import own_files
from tests.conftest import let_in
from tests.pages.spreadsheet import add_person

pytestmark = pytest.mark.browser


def set_roles(server, account, *roles):
    with closing(server.open()) as db:
        accounts.change(db, account.id, account.login, account.name, roles, active=True, who="Admin")


def sign_in(server, name, *roles):
    with closing(server.open()) as db:
        return let_in(db, name, roles)


def test_a_role_taken_away_gives_no_file_from_an_open_tab_and_an_address_serves_its_session_alone(server, open_tab):
    ada, bob = sign_in(server, "Ada aux droits", Role.AGENT), sign_in(server, "Bob aux droits", Role.AGENT)
    with closing(server.open()) as db:
        person = add_person(db, "Abel")
    own, other = open_tab(as_=ada.name, refused=True), open_tab(as_=bob.name, refused=True)
    own.goto(f"{server.address}dossier?dossier={person}")
    own.get_by_role("radio", name="Données personnelles").click()
    button = own.get_by_role("button", name="Tout télécharger")
    with own.expect_download() as downloading:
        button.click()
    address = downloading.value.url
    assert "/media/" in address
    assert own.request.get(address).ok
    assert other.request.get(address).status == 403
    ready = open_tab(f"{server.address}tout-emporter", as_=ada.name, refused=True)
    with ready.expect_download():
        ready.get_by_role("button", name="Tout emporter : SQLite").click()
    made = ready.get_by_role("button", name="palette-tout-")
    expect(made).to_be_visible()

    set_roles(server, ada, Role.PILOTE)
    button.click()

    expect(own.get_by_test_id("stDownloadButtonError")).to_contain_text(
        "vos rôles ou votre connexion ont peut-être changé"
    )
    with closing(server.open()) as db:
        assert [line.action for line in access_log.find(db, person_id=person)[0]].count("package") == 1
    made.click()  # a file that was made before
    expect(ready.get_by_test_id("stDownloadButtonError")).to_be_visible()
    own.get_by_role("radio", name="Fiche").click()
    expect(own.get_by_text("Votre rôle n’ouvre pas cet écran")).to_be_visible()
    expect(own.get_by_text("Abel")).to_have_count(0)


def test_a_file_is_taken_only_from_the_tab_of_a_role_with_an_uploader_and_a_person_holds_few(server, open_tab):
    ada, bob = sign_in(server, "Ada qui envoie", Role.AGENT), sign_in(server, "Bob qui envoie", Role.AGENT)
    sent, tabs = [], [open_tab(as_=ada.name, refused=True) for _ in range(3)]
    for tab in tabs:
        tab.on("request", lambda request: sent.append(request) if request.method == "PUT" else None)
        tab.goto(f"{server.address}importer")
        with tab.expect_request("**/_stcore/upload_file/**"):
            tab.locator("input[type=file]").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": b"a"})
    addresses = [urljoin(server.address, request.url) for request in sent]
    headers = {"X-Xsrftoken": sent[0].headers["x-xsrftoken"], "Origin": server.address.rstrip("/")}
    stranger = open_tab(f"{server.address}importer", as_=bob.name, refused=True)

    def put(tab, address, size):
        file = {"name": "b.csv", "mimeType": "text/csv", "buffer": b"b" * size}
        token = {"_streamlit_xsrf": headers["X-Xsrftoken"]}
        tab.context.add_cookies(
            [{"name": name, "value": value, "url": server.address} for name, value in token.items()]
        )
        return tab.request.put(f"{address}x", multipart={"file": file}, headers=headers).status

    half = own_files.MOST_WAITING // 2 + 1
    assert put(stranger, addresses[0], 10) == 403
    assert put(tabs[0], addresses[0], half) == 204
    assert [put(tabs[1], addresses[1], half), put(tabs[2], addresses[2], 10)] == [204, 413]
    assert put(tabs[0], addresses[0], 10) == 413, "what no page has taken counts, in the same tab too"

    set_roles(server, ada, Role.PILOTE)
    assert put(tabs[0], addresses[0], 10) == 403
