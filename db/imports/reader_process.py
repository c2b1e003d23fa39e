"""The process that reads one file: ``python -m db.imports.reader_process``, started by isolated_reader alone.

The request is the name of the file and the office's department in JSON, a line break, and the bytes of the file. It is
started for each file, so it imports as little as reading needs.
"""

import json
from collections.abc import Iterator
from typing import Any

from db.base import helper_process
from db.imports import departments, workbook_items, workbook_reader


def answer(request: bytes) -> Iterator[Any]:
    """Yield the items of the file. Raises WorkbookError."""
    end = request.index(b"\n")
    name, department = json.loads(request[:end])
    book = workbook_reader.read(request[end + 1 :], name)
    return workbook_items.items_of(departments.narrow(book, department))


if __name__ == "__main__":
    helper_process.serve(answer)
