"""The documents name files, modules and tests that exist: a name in backquotes is looked up."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TESTS = "\n".join(path.read_text() for path in ROOT.glob("tests/**/*.py"))


def test_every_test_and_file_named_in_a_document_exists():
    missing = []
    for document in DOCUMENTS:
        for name in re.findall(r"`([\w/]+\.py|test_\w+)`", document.read_text()):
            module = name.removesuffix(".py")
            is_function = f"def {module}(" in TESTS
            if (
                not is_function
                and not list(ROOT.glob(f"[!.]*/**/{module}.py"))
                and not (ROOT / f"{module}.py").exists()
            ):
                missing.append(f"{document.name}: {name}")
    assert missing == []
