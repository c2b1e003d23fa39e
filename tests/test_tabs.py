"""What tests share is clean: a tab finds nothing of the test before, and a page's complaint fails its own test."""

import pytest
from playwright.sync_api import Error

from tests.conftest import watch

pytestmark = pytest.mark.browser

_LEAVE = """async () => {
  localStorage.setItem("left", "x")
  document.cookie = "left=x"
  await new Promise((done) => { indexedDB.open("left").onsuccess = done })
}"""
_LEFT = """async () => [localStorage.length, document.cookie, (await indexedDB.databases()).length, navigator.onLine]"""


@pytest.mark.parametrize("cleaned", [True, False])
def test_a_context_comes_back_with_nothing_in_it(warm_tabs, server, monkeypatch, cleaned):
    if not cleaned:  # the control
        monkeypatch.setattr(warm_tabs, "_empty", lambda context, kept, origins: context.pages[-1].close())
    address, options = f"{server.address}sante", {"viewport": {"width": 411, "height": 500 + cleaned}}
    with warm_tabs.lent(**options) as first:
        page = first.new_page()
        page.goto(address)
        page.evaluate(_LEAVE)
        assert page.evaluate(_LEFT) == [1, "left=x", 1, True]
        if cleaned:
            first.route("**/*", lambda route: route.fulfill(body="not the server"))
            first.set_offline(True)

    with warm_tabs.lent(**options) as again:
        assert again is first, "it is lent again"
        assert len(again.pages) == 1, "ours, which keeps it warm"
        page = again.new_page()
        answer = page.goto(address)
        assert answer.text() != "not the server"
        assert page.evaluate(_LEFT) == ([0, "", 0, True] if cleaned else [1, "left=x", 1, True])


def test_two_tabs_at_once_know_nothing_of_each_other(warm_tabs, server):
    with warm_tabs.lent() as one, warm_tabs.lent() as other:
        pages = [context.new_page() for context in (one, other)]
        for page in pages:
            page.goto(f"{server.address}sante")
        pages[0].evaluate(_LEAVE)

        assert pages[1].evaluate(_LEFT) == [0, "", 0, True]


def test_what_a_page_may_not_do_is_noted(warm_tabs, server):
    with warm_tabs.lent() as context:
        page = context.new_page()
        complaints: list[str] = []
        watch(page, complaints)
        page.goto(f"{server.address}sante")
        assert complaints == []
        page.evaluate("setTimeout(() => { throw new Error('broken') }); console.error('said')")
        with pytest.raises(Error):
            page.goto("http://elsewhere.invalid/")

    assert {one.split(":")[0] for one in complaints} >= {"error", "console", "outside"}
