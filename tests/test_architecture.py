"""The rooms of the house: what each may import, and the limits that keep it readable. See docs/architecture.md.

Each room says in the docstring of its ``__init__.py`` what belongs in it and, after « May import: », which others it
may import. These tests and the table of docs/architecture.md read that sentence; it stands nowhere else.
"""

import ast
import re
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = ("db", "reports", "publication", "partners", "server", "pages")
LONGEST = 365
"""Lines of a module; those named below are tables of declarations, one row each."""
DECLARATIONS = {"db/model/dictionary.py"}
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM)\b|\.execute\(", re.DOTALL)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the product by its dotted name, parsed."""
    wanted = ["app.py", *(f"{floor}/*.py" for floor in FLOORS)]
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *wanted]
    files = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    paths = [ROOT / file for file in files if (ROOT / file).exists()]
    return {name_of(path): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def path_of(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def room_of(module: str) -> str:
    """The innermost package of a module; a package is its own room."""
    path = path_of(module)
    return name_of(path) if path.name == "__init__.py" else module.rpartition(".")[0] or module


@cache
def rooms() -> dict[str, str]:
    """Each room with the docstring of its package."""
    packages = {name: tree for name, tree in modules().items() if path_of(name).name == "__init__.py"}
    return {name: ast.get_docstring(tree) or "" for name, tree in packages.items()}


@cache
def may_import(docstring: str) -> list[str]:
    """What a docstring allows, as dotted names; ['nothing'] for nothing."""
    sentence = re.search(r"May import: (.*?)\.(?:\n|$)", docstring, re.DOTALL)
    return " ".join(sentence[1].split()).split(", ") if sentence else []


@cache
def imports(tree: ast.Module) -> list[str]:
    """The modules that a module imports, wherever the statement stands."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [item.name for item in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{item.name}" for item in node.names]
            found += [name if name in modules() else node.module for name in names]
    return found


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def is_allowed(importer: str, imported: str) -> bool:
    """Whether the room of a module may import another module: its own room, its rooms within, or what it declares."""
    room = room_of(importer)
    allowed = may_import(rooms().get(room, ""))
    if allowed == ["every other room of db"]:
        allowed = ["db"]
    if is_within(imported, room) and not imported.startswith("pages."):
        return True
    if importer.startswith("pages.") and room_of(imported) == "pages":
        return False  # no page imports a page
    return room_of(imported) == room or any(is_within(imported, name) for name in allowed)


def test_every_room_says_what_it_may_import():
    assert [name for name, docstring in rooms().items() if not may_import(docstring)] == []


def test_no_room_imports_what_it_may_not():
    offenders = [
        f"{name} imports {imported}"
        for name, tree in modules().items()
        for imported in imports(tree)
        if name != "app" and imported.split(".")[0] in (*FLOORS, "app") and not is_allowed(name, imported)
    ]

    assert offenders == []
    assert not is_allowed("db.base.errors", "db.model.fields"), "the control"
    assert not is_allowed("partners.site", "db.base.errors"), "the control"
    assert not is_allowed("pages.cer", "pages.aid"), "the control"
    assert not is_allowed("server.gate", "pages.shared.shell.session"), "the control"


def test_no_module_imports_itself_through_others():
    # A package holds nothing but its docstring: importing a module of it is not importing the package.
    names = modules().keys() - rooms().keys()
    graph = {name: (names & set(imports(tree))) - {name} for name, tree in modules().items()}

    assert cycle(graph) == []
    assert cycle({"a": {"b"}, "b": {"a"}}) != [], "the control"


def test_no_room_is_imported_by_a_room_that_it_imports():
    graph: dict[str, set[str]] = {}
    for name, tree in modules().items():
        others = {room_of(one) for one in imports(tree) if one in modules()}
        graph.setdefault(room_of(name), set()).update(others - {room_of(name)})

    assert cycle(graph) == []


def cycle(graph: dict[str, set[str]]) -> list[str]:
    """The nodes of a cycle, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_streamlit_stays_in_the_pages():
    offenders = [
        name
        for name, tree in modules().items()
        if not name.startswith("pages") and name != "app" and any(is_within(one, "streamlit") for one in imports(tree))
    ]

    assert offenders == []
    assert any(is_within(one, "streamlit") for one in imports(modules()["pages.cer"])), "the control"


def test_a_file_is_offered_by_the_module_that_asks_for_rights_at_the_click():
    """``st.download_button`` elsewhere would give a file to whoever had the right when the page was drawn."""
    users = [name for name in modules() if name.startswith("pages") and "st.download_button(" in source_of(name)]

    assert users == ["pages.shared.shell.downloads"]


def test_pages_hold_no_sql():
    assert [name for name in modules() if name.startswith("pages") and has_sql(source_of(name))] == []
    assert has_sql("db.execute(sql)"), "the control"


def source_of(module: str) -> str:
    return path_of(module).read_text(encoding="utf-8")


def has_sql(source: str) -> bool:
    return SQL.search(source) is not None


def test_a_connection_with_somebodys_roles_names_its_file():
    """A session may visit the demonstration: what is opened for it without a file would be the office's own."""
    offenders = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("thread_office") and len(node.args) == 1
    ]

    assert offenders == []


def test_the_server_and_the_grid_load_no_library_that_only_other_screens_need():
    """Each costs every server 10 to 80 MB, and up to a second of its start."""
    command = "import sys, app, pages.shared.grid.grid; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())

    assert {"db.rows.records", "streamlit"} <= loaded
    assert loaded & {"pandas", "pyarrow", "altair", "vl_convert", "typst", "pptx", "scipy"} == set()


def test_no_two_classes_have_one_name():
    places: dict[str, list[str]] = {}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(name)

    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_no_module_is_too_long():
    lengths = {path_of(name).relative_to(ROOT).as_posix(): source_of(name).count("\n") for name in modules()}
    long = {path for path, length in lengths.items() if length > LONGEST}

    assert {path: lengths[path] for path in long - DECLARATIONS} == {}
    assert DECLARATIONS - long == set(), "no longer long: take it off the list"


def _order(name: str, docstring: str) -> tuple[int, int, str]:
    """Floor by floor; in each, first what imports least."""
    allowed = may_import(docstring)
    count = 99 if allowed == ["every other room of db"] else len(allowed) - (allowed == ["nothing"])
    return FLOORS.index(name.split(".")[0]), count, name


def rooms_table() -> str:
    """The table of docs/architecture.md."""
    lines = ["| room | what belongs in it | may import |", "| --- | --- | --- |"]
    for name, docstring in sorted(rooms().items(), key=lambda room: _order(*room)):
        what = " ".join(re.split(r"May import:|\n\n", docstring)[0].split())
        lines.append(f"| `{name.replace('.', '/')}` | {what} | {', '.join(may_import(docstring))} |")
    return "\n".join(lines)


def test_the_documentation_shows_the_rooms_as_they_are():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = page.partition("<!-- rooms -->\n")[2].partition("\n<!-- /rooms -->")[0]

    assert shown == rooms_table(), f"write this into docs/architecture.md:\n{rooms_table()}"
