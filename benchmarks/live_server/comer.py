"""Somebody who signs in every few seconds, as a team does at nine o'clock."""

import http.client
import threading
import time

from benchmarks.live_server.browser_session import BrowserSession, SignInError
from benchmarks.live_server.office import PASSWORD, login_of


class Comer:
    """Somebody who signs in every few seconds. ``times``: in ms; ``unexpected``: other answers than a session."""

    def __init__(self, host: str, name: str, every: float) -> None:
        self.host, self.name, self.every = host, name, every
        self.times: list[float] = []
        self.unexpected: list[str] = []

    def work(self, stop: threading.Event) -> None:
        """Sign in every ``every`` seconds until ``stop`` is set."""
        browser = BrowserSession(self.host)
        while not stop.wait(self.every):
            start = time.perf_counter()
            try:
                browser.sign_in(login_of(self.name), PASSWORD)
                self.times.append((time.perf_counter() - start) * 1000)
                browser.sign_out()
            except (SignInError, OSError, http.client.HTTPException) as error:
                self.unexpected.append(f"{time.strftime('%H:%M:%S')} {type(error).__name__} {error}")
        browser.close()
