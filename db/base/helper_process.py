"""A fresh Python process with hard limits, for what must not take the server with it: reading a file from outside,
making a large one.

``run`` starts ``python -m MODULE`` and gives it a request on its standard input. The module calls ``serve``, which
limits its own memory, processor time and time in all before it reads a byte, and answers in lines of JSON: plain data,
never pickle, which runs what it is told. Nothing of the request is on a command line, in the environment or in a log.
A process that may write files has a folder of its own for them, which is removed with it, or at the next start when the
server was killed. The process ends with the server. Who calls it holds a turn (turns.py).
"""

import ctypes
import gc
import json
import logging
import math
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, NoReturn

from db.base.errors import PaletteError, without_values
from db.base.work_folders import own_folder

REFUSED, MEMORY, TIME, OUTPUT, FAILED = "refused", "memory", "time", "output", "failed"
_ROOT = Path(__file__).parents[2]
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ")
"""The environment of the server holds keys and passwords, which the process has no use for."""
_POLL_SECONDS = 0.1
_CHUNK = 1 << 20
_LONGEST_LINE = 16_000_000
_OUT_OF_MEMORY = 71
_END_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_DESCRIPTION = re.compile(r"\w{1,80} at [\w/.:()<>\s-]{0,4000}")
"""What ``without_values`` returns: a class, files, lines and functions."""
_WHY_ENDED = {
    _OUT_OF_MEMORY: MEMORY, -signal.SIGABRT: MEMORY, -signal.SIGKILL: MEMORY, -signal.SIGXCPU: TIME,
    -signal.SIGALRM: TIME,
}  # fmt: skip
"""Exit code -> why. Rust aborts where Python raises MemoryError; the kernel kills when the machine has no more."""


@dataclass(frozen=True)
class HelperLimits:
    """``memory``: bytes of address space. ``processor``, ``seconds``: seconds of processor time, and in all.
    ``output``: bytes of the answer. ``file``: bytes of a file that it may write, in a folder that goes with it.
    ``reserves``: whether only memory that can be written counts; V8 (vl-convert) reserves 64 GB that it never uses."""

    memory: int
    processor: int
    seconds: int
    output: int
    file: int = 0
    reserves: bool = False


class HelperError(PaletteError):
    """A request without an answer. ``why``: REFUSED (the message is the sentence to show), MEMORY, TIME, OUTPUT (a
    limit was passed) or FAILED."""

    def __init__(self, why: str, sentence: str = "") -> None:
        self.why = why
        super().__init__(sentence)


# ---- in the server


def run(
    module: str,
    request: Sequence[bytes],
    limits: HelperLimits,
    receive: Callable[[Any], None],
    waiting: Callable[[], None] = lambda: None,
) -> None:
    """Run a module on a request, given in parts, and pass each item of its answer to ``receive``. ``waiting`` is called
    ten times a second. Raises HelperError, and what these two raise; the process has ended then."""
    command = [sys.executable, "-m", module, *(str(int(limit)) for limit in astuple(limits))]
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    with own_folder() if limits.file else nullcontext() as folder:
        if folder:
            environment["TMPDIR"] = folder
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=_ROOT,
            env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            threading.Thread(target=_feed, args=(process, request), daemon=True, name="palette-helper").start()
            _answer(process, limits, receive, waiting)
        finally:
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def _feed(process: subprocess.Popen[bytes], request: Sequence[bytes]) -> None:
    with suppress(OSError):  # the process has ended
        if process.stdin:
            with process.stdin as pipe:
                for part in request:
                    pipe.write(part)


def _answer(
    process: subprocess.Popen[bytes], limits: HelperLimits, receive: Callable[[Any], None], waiting: Callable[[], None]
) -> None:
    until = time.monotonic() + limits.seconds
    for line in _lines(process, limits.output, until, waiting):
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise HelperError(FAILED) from error
        if isinstance(item, dict):
            _raise(item)
        receive(item)
    try:
        code = process.wait(max(0.0, until - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise HelperError(TIME) from error
    if code:
        raise HelperError(_WHY_ENDED.get(code, FAILED))


def _raise(item: dict[str, Any]) -> NoReturn:
    """Raise what ``serve`` says of an error."""
    if REFUSED in item:
        raise HelperError(REFUSED, str(item[REFUSED]))
    description = str(item.get(FAILED))
    if _DESCRIPTION.fullmatch(description):
        logging.getLogger("palette").error("%s", description)
    raise HelperError(FAILED)


def _lines(process: subprocess.Popen[bytes], most: int, until: float, waiting: Callable[[], None]) -> Iterator[bytes]:
    """Yield the lines of the answer. Raises HelperError when they are too long, or too late."""
    pipe: Any = process.stdout
    pieces: list[bytes] = []
    size = length = 0
    heard = -math.inf
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if time.monotonic() - heard >= _POLL_SECONDS:
                heard = time.monotonic()
                waiting()
            if time.monotonic() > until:
                raise HelperError(TIME)
            if not selector.select(_POLL_SECONDS):
                continue
            chunk = os.read(pipe.fileno(), _CHUNK)
            if not chunk:
                return
            size, length = size + len(chunk), length + len(chunk)
            if size > most or length > _LONGEST_LINE:
                raise HelperError(OUTPUT)
            pieces.append(chunk)
            if b"\n" in chunk:
                *lines, rest = b"".join(pieces).split(b"\n")
                pieces, length = [rest], len(rest)
                yield from lines


# ---- in the process


def serve(answer: Callable[[bytes], Iterable[Any]]) -> NoReturn:
    """Limit this process, read the request, write the items of the answer, and end. An expected error becomes its
    sentence, another one its class and place."""
    _limit_this_process(HelperLimits(*map(int, sys.argv[1:])))  # type: ignore[arg-type]  # reserves: 0 or 1
    gc.disable()  # it lives for one request
    code = 0
    try:
        _write(answer(sys.stdin.buffer.read()))
    except MemoryError:
        code = _OUT_OF_MEMORY
    except PaletteError as error:
        _write([{REFUSED: str(error)}])
    except Exception as error:  # noqa: BLE001 — the server writes it to its log
        _write([{FAILED: without_values(error)}])
    os._exit(code)  # at once, without freeing millions of cells one by one


def _limit_this_process(limits: HelperLimits) -> None:
    """Raises ValueError where a limit cannot be set: nothing is read then."""
    for kind, most in (
        (resource.RLIMIT_DATA if limits.reserves else resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.processor),
        (resource.RLIMIT_CORE, 0),  # a core dump would hold the file
        (resource.RLIMIT_FSIZE, limits.file),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, hard if kind == resource.RLIMIT_CPU else most))
    signal.alarm(limits.seconds)
    with suppress(AttributeError, OSError):  # not Linux
        ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGKILL)
    with suppress(OSError):  # docs/palette.service forbids it
        os.nice(10)
    with suppress(OSError):  # where there is no /proc
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def send(item: Any) -> None:
    """Write one item of the answer at once, before the others."""
    _write([item])


def _write(items: Iterable[Any]) -> None:
    for item in items:
        sys.stdout.buffer.write(json.dumps(item, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()
