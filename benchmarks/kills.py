"""`python -m benchmarks kills [COUNT]`: kill Palette at random moments, start it again, and say what was lost.

Each round works on a new copy of a small office file (the demonstration for a release): a child process does one kind
of work and says what it has acknowledged, until it is killed. Then what the server does at its start is done. Expected:
a sound file, nothing acknowledged lost, nobody erased back, no copy left.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.live_server.palette import descendants, resident
from db.accounts import accounts
from db.backup import create, daily, restore, witness
from db.base import folders, work_folders
from db.base.errors import PaletteError
from db.demo.create import write as write_demonstration
from db.model.roles import Role
from db.people import erasure
from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check

ROOT = Path(__file__).parents[1]
PERSONS = 60
LONGEST = 1.2
"""Seconds of work before the kill, at most; what takes longer gets several times as many."""

_TEMPORARY = "temporary"
_HELPERS_END = 20.0

_BEGINS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from db.backup import create, restore
from db.base import folders
from db.imports import isolated_reader
from db.imports.plan import plan
from db.imports.plan_types import ImportChoices
from db.imports.write import write
from db.people import erasure, merge
from db.people.merge_preview import look
from db.rows import bulk_edits, records
from db.rows.drafts import FormDrafts, FormOpening
from db.rows.records import Edit
from db.storage import connection
path, public, backup = map(Path, sys.argv[1:4])
def told(*words): print(json.dumps(words), flush=True)
def opened():
    told("began")
    return connection.open_file(path)
def import_rows(db, name, count):
    lines = [f"{name} {number};Ada;Femme" for number in range(count)]
    content = "\\n".join(["Nom;Prénom;Genre", *lines]).encode()
    made = plan(db, isolated_reader.read(content, "personnes.csv"), ImportChoices(accept_resemblances=True))
    write(db, made, "Ada")
"""
WORK = {
    "save": """
db = opened()
for turn in range(10**6):
    records.save(db, db.tables["person"], Edit({"town": str(turn)}, turn % 60 + 1, turn // 60 + 1), "Ada")
    told("town", turn % 60 + 1, turn)
""",
    "bulk": """
db = opened()
for turn in range(10**6):
    seen = bulk_edits.preview(db, db.tables["person"], range(1, 61), "town", str(turn), "Ada")
    bulk_edits.change(db, db.tables["person"], seen, "Ada")
    told("towns", turn)
""",
    "import": """
db = opened()
for turn in range(10**6):
    import_rows(db, f"Importée {turn}", 200)
    told("imported", turn)
""",
    "import in slices": """
import threading
from db.rows import long_writes
db = opened()
long_writes._SHORTEST = 0.02
def save():
    own = connection.open_file(path)
    for turn in range(10**6):
        records.save(own, own.tables["person"], Edit({"town": str(turn)}, turn % 60 + 1, turn // 60 + 1), "Zoé")
        told("town", turn % 60 + 1, turn)
threading.Thread(target=save, daemon=True).start()
for turn in range(10**6):
    import_rows(db, f"Tranche {turn}", 400)
    told("imported in slices", turn)
""",
    "merge": """
db = opened()
for keep in range(1, 60, 2):
    versions = look(db, keep, keep + 1).versions
    merge.merge(db, keep, keep + 1, merge.MergeChoices(), versions, "Ada")
    told("merged", keep + 1)
""",
    "erasure": """
db = opened()
for person in range(1, 61, 6):
    told("erasing", *range(person, person + 6))
    erasure.erase(db, range(person, person + 6), "Ada")
    told("erased", *range(person, person + 6))
""",
    "upgrade": """
while True:
    db = opened()
    db.execute("DROP INDEX person_by_town")
    db.close()
    connection._ready.clear()
""",
    "backup": """
told("began")
while True:
    told("backup", create.make_backup(path, folders.backup_folder(path), datetime.now(UTC)).name)
""",
    "restoration": """
told("began")
while True:
    restore.restore_backup(backup, path)
    told("restored")
""",
    "release": """
from publication import publish
db = opened()
for year in (2022, 2023):
    publish.release(db, path, year, public, "Ada")
    told("published", year)
""",
    "export": """
from reports.pdf import person_file
from reports.sheets import whole_file
db = opened()
while True:
    for one in whole_file.FORMATS:
        one.make(db, "2026-11-28")
    person_file.zip_bytes(db, 1, "2026-11-28")
""",
    "draft": """
db = opened()
drafts = FormDrafts(db, 1)
opening = drafts.begin(FormOpening("person", 1, 1, {}))
for turn in range(10**6):
    drafts.add_texts(opening, {"note": str(turn)})
    told("draft", turn)
""",
}


def show(words: list[str]) -> int:
    """Run the rounds, print what was found, and return the number of failures."""
    count = int(words[0]) if words else 200
    failures, killed = [], dict.fromkeys(WORK, 0)
    with tempfile.TemporaryDirectory(prefix="palette-kills-") as folder:
        prepared = _prepare(Path(folder))
        rng = random.Random(2022)
        for number in range(count):
            kind = list(WORK)[number % len(WORK)]
            found, was_killed = _round(Path(folder) / f"{number}", prepared[kind == "release"], kind, rng)
            killed[kind] += was_killed
            failures += [f"{kind}, round {number}: {one}" for one in found]
    print("kills during work: " + ", ".join(f"{kind} {many}" for kind, many in killed.items()))
    print("\n".join(failures) or f"{count} rounds: sound, nothing acknowledged lost, nobody erased back, no copy left")
    return len(failures)


def _prepare(folder: Path) -> tuple[Path, Path]:
    """Make the two files that the rounds copy: a small one, and the demonstration."""
    small, demonstration = folder / "small.db", folder / "demonstration.db"
    with closing(connection.create(small)) as db:
        accounts.create(db, "ada@exemple.fr", "Ada", Role, "Ada")
        for number in range(PERSONS):
            values = {"last_name": f"Personne {number}", "first_name": "Lou", "gender": "woman"}
            records.save(db, db.tables["person"], Edit(values), "Ada")
    write_demonstration(demonstration)
    return small, demonstration


def _round(folder: Path, prepared: Path, kind: str, rng: random.Random) -> tuple[list[str], bool]:
    """Kill one kind of work at a random moment. Return what is wrong afterwards, and whether it was still at work."""
    folder.mkdir()
    path = folder / "palette.db"
    shutil.copy(prepared, path)
    backup = path
    if kind == "restoration":
        backup = create.make_backup(path, folders.backup_folder(path), datetime.now(UTC))
        with closing(connection.open_file(path)) as db:
            erasure.erase(db, range(1, 51), "Ada")
    moment = rng.uniform(0, LONGEST * {"release": 10, "import in slices": 4}.get(kind, 1))
    said, ended = _until_killed(WORK[kind], [path, folder / "public.db", backup], moment)
    _start_again(path)
    with closing(connection.open_file(path)) as db:
        found = [*check(db), *erasure.problems(db), *witness.problems(db, path), *_lost(db, path, said)]
        if kind == "restoration":
            found += _back_or_gone(db)
    found += [f"left: {one.relative_to(folder)}" for one in folder.rglob("*") if _is_left(one)]
    found += _unusable_backup(folder, path, said)
    shutil.rmtree(folder)
    if ended > 0:
        found.append("the work ended with an error")
    return found, ended == -signal.SIGKILL


def _start_again(path: Path) -> None:
    """Do what Palette does at its start, with the temporary folder that the killed process had."""
    work_folders.clear_left_folders(path.parent)
    with patch.object(tempfile, "tempdir", str(path.with_name(_TEMPORARY))):
        daily.at_start(path)


def _back_or_gone(db: Any) -> Iterator[str]:
    """Yield what a restoration did wrong: of sixty persons, fifty were erased after the backup."""
    if back := _one(db, "SELECT count(*) FROM person WHERE id <= 50"):
        yield f"{back} erased persons are back"
    if (others := _one(db, "SELECT count(*) FROM person WHERE id > 50")) != PERSONS - 50:
        yield f"{others} of {PERSONS - 50} persons are there who were not erased"


def _is_left(path: Path) -> bool:
    """Return whether a file is what only work in progress has: a part, a journal, something in the temporary folder."""
    is_copys_log = path.name.endswith(("-journal", "-wal", "-shm")) and not path.name.startswith("palette.db-")
    return ".part" in path.name or is_copys_log or "-travail-" in path.name or path.parent.name == _TEMPORARY


def _unusable_backup(folder: Path, path: Path, said: list[list[Any]]) -> list[str]:
    """Return why the last backup that was acknowledged cannot be restored, if it cannot."""
    names = [words[0] for kind, *words in said if kind == "backup"]
    if not names or not (backup := folders.backup_folder(path) / names[-1]).exists():
        return []
    other = folder / "restored" / "palette.db"
    other.parent.mkdir()
    try:
        restore.restore_backup(backup, other)
        with closing(connection.open_file(other)) as db:
            return [f"in a backup: {problem}" for problem in check(db)]
    except PaletteError as error:
        return [f"a backup cannot be restored: {error}"]


def _until_killed(program: str, words: list[Path], moment: float) -> tuple[list[list[Any]], int]:
    """Return what a child has said in whole lines until it was killed, ``moment`` seconds after it began, and how it
    ended."""
    temporary = words[0].with_name(_TEMPORARY)
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)}
    command = [sys.executable, "-c", _BEGINS + program, *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as child:
        assert child.stdout
        first = child.stdout.readline()
        time.sleep(moment)
        helpers = list(descendants(child.pid))
        child.send_signal(signal.SIGKILL)
        said, _, _ = (first + child.stdout.read()).rpartition(b"\n")
    _wait_for(helpers)
    return [json.loads(line) for line in said.splitlines()], child.returncode


def _wait_for(helpers: list[int]) -> None:
    """Wait until the helper processes of a killed process have ended. Raises TimeoutError when they do not."""
    until = time.monotonic() + _HELPERS_END
    while any(map(resident, helpers)):
        if time.monotonic() > until:
            raise TimeoutError(f"helper processes go on {_HELPERS_END:.0f} s after their server: {helpers}")
        time.sleep(0.05)


def _lost(db: Any, path: Path, said: list[list[Any]]) -> Iterator[str]:
    """Yield what was acknowledged and is not there. A save may have gone one further, whose answer was cut off."""
    towns = dict(db.execute("SELECT id, CAST(coalesce(town, -1) AS INTEGER) FROM person").fetchall())
    last = {kind: words for kind, *words in said}
    for kind, *words in said:
        match kind:
            case "town" if towns[words[0]] < words[1]:
                yield f"a saved town: {words}"
            case "towns" if min(towns.values()) < words[0] or len(set(towns.values())) != 1:
                yield f"a bulk change: {words}"
            case "merged" if not _one(db, "SELECT deleted_at IS NOT NULL FROM person WHERE id = ?", words[0]):
                yield f"a merge: {words}"
            case "erased" | "erasing" if _is_there(db, path, kind, words):
                yield f"an erasure: {words}"
            case "backup" if not (folders.backup_folder(path) / words[0]).exists():
                yield f"a backup: {words}"
            case "imported" if (imported := _named(db, f"Importée {words[0]} %")) != 200:
                yield f"an import: {words}, {imported} rows"
            case "imported in slices" if (imported := _named(db, f"Tranche {words[0]} %")) != 400:
                yield f"an import in slices: {words}, {imported} rows"
    years = {row[0] for row in db.execute("SELECT year FROM publication")}
    if "published" in last and not (last["published"][0] in years and path.with_name("public.db").exists()):
        yield f"a release: {last['published']}"
    drafts = [int(json.loads(content)["note"]) for (content,) in db.execute("SELECT content FROM draft")]
    if "draft" in last and max(drafts, default=-1) < last["draft"][0]:
        yield f"a draft: {last['draft']}"
    partly = _named(db, "Importée%") % 200 or _named(db, "Tranche%") % 400
    if partly:
        yield f"an import in part: {partly} rows"


def _named(db: Any, pattern: str) -> int:
    return int(_one(db, "SELECT count(*) FROM person WHERE deleted_at IS NULL AND last_name LIKE ?", pattern))


def _is_there(db: Any, path: Path, kind: str, persons: list[int]) -> bool:
    """Return whether somebody erased is there. An erasure that was killed is all done, or not begun."""
    there = [person for person in persons if _one(db, "SELECT count(*) FROM person WHERE id = ?", person)]
    return bool(there) and (kind == "erased" or len(there) < len(persons))


def _one(db: Any, sql: str, *values: Any) -> Any:
    return db.execute(sql, values).fetchone()[0]
