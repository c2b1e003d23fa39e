"""What is an error of the server, as a client meets it."""

import http.client

from websockets.exceptions import WebSocketException

from benchmarks.live_server.browser_session import SignInError
from benchmarks.live_server.tab import TabError

FAULTS = (TabError, SignInError, OSError, http.client.HTTPException, WebSocketException, ValueError, KeyError)
