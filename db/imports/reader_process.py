"""The process that reads one file: ``python -m db.imports.reader_process``, started by isolated_reader alone.

The request is the name of the file in JSON, a line break, and its bytes. It is started for each file, so it imports as
little as reading needs.
"""

import json
from collections.abc import Iterator
from typing import Any

from db.base import helper_process
from db.imports import workbook_items, workbook_reader


def answer(request: bytes) -> Iterator[Any]:
    """Yield the items of the file. Raises WorkbookError."""
    end = request.index(b"\n")
    name = json.loads(request[:end])
    return workbook_items.items_of(workbook_reader.read(request[end + 1 :], name))


if __name__ == "__main__":
    helper_process.serve(answer)
