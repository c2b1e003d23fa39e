"""One tab of Palette: Streamlit's websocket and messages, and the elements that its page shows."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.live_server.browser_session import BrowserSession

LONGEST = 120.0
"""Seconds within which a run of a page ends."""
_EARLY = 2  # ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN: another run follows


class TabError(Exception):
    """The page did not do as expected: a name, a status, a lapse of time."""


@dataclass(frozen=True)
class Shown:
    """One element or block of the page. ``kind``: its name in Streamlit's protocol; ``run``: the run that drew it."""

    kind: str
    proto: Any
    run: str
    fragment: str


class Tab:
    """A tab that shows one screen after the other. ``exceptions``: what the pages showed as an error of the program."""

    def __init__(self, browser: BrowserSession) -> None:
        self.browser = browser
        self.exceptions: list[str] = []
        self.elements: dict[tuple[int, ...], Shown] = {}
        self._intervals: dict[str, float] = {}
        self._session = self._page = self._run_id = ""
        self._numbers = count(1)
        self._socket = browser.socket("/_stcore/stream", "streamlit")

    def close(self) -> None:
        """Leave, as a browser does that closes the tab."""
        self._socket.close()

    # ---- what it shows

    def all(self, kind: str) -> list[Any]:
        """Return the elements or blocks of a kind, in their order on the page."""
        return [shown.proto for _, shown in sorted(self.elements.items()) if shown.kind == kind]

    def find(self, kind: str, label: str) -> Any:
        """Return the element of a kind with this label, otherwise the first whose label begins so, or None."""
        labelled = [one for one in self.all(kind) if one.label.startswith(label)]
        return next((one for one in labelled if one.label == label), labelled[0] if labelled else None)

    def errors(self) -> list[str]:
        """Return the texts of the alerts that tell an error."""
        return [one.body for one in self.all("alert") if one.format == Alert.ERROR]

    def texts(self, *kinds: str) -> list[str]:
        """Return the texts of alerts and the like."""
        return [one.body for kind in kinds or ("alert",) for one in self.all(kind)]

    # ---- what it asks

    def open(self, path: str, query: str = "") -> None:
        """Show a screen ('' for the first one)."""
        self._page = ""
        self._rerun(page_name=path, query_string=query)

    def change(self, element: Any, **value: Any) -> None:
        """Set the value of a widget, as ``int_value=2``, or press a button: ``trigger_value=True``. Of a fragment, only
        that runs."""
        fragments = [shown.fragment for shown in self.elements.values() if getattr(shown.proto, "id", "") == element.id]
        self._rerun([(element.id, value)], fragment_id=fragments[0])

    def press(self, label: str) -> None:
        """Press the button whose label begins so. Raises TabError when there is none, or it is disabled."""
        button = self.find("button", label)
        if button is None or button.disabled:
            raise TabError(f"« {label} » {'is disabled' if button else 'is not there'}; shown: {self.texts()}")
        self.change(button, trigger_value=True)

    def upload(self, name: str, content: bytes) -> None:
        """Give a file to the page's uploader. Raises TabError when it is not taken."""
        (uploader,) = self.all("file_uploader")
        request = BackMsg()
        request.file_urls_request.request_id = f"upload-{next(self._numbers)}"
        request.file_urls_request.file_names.append(name)
        request.file_urls_request.session_id = self._session
        self._send(request)
        (urls,) = self._until("file_urls_response").file_urls_response.file_urls
        status = self.browser.upload(urls.upload_url, name, content)
        if status != 204:
            raise TabError(f"the upload was answered by {status}")
        message = BackMsg()
        state = message.rerun_script.widget_states.widgets.add(id=uploader.id)
        info = state.file_uploader_state_value.uploaded_file_info.add(
            name=name, size=len(content), file_id=urls.file_id
        )
        info.file_urls.CopyFrom(urls)
        self._run(message)

    def download(self, label: str) -> int:
        """Click the download button whose label contains a text. Return the number of bytes. Raises TabError."""
        button = self.download_button(label)
        if button is None:
            raise TabError(f"« {label} » is not there: {self.texts()}")
        url = button.url or self._deferred(button.deferred_file_id)
        answer = self.browser.ask("GET", url)
        if answer.status != 200 or not answer.body:
            raise TabError(f"« {label} » was answered by {answer.status}")
        return len(answer.body)

    def download_button(self, label: str) -> Any:
        """Return the last download button whose label contains a text, or None."""
        return next((one for one in reversed(self.all("download_button")) if label in one.label), None)

    def _deferred(self, file_id: str) -> str:
        request = BackMsg()
        request.backend_operation_request.request_id = f"file-{next(self._numbers)}"
        request.backend_operation_request.session_id = self._session
        request.backend_operation_request.deferred_file.file_id = file_id
        self._send(request)
        answer = self._until("backend_operation_response").backend_operation_response
        if answer.error_msg:
            raise TabError(f"the file was not made: {answer.error_msg}")
        return str(answer.deferred_file.url)

    def wait_until(self, is_met: Callable[["Tab"], object], seconds: float, what: str) -> None:
        """Run what the page repeats by itself (a job's progress) until something is met. Raises TabError after
        ``seconds``."""
        until = time.monotonic() + seconds
        while not is_met(self):
            if time.monotonic() > until:
                raise TabError(f"not within {seconds:.0f} s: {what}; shown: {self.texts()}")
            fragment, interval = next(iter(self._intervals.items()), ("", 0.5))
            time.sleep(interval)
            if fragment:
                self._rerun(fragment_id=fragment, is_auto_rerun=True)
            else:
                self._rerun()

    # ---- the protocol

    def _rerun(self, values: list[tuple[str, dict[str, Any]]] | None = None, **client: Any) -> None:
        message = BackMsg()
        for name, value in client.items():
            setattr(message.rerun_script, name, value)
        for widget, value in values or ():
            message.rerun_script.widget_states.widgets.add(id=widget, **value)
        self._run(message)

    def _run(self, message: BackMsg) -> None:
        """Ask for a run and read its messages to its end."""
        message.rerun_script.page_script_hash = self._page
        message.rerun_script.context_info.timezone = "Europe/Paris"
        message.rerun_script.context_info.locale = "fr-FR"
        message.rerun_script.SetInParent()
        self._send(message)
        while self._until("script_finished").script_finished == _EARLY:
            pass

    def _send(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())

    def _until(self, kind: str) -> ForwardMsg:
        """Read messages up to the first of a kind."""
        until = time.monotonic() + LONGEST
        for message in self._messages(until):
            self._take(message)
            if message.WhichOneof("type") == kind:
                return message
        raise TabError(f"no {kind} within {LONGEST:.0f} s")

    def _messages(self, until: float) -> Iterator[ForwardMsg]:
        with suppress(TimeoutError):
            while True:
                content = self._socket.recv(max(0.0, until - time.monotonic()))
                yield ForwardMsg.FromString(content)

    def _take(self, message: ForwardMsg) -> None:
        run = message.metadata.run
        match message.WhichOneof("type"):
            case "new_session":
                self._session = message.new_session.initialize.session_id
                self._page, self._run_id = message.new_session.page_script_hash, run.script_run_id
                if not run.fragment_ids:
                    self._intervals.clear()
            case "navigation":
                self._page = message.navigation.page_script_hash
            case "delta":
                self._draw(tuple(message.metadata.delta_path), message.delta)
            case "auto_rerun":
                self._intervals[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "stop_auto_rerun":
                for fragment in message.stop_auto_rerun.fragment_ids:
                    self._intervals.pop(fragment, None)
            case "script_finished" if message.script_finished != _EARLY:
                self._forget_old(set(run.fragment_ids))

    def _draw(self, path: tuple[int, ...], delta: Any) -> None:
        proto: Any
        if delta.WhichOneof("type") == "new_element":
            kind = delta.new_element.WhichOneof("type") or "empty"
            proto = getattr(delta.new_element, kind)
        elif delta.WhichOneof("type") == "add_block":
            kind = delta.add_block.WhichOneof("type") or "vertical"
            proto = getattr(delta.add_block, kind)
        else:
            return
        self.elements[path] = Shown(kind, proto, self._run_id, delta.fragment_id)
        if kind == "exception":
            self.exceptions.append(f"{proto.type} {proto.message}")

    def _forget_old(self, fragments: set[str]) -> None:
        """Drop what an earlier run drew and this one did not: of the page, or of the fragments that ran."""
        self.elements = {
            path: shown
            for path, shown in self.elements.items()
            if shown.run == self._run_id or (fragments and shown.fragment not in fragments)
        }
