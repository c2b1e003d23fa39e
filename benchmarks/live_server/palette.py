"""The server under measure: started on a scratch folder, its memory sampled, and what it leaves behind."""

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SAMPLE_SECONDS = 0.1
_START_SECONDS = 60


class RunningPalette:
    """Palette as `make run` starts it, on the office file in ``folder``, with the temporary folder ``folder``/tmp.

    ``log``: what it prints. ``own_peak``, ``peak``: the most memory so far of the server, and of it with its helper
    processes, in MB.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.file, self.log = folder, folder / "palette.db", folder / "server.log"
        self.temporary = folder / "tmp"
        self.own_peak = self.peak = 0.0
        self.port = _free_port()
        self.host = f"127.0.0.1:{self.port}"
        self._stop = threading.Event()

    def start(self) -> None:
        """Start it, wait until it answers, and sample its memory from then on."""
        self.temporary.mkdir()
        # The partners' site is no part of the measure.
        paths = {"PALETTE_DATA": self.folder, "PALETTE_PUBLIC": self.folder / "public", "TMPDIR": self.temporary}
        environment = {**os.environ, **{name: str(path) for name, path in paths.items()}}
        options = [f"--server.port={self.port}", "--server.address=127.0.0.1", "--browser.serverAddress=127.0.0.1"]
        command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        atexit.register(self.process.kill)  # whatever the measure ends with; nothing once it has ended
        self._wait()
        threading.Thread(target=self._sample, daemon=True).start()

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"http://{self.host}/sante", timeout=1).close()
                return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise TimeoutError(f"the server did not answer: {self.log.read_text()[-2000:]}")

    def _sample(self) -> None:
        while not self._stop.wait(_SAMPLE_SECONDS):
            own = resident(self.process.pid)
            self.own_peak = max(self.own_peak, own)
            self.peak = max(self.peak, own + sum(map(resident, self.helpers())))

    def memory(self) -> float:
        """Return the resident memory of the server now, in MB."""
        return resident(self.process.pid)

    def helpers(self) -> list[int]:
        """Return the processes that the server has started and that still run."""
        return list(descendants(self.process.pid))

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def stop(self) -> list[str]:
        """End it as a service manager does. Return what is left: processes, temporary files, how it ended otherwise."""
        left = [f"process {one}: {_command(one)}" for one in self._lasting_helpers()]
        left += [] if self.is_running else [f"the server had ended: {self.process.returncode}"]
        self._stop.set()
        helpers = self.helpers()
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            left.append("the server did not end within 30 s")
        left += [f"orphan {one}: {_command(one)}" for one in helpers if resident(one)]
        left += [f"file {one.relative_to(self.folder)}" for one in sorted(self.temporary.rglob("*"))]
        return left + [f"file {one.relative_to(self.folder)}" for one in sorted(self.folder.rglob("*.part*"))]

    def _lasting_helpers(self) -> list[int]:
        """Return the helpers that still run after ten seconds."""
        until = time.monotonic() + 10
        while self.helpers() and time.monotonic() < until:
            time.sleep(0.2)
        return self.helpers()

    def troubles(self) -> list[str]:
        """Return the lines of the log that begin a traceback or tell an error."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if "Traceback" in line or " ERROR " in line or " CRITICAL " in line]


def resident(process: int) -> float:
    """Return the resident memory of a process in MB, 0 when it has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def descendants(process: int) -> Iterator[int]:
    """Yield the processes that a process has started, and those that they have, as far as they still run."""
    with suppress(OSError):
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                for child in map(int, (task / "children").read_text(encoding="ascii").split()):
                    yield child
                    yield from descendants(child)


def _command(process: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    return "ended"


def _free_port() -> int:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
