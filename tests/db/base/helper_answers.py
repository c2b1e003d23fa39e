"""A module for test_helper_process: each request names one way in which a process answers, or fails to."""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from db.base import helper_process
from db.base.errors import WorkbookError


def answer(request: bytes) -> Any:
    """Do what the request says."""
    match request:
        case b"facts":
            return [[sys.argv[1:], sorted(os.environ), sorted(map(int, os.listdir("/proc/self/fd"))), os.getpid()]]
        case b"refuse":
            raise WorkbookError("Trop vieux.")
        case b"fail":
            raise RuntimeError("Hugo Victor")
        case b"memory":
            return [len(bytearray(2_000_000_000))]
        case b"abort":
            os.abort()
        case b"crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case b"spin":
            while True:
                pass
        case b"sleep":
            time.sleep(600)
        case b"sleep after telling":
            helper_process.send(os.getpid())
            time.sleep(600)
        case b"endless":
            return iter(lambda: "x" * 1_000, None)
        case b"one long line":
            return ["x" * 20_000_000]
        case b"no JSON":
            os.write(1, b"cos\nsystem\n(S'true'\ntR.\n")
        case b"write a file":
            Path(os.environ["PATH"]).joinpath("x").write_text("x")
    return [json.loads(request)]


if __name__ == "__main__":
    helper_process.serve(answer)
