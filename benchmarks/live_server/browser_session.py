"""The HTTP side of one browser: sign-in, requests with its cookies, uploads. One thread uses it at a time."""

import http.client
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

_XSRF = "_streamlit_xsrf"
_LONGEST = 120.0
_REPORT_EVERY = 60.0
_CLOSED_MEANWHILE = (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected)
"""uvicorn closes a connection that was idle for five seconds."""


class SignInError(Exception):
    """A sign-in that was answered otherwise than by a session. Its text is the status."""


@dataclass(frozen=True)
class Answer:
    """``status``, ``body``, and the ``location`` that a redirection names."""

    status: int
    body: bytes
    location: str = ""


class BrowserSession:
    """The cookies of one browser, and its one connection to the server ``host`` (name:port)."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.cookies: dict[str, str] = {}
        self._reported = time.monotonic()
        self._connection = http.client.HTTPConnection(host, timeout=_LONGEST)

    def ask(self, method: str, path: str, body: bytes | Sequence[bytes] | None = None, **headers: str) -> Answer:
        """Send one request with the cookies, and keep those of the answer."""
        sent = {"Origin": f"http://{self.host}", "Cookie": self.cookie_header(), **headers}
        try:
            answer, content = self._request(method, path, body, sent)
        except _CLOSED_MEANWHILE:  # a browser does the same with a connection that it had kept
            answer, content = self._request(method, path, body, sent)
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies |= {one: morsel.value for one, morsel in SimpleCookie(value).items()}
        return Answer(answer.status, content, answer.getheader("Location") or "")

    def _request(
        self, method: str, path: str, body: bytes | Sequence[bytes] | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            self._connection.request(method, path, body=body, headers=headers)
            answer = self._connection.getresponse()
            return answer, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()  # the next request opens another
            raise

    def cookie_header(self) -> str:
        """Return the value of the header « Cookie »."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, login: str, password: str) -> None:
        """Sign in by the form. Raises SignInError unless the answer leads to the page with a session."""
        form = urlencode({"identifiant": login, "mot_de_passe": password, "vers": "/"}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = self.ask("POST", "/connexion", form, **kind)
        if answer.status != 303 or "palette" not in self.cookies:
            raise SignInError(str(answer.status))
        page = self.ask("GET", "/", Accept="text/html")
        if page.status != 200:
            raise SignInError(f"303, then {page.status}")
        self.ask("GET", "/_stcore/health")  # sets the token that uploads send back

    def report_presence(self) -> None:
        """Tell the server once a minute that the person is active, as pages/shared/shell/presence.js does."""
        if time.monotonic() - self._reported > _REPORT_EVERY:
            self._reported = time.monotonic()
            self.ask("POST", "/presence")

    def sign_out(self) -> None:
        """End the session."""
        self.ask("POST", "/deconnexion")

    def ask_json(self, path: str, message: dict[str, Any]) -> tuple[int, Any]:
        """POST a JSON object. Return the status and the answer, None when it is no JSON."""
        answer = self.ask("POST", path, json.dumps(message).encode(), **{"Content-Type": "application/json"})
        return answer.status, json.loads(answer.body) if answer.status == 200 else None

    def upload(self, path: str, name: str, content: bytes) -> int:
        """PUT a file as Streamlit's uploader does, and return the status."""
        line = secrets.token_hex(16)
        head = (
            f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode()
        tail = f"\r\n--{line}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={line}",
            "Content-Length": str(len(head) + len(content) + len(tail)),
            "X-Xsrftoken": self.cookies.get(_XSRF, ""),
        }
        return self.ask("PUT", path, (head, content, tail), **headers).status

    def socket(self, path: str, *protocols: str) -> ClientConnection:
        """Open a websocket with the cookies."""
        headers, names = {"Cookie": self.cookie_header()}, [Subprotocol(one) for one in protocols]
        return connect(
            f"ws://{self.host}{path}", origin=Origin(f"http://{self.host}"), additional_headers=headers,
            subprotocols=names or None, max_size=None, compression=None, ping_interval=None,
        )  # fmt: skip

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
