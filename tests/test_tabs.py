"""The browser contexts shared by tests are clean, and errors of a page are noticed."""

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
def test_a_reused_context_is_empty(warm_tabs, server, monkeypatch, cleaned):
    if not cleaned:  # the control
        monkeypatch.setattr(warm_tabs, "_empty", lambda context, kept, origins: context.pages[-1].close())
    address, options = f"{server.address}sante", {"viewport": {"width": 411, "height": 500 + cleaned}}
    with warm_tabs.borrow(**options) as first:
        page = first.new_page()
        page.goto(address)
        page.evaluate(_LEAVE)
        assert page.evaluate(_LEFT) == [1, "left=x", 1, True]
        if cleaned:
            first.route("**/*", lambda route: route.fulfill(body="not the server"))
            first.set_offline(True)

    with warm_tabs.borrow(**options) as second:
        assert second is first, "the context is reused"
        assert len(second.pages) == 1, "the blank page"
        page = second.new_page()
        answer = page.goto(address)
        assert answer.text() != "not the server"
        assert page.evaluate(_LEFT) == ([0, "", 0, True] if cleaned else [1, "left=x", 1, True])


def test_two_contexts_are_separate(warm_tabs, server):
    with warm_tabs.borrow() as one, warm_tabs.borrow() as other:
        pages = [context.new_page() for context in (one, other)]
        for page in pages:
            page.goto(f"{server.address}sante")
        pages[0].evaluate(_LEAVE)

        assert pages[1].evaluate(_LEFT) == [0, "", 0, True]


_BROKEN = """() => new Promise((done) => {
  console.error("said")
  setTimeout(() => { setTimeout(done); throw new Error("broken") })
})"""


def test_errors_and_external_requests_of_a_page_are_noticed(warm_tabs, server):
    with warm_tabs.borrow() as context:
        page = context.new_page()
        complaints: list[str] = []
        watch(page, complaints)
        page.goto(f"{server.address}sante")
        assert complaints == []
        page.evaluate(_BROKEN)
        with pytest.raises(Error):
            page.goto("http://elsewhere.invalid/")

    assert {one.split(":")[0] for one in complaints} >= {"error", "console", "outside"}
