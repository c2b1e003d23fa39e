"""Reading of a file from outside, in a process of its own with hard limits: the only way by which Palette reads one.

Whatever a format does (cells repeated a million times, texts that unfold, an endless search), that process ends and the
person is told why; the server goes on. What is read is in workbook_reader.
"""

import json

from db.base import helper_process
from db.base.errors import WorkbookError
from db.base.garbage_collection import suspend_collection
from db.base.helper_process import HelperError
from db.base.progress import Progress, ignore_progress
from db.base.turns import READING
from db.imports import file_limits
from db.imports.plan_types import SourceWorkbook
from db.imports.workbook_items import WorkbookBuilder

_SENTENCES = {
    helper_process.MEMORY: "« {} » demande trop de mémoire pour être lu : partagez-le en plusieurs fichiers.",
    helper_process.TIME: (
        "« {} » met trop de temps à se lire : il est trop gros, ou abîmé. Enregistrez-le de nouveau depuis votre"
        " tableur, ou partagez-le en plusieurs fichiers."
    ),
    helper_process.OUTPUT: f"« {{}} » est trop gros. {file_limits.TOO_LARGE}",
    helper_process.FAILED: (
        "« {} » ne se lit pas : le fichier est abîmé. Enregistrez-le en XLSX, ODS ou CSV depuis votre tableur."
    ),
}


def read(data: bytes, name: str, progress: Progress = ignore_progress, department: str = "") -> SourceWorkbook:
    """Return the sheets of a file. ``department``: to which nationwide lists are narrowed, '' for none. Raises
    WorkbookError with the reason in French, and what ``progress`` raises."""
    builder = WorkbookBuilder(name)
    request = (json.dumps([name, department]).encode(), b"\n", data)
    module = "db.imports.reader_process"
    try:
        with READING.turn(progress), suspend_collection():
            helper_process.run(
                module, request, file_limits.READING, builder.receive, lambda: progress(0.0, "lecture du fichier")
            )
            return builder.book
    except HelperError as error:
        sentence = str(error) if error.why == helper_process.REFUSED else _SENTENCES[error.why].format(name)
        raise WorkbookError(sentence) from error
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:  # no items of a workbook
        raise WorkbookError(_SENTENCES[helper_process.FAILED].format(name)) from error
