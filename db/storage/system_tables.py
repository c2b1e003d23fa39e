"""The tables that Palette keeps beside those of the dictionary: history, access log, seals, accounts, releases, views.
Users never edit them. What must never change is guarded by triggers, against other programs as well."""

from collections.abc import Iterator

from db.storage import attachment_content

_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"

_TABLES = {
    "history": f"""CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  table_name TEXT NOT NULL,
  row_id INTEGER NOT NULL,
  version INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('insert', 'update', 'delete', 'restore', 'erase')),
  before TEXT NOT NULL CHECK (json_valid(before)),
  after TEXT NOT NULL CHECK (json_valid(after))
) STRICT""",
    # Who read or took away what. No names: a person is a number, and what was searched for is not kept.
    "trace": f"""CREATE TABLE trace (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  action TEXT NOT NULL,
  person_id INTEGER,
  detail TEXT NOT NULL
) STRICT""",
    # One link for every line of the two books above: a salted digest of the line, chained to the link before. The
    # salt goes when the line's content is erased: what is left then says nothing of it.
    "seal": """CREATE TABLE seal (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  book TEXT NOT NULL CHECK (book IN ('history', 'trace')),
  line INTEGER NOT NULL,
  salt BLOB,
  digest BLOB NOT NULL,
  chain BLOB NOT NULL,
  UNIQUE (book, line)
) STRICT""",
    # One save by Palette: the lines of the history it wrote, from « first » to « last », so that it is undone whole.
    "operation": f"""CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL CHECK (last >= first),
  undoes INTEGER UNIQUE REFERENCES operation(id)
) STRICT""",
    # A long write (db/rows/long_writes.py) that let others save in between has noted several operations: this says that
    # the operation « id » is a part of the operation « whole », which is its first.
    "operation_part": """CREATE TABLE operation_part (
  id INTEGER PRIMARY KEY REFERENCES operation(id),
  whole INTEGER NOT NULL REFERENCES operation(id)
) STRICT""",
    # The long write of which a part is stored and the rest is not, until it ends. « writing » is 1 while its own
    # transaction runs, so that no other ever reads it as 1.
    "long_write": """CREATE TABLE long_write (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  operation INTEGER NOT NULL REFERENCES operation(id),
  writing INTEGER NOT NULL CHECK (writing IN (0, 1))
) STRICT""",
    "frozen": f"""CREATE TABLE frozen (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  period TEXT NOT NULL,
  known_on TEXT NOT NULL,
  note TEXT NOT NULL,
  version INTEGER NOT NULL,
  numbers TEXT NOT NULL CHECK (json_valid(numbers))
) STRICT""",
    "publication": f"""CREATE TABLE publication (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('publish', 'withdraw')),
  year INTEGER NOT NULL,
  numbers TEXT NOT NULL CHECK (json_valid(numbers))
) STRICT""",
    # What a user chose for an imported file, for the next one: a column, a value, whom a near match was (a
    # digest of name and birth date beside a number).
    "import_choice": f"""CREATE TABLE import_choice (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('table', 'column', 'value', 'person')),
  place TEXT NOT NULL,
  said TEXT NOT NULL,
  chosen TEXT NOT NULL,
  UNIQUE (kind, place, said)
) STRICT""",
    "publication_key": """CREATE TABLE publication_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT""",
    # How many entries of the ledger the public file was written with: fewer, when a crash came between the two.
    "publication_placed": """CREATE TABLE publication_placed (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  entries INTEGER NOT NULL
) STRICT""",
    # What was said of two persons who look like one. No names: they are numbers, which are never given again.
    # Of a merge, « line » is a line that it wrote in the history.
    "pairing": f"""CREATE TABLE pairing (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  one INTEGER NOT NULL,
  other INTEGER NOT NULL CHECK (other <> one),
  verdict TEXT NOT NULL CHECK (verdict IN ('apart', 'again', 'merged')),
  line INTEGER
) STRICT""",
    "account": f"""CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  login TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(login) BETWEEN 1 AND 120),
  name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 80),
  roles TEXT NOT NULL CHECK (json_valid(roles)),
  active INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
  password TEXT,
  subject TEXT UNIQUE
) STRICT""",
    # Moments here are seconds since 1970: they are compared, never read. Tokens are kept as digests only.
    "session": """CREATE TABLE session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token BLOB NOT NULL UNIQUE,
  account_id INTEGER NOT NULL REFERENCES account(id),
  began_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  browser TEXT NOT NULL,
  id_token TEXT
) STRICT""",
    # What a user has a grid show, under a name (db/rows/saved_views.py). Owners are named as the history names them.
    "view": f"""CREATE TABLE "view" (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  name TEXT NOT NULL COLLATE NOCASE CHECK (length(name) BETWEEN 1 AND 60 AND name = trim(name)),
  table_name TEXT NOT NULL,
  grid TEXT NOT NULL,
  owner TEXT NOT NULL REFERENCES account(name) ON UPDATE CASCADE,
  shared INTEGER NOT NULL DEFAULT 0 CHECK (shared IN (0, 1)),
  content TEXT NOT NULL CHECK (json_valid(content) AND json_type(content) = 'object' AND length(content) <= 20000),
  UNIQUE (owner, table_name, grid, name)
) STRICT""",
    "view_default": """CREATE TABLE view_default (
  who TEXT NOT NULL REFERENCES account(name) ON UPDATE CASCADE,
  table_name TEXT NOT NULL,
  grid TEXT NOT NULL,
  view_id INTEGER NOT NULL REFERENCES "view"(id) ON DELETE CASCADE,
  PRIMARY KEY (who, table_name, grid)
) STRICT, WITHOUT ROWID""",
    # How wide a user's columns are, how many stay in sight, how high the rows are (db/rows/grid_layouts.py), for each
    # grid and saved view; without a grid: what holds for all of them.
    "grid_layout": """CREATE TABLE grid_layout (
  who TEXT NOT NULL REFERENCES account(name) ON UPDATE CASCADE,
  table_name TEXT NOT NULL,
  grid TEXT NOT NULL,
  view_id INTEGER REFERENCES "view"(id) ON DELETE CASCADE,
  content TEXT NOT NULL CHECK (json_valid(content) AND json_type(content) = 'object' AND length(content) <= 20000)
) STRICT""",
    # What a user is writing in a form (db/rows/drafts.py). No role reads it; it goes with the person it is about, by a
    # trigger: a foreign key would have SQLite read this table for whoever adds a person.
    "draft": f"""CREATE TABLE draft (
  opening TEXT PRIMARY KEY CHECK (length(opening) = 32),
  account_id INTEGER NOT NULL REFERENCES account(id),
  at TEXT NOT NULL DEFAULT ({_NOW}),
  table_name TEXT NOT NULL,
  row_id INTEGER,
  version INTEGER,
  person_id INTEGER,
  fixed TEXT NOT NULL CHECK (json_valid(fixed) AND json_type(fixed) = 'object'),
  content TEXT NOT NULL CHECK (json_valid(content) AND json_type(content) = 'object' AND length(content) <= 1000000)
) STRICT, WITHOUT ROWID""",
    # The office's logo and its own Word templates (db/customise/office_files.py).
    "office_file": f"""CREATE TABLE office_file (
  name TEXT PRIMARY KEY,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL,
  content BLOB NOT NULL CHECK (length(content) BETWEEN 1 AND 2000000)
) STRICT, WITHOUT ROWID""",
    # The address to which the calendar of a colleague subscribes (db/accounts/calendar_addresses.py): a digest of its
    # secret part, and whose appointments it gives, a code of the list « agent ».
    "calendar_address": f"""CREATE TABLE calendar_address (
  agent TEXT PRIMARY KEY,
  token BLOB NOT NULL UNIQUE,
  at TEXT NOT NULL DEFAULT ({_NOW}),
  who TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "invitation": """CREATE TABLE invitation (
  token BLOB PRIMARY KEY,
  account_id INTEGER REFERENCES account(id),
  kind TEXT NOT NULL CHECK (kind IN ('first', 'password', 'open')),
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "attempt": """CREATE TABLE attempt (
  subject BLOB PRIMARY KEY,
  failures INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "door_key": """CREATE TABLE door_key (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value BLOB NOT NULL CHECK (length(value) = 32)
) STRICT""",
}

_INDEXES = {
    "history_by_row": "CREATE INDEX history_by_row ON history (table_name, row_id, version)",
    "operation_by_first": "CREATE INDEX operation_by_first ON operation (first)",
    "operation_part_by_whole": "CREATE INDEX operation_part_by_whole ON operation_part (whole)",
    "pairing_by_other": "CREATE INDEX pairing_by_other ON pairing (other, one)",
    "trace_by_person": "CREATE INDEX trace_by_person ON trace (person_id, at)",
    "view_default_by_view": "CREATE INDEX view_default_by_view ON view_default (view_id)",
    "grid_layout_of_grid": (
        "CREATE UNIQUE INDEX grid_layout_of_grid ON grid_layout (who, table_name, grid, coalesce(view_id, 0))"
    ),
    "session_by_account": "CREATE INDEX session_by_account ON session (account_id)",
}

KEYS = ("publication_key", "door_key")
"""Tables of one row of 32 random bytes, created with the file."""

_ADDED_ONLY = {
    "frozen": "un bilan figé ne change plus",
    "publication": "ce qui a été publié ne change plus",
    "operation": "une opération ne change plus",
    "operation_part": "une opération ne change plus",
    "pairing": "ce qui a été dit de deux dossiers ne change plus",
}
"""Tables that only grow -> the message for a statement that would change them."""

_BLANKED = (
    "NEW.before = '{}' AND NEW.after = '{}' AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.who = OLD.who"
    " AND NEW.table_name = OLD.table_name AND NEW.row_id = OLD.row_id AND NEW.version = OLD.version"
    " AND NEW.action = OLD.action"
)
_UNSALTED = (
    "NEW.salt IS NULL AND NEW.id = OLD.id AND NEW.book = OLD.book AND NEW.line = OLD.line"
    " AND NEW.digest = OLD.digest AND NEW.chain = OLD.chain"
)

_NUMBER = "(id = NEW.id AND id > 0)"  # before an INSERT, SQLite says -1 where it will choose the number itself
_SEALED = f"{_NUMBER} OR (book = NEW.book AND line = NEW.line)"


def _refused(name: str, event: str, table: str, sentence: str, when: str = "") -> tuple[str, str]:
    moment = "" if event.startswith("AFTER") else "BEFORE "
    return name, f"CREATE TRIGGER {name} {moment}{event} ON {table}{when} BEGIN SELECT RAISE(ABORT, '{sentence}'); END"


def _stays(
    table: str, sentence: str, but: str = "", purged: str = "", taken: str = _NUMBER
) -> Iterator[tuple[str, str]]:
    """Yield triggers that refuse changes and deletions of a table's rows, except changes that meet ``but`` and
    deletions that meet ``purged``.

    INSERT OR REPLACE fires no DELETE trigger, so that an insert of an existing number or UNIQUE value (``taken``) is
    refused too.
    """
    same = f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"
    yield _refused(f"{table}_stays_update", "UPDATE", table, sentence, f" WHEN NOT ({but})" if but else "")
    yield _refused(f"{table}_stays_delete", "DELETE", table, sentence, f" WHEN NOT ({purged})" if purged else "")
    yield _refused(f"{table}_stays_insert", "INSERT", table, sentence, same)
    yield _refused(f"{table}_stays_numbered", "AFTER INSERT", table, sentence, " WHEN NEW.id < 1")


_OLD = "OLD.at < strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-6 months')"
_LAST_WAY_IN = (
    " WHEN OLD.active AND EXISTS (SELECT 1 FROM json_each(OLD.roles) WHERE value = 'admin')"
    " AND NOT (NEW.active AND EXISTS (SELECT 1 FROM json_each(NEW.roles) WHERE value = 'admin'))"
    " AND NOT EXISTS (SELECT 1 FROM account o, json_each(o.roles) r WHERE"
    " o.id <> OLD.id AND o.active AND r.value = 'admin')"
)


_ONE_EACH = "un autre compte porte déjà ce nom, cet identifiant ou ce numéro"
_OF_ANOTHER = (
    " WHEN EXISTS (SELECT 1 FROM account o WHERE {}"
    "((o.id = NEW.id AND o.id > 0) OR o.login = NEW.login OR o.name = NEW.name OR o.subject = NEW.subject))"
)


_OF_THAT_GRID = (
    ' WHEN NOT EXISTS (SELECT 1 FROM "view" v WHERE v.id = NEW.view_id AND v.table_name = NEW.table_name'
    " AND v.grid = NEW.grid AND (v.shared OR v.owner = NEW.who))"
)
_PRIVATE_AGAIN = (
    'CREATE TRIGGER view_stays_private AFTER UPDATE OF shared ON "view" WHEN NOT NEW.shared'
    " BEGIN DELETE FROM view_default WHERE view_id = NEW.id AND who <> NEW.owner; END"
)


_NO_PERSON = " WHEN NEW.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM person p WHERE p.id = NEW.person_id)"
_GOES_WITH_PERSON = (
    "CREATE TRIGGER draft_stays_with_person AFTER DELETE ON person"
    " BEGIN DELETE FROM draft WHERE person_id = OLD.id; END"
)

UNFINISHED = "cette ligne fait partie d’un enregistrement en cours"
_OF_UNFINISHED = """EXISTS (SELECT 1 FROM history h JOIN operation o ON h.id BETWEEN o.first AND o.last
    WHERE h.table_name = {table} AND h.row_id = {row}{and_} AND o.id IN (SELECT operation FROM long_write
      UNION ALL SELECT p.id FROM operation_part p JOIN long_write w ON p.whole = w.operation))"""
_SAME_ROW = _OF_UNFINISHED.format(table="NEW.table_name", row="NEW.row_id", and_="")
_SAME_PERSON = _OF_UNFINISHED.format(
    table="'person'", row="json_extract(NEW.after, '$.person_id')", and_=" AND h.action = 'insert'"
)
_STAYS_UNFINISHED = (
    "CREATE TRIGGER history_stays_unfinished AFTER INSERT ON history"
    " WHEN EXISTS (SELECT 1 FROM long_write WHERE NOT writing)"
    f" BEGIN SELECT RAISE(ABORT, '{UNFINISHED}') WHERE {_SAME_ROW} OR {_SAME_PERSON}; END"
)
"""Every change is written to the history, so that one trigger keeps everybody else away from the rows of a long write
until it has ended, and from adding to the file of a person whom it has created: it may have to be taken back."""


def statements() -> dict[str, str]:
    """Return name -> CREATE statement of every system table, in the order to run."""
    found = dict(_TABLES) | _INDEXES | attachment_content.STATEMENTS
    for name, sentence in _ADDED_ONLY.items():
        taken = f"{_NUMBER} OR undoes = NEW.undoes" if name == "operation" else _NUMBER
        found |= dict(_stays(name, sentence, taken=taken))
    found |= dict(_stays("history", "l’historique ne change pas", but=_BLANKED))
    found |= dict(_stays("seal", "un sceau ne change pas", but=_UNSALTED, taken=_SEALED))
    # A trace goes once it is old: never before the shortest time that the settings allow.
    found |= dict(_stays("trace", "une trace ne change pas", purged=_OLD))
    found |= dict(
        [
            _refused("account_stays_delete", "DELETE", "account", "un compte ne s’efface pas : désactivez-le"),
            # « OR REPLACE » would delete the other account without the trigger above.
            _refused("account_stays_insert", "INSERT", "account", _ONE_EACH, _OF_ANOTHER.format("")),
            _refused("account_stays_update", "UPDATE", "account", _ONE_EACH, _OF_ANOTHER.format("o.id <> OLD.id AND ")),
            _refused(
                "account_last_way_in", "UPDATE", "account", "il faut au moins un administrateur actif", _LAST_WAY_IN
            ),
            _refused(
                "view_default_stays_visible",
                "INSERT",
                "view_default",
                "cette vue n’est pas de cette grille, ou pas partagée",
                _OF_THAT_GRID,
            ),
            _refused("draft_stays_of_person", "INSERT", "draft", "cette personne n’existe plus", _NO_PERSON),
        ]
    )
    found["view_stays_private"] = _PRIVATE_AGAIN
    found["draft_stays_with_person"] = _GOES_WITH_PERSON
    found["history_stays_unfinished"] = _STAYS_UNFINISHED
    return found
