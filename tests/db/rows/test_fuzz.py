"""Fuzzing every table, every verb and every form of the server: an error message or a complete row, no crash."""

import string
from contextlib import suppress

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from db import __main__ as verbs
from db.base.errors import PaletteError
from db.demo import create
from db.model.dictionary import TABLES
from db.model.types import Choice, Choices, Reference, References
from db.rows import records
from db.rows.records import Edit
from db.storage import connection
from db.storage.integrity import check
from publication import __main__ as publication_verbs
from reports import __main__ as report_verbs
from server import door
from server.gate import Gate
from tests.conftest import cookie_of, let_in
from tests.db.factories import insert_person

_patient = settings(
    deadline=None, max_examples=250, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_TRACEBACK = 'Traceback (most recent call last):\n  File "'
"""Whole: hypothesis also types words that it reads in the tests."""
NASTY = st.sampled_from([
    "", " ", "\x00", "a\x00b", "'; DROP TABLE person; --", "=1+1", "%s%n", "{}", "$x$", "<script>", "🎨" * 40,
    "\u202eabc", "١٢٣", "1e400", "NaN", "-0", "99999999999999999999", "31/02/2024", "29/02/2023", "0000-00-00",
    "2024-13-45", "\n\n",
    "n° 12", "Marchand Lou n° 999999", "é" * 5000, "\ud800", "[1, 2", '{"a": 1}', "null", "1;2;3", "1,2,3 €", "−5",
])  # fmt: skip
TEXT = NASTY | st.text(max_size=60) | st.dates().map(lambda day: f"{day:%d/%m/%Y}") | st.integers().map(str)
VALUE = (
    TEXT | st.none() | st.integers() | st.booleans() | st.floats() | st.binary(max_size=8) | st.lists(TEXT, max_size=3)
    | st.tuples(st.integers(), st.integers())
)  # fmt: skip


@pytest.fixture
def db(path, monkeypatch, new_office):
    monkeypatch.setenv("PALETTE_DATA", str(path.parent))
    db = new_office(path)
    insert_person(db)
    let_in(db)
    yield db
    db.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "palette.db"


def all_rows(db):
    return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in TABLES}


def fields_of(table):
    """Return a strategy of values for some fields, often of the right type so that they get past the first checks."""
    return st.fixed_dictionaries({}, optional={item.name: _value(item) for item in table.fields})


def _value(item):
    match item.type:
        case Choice(list=values) | Choices(list=values):
            codes = st.sampled_from([*values.values])
            return VALUE | (codes if isinstance(item.type, Choice) else st.lists(codes, max_size=4).map(tuple))
        case Reference():
            return VALUE | st.just(1)
        case References():
            return VALUE | st.just((1,))
    return VALUE


# ---- saving


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_save_is_complete_or_refused_with_a_message(db, table):
    seen = {"saved": 0, "refused": 0}

    @_patient
    @given(fields_of(table), st.sampled_from([None, 1, 2, 999]), st.integers(-1, 5))
    def save(values, row_id, version):
        before, lines = all_rows(db), connection.change_token(db)
        try:
            done = records.save(db, table, Edit(values, row_id, version), "Ada")
        except PaletteError:
            assert all_rows(db) == before
            assert connection.change_token(db) == lines
            seen["refused"] += 1
        else:
            row = records.stored(db, table, done.row_id)
            for name, value in row.values.items():  # what was kept reads back as itself
                assert table.field(name).type.from_sql(table.field(name).type.to_sql(value)) == value
            seen["saved"] += 1

    save()
    assert seen["refused"] > 0, "the control: some of it is wrong"
    assert check(db) == []


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_typed_text_is_read_or_refused_with_a_message(db, table):
    known = records.context(db)

    @_patient
    @given(st.sampled_from(table.fields), TEXT)
    def read(item, text):
        with suppress(PaletteError):
            value = item.type.read(text, known)
            shown = item.type.show(item.type.check(value, known) if value is not None else None, known)
            assert isinstance(shown, str)

    read()


# ---- verbs


def every_verb():
    for name, module in (("db", verbs), ("reports", report_verbs), ("publication", publication_verbs)):
        for verb in module.cli.commands.values():
            yield pytest.param(module.cli, verb, id=f"{name}-{verb.name}")


@pytest.mark.parametrize(("cli", "verb"), every_verb())
def test_every_verb_answers_anything_with_a_sentence(db, path, tmp_path, monkeypatch, cli, verb):
    odd = tmp_path / "odd"
    odd.mkdir()
    monkeypatch.chdir(odd)  # where a word that is a path leads
    monkeypatch.setattr(create, "write", lambda path: connection.create(path).close())  # its rows: tests/db/demo
    (odd / "empty.db").touch()
    (odd / "text.db").write_text("not a database" * 500)
    before = all_rows(db)
    places = ["", "/dev/null", *map(str, (path, odd, odd / "empty.db", odd / "text.db", odd / "no" / "where.db"))]
    options = [option for one in verb.params for option in one.opts if option.startswith("--")]
    word = st.sampled_from([*places, *options, "--help", "--", "1", "2022", "2022-12-31"]) | st.text(
        string.printable, max_size=12
    )

    @settings(parent=_patient, max_examples=60)
    @given(st.lists(word, max_size=6))
    def call(words):
        told = CliRunner().invoke(cli, [verb.name, *words])
        assert told.exit_code in (0, 1, 2), (words, told.output)
        assert told.exception is None or isinstance(told.exception, SystemExit), (words, told.exception)
        assert _TRACEBACK not in told.output

    call()
    assert all_rows(db) == before
    assert check(db) == []


# ---- the door


@pytest.fixture
def client(db):
    app = Starlette(routes=door.ROUTES, middleware=[Middleware(Gate)])
    with TestClient(app, follow_redirects=False) as client:  # entered: one event loop for all requests
        yield client


@pytest.mark.parametrize("path_", ["/connexion", "/bienvenue", "/deconnexion", "/presence"])
def test_every_form_of_the_door_answers_anything_in_french(client, db, path_):
    names = ("identifiant", "mot_de_passe", "encore", "nom", "cle", "vers", "partout", "autre")
    sane = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)

    @settings(parent=_patient, max_examples=150)
    @given(st.dictionaries(st.sampled_from(names), sane, max_size=6), st.sampled_from(["form", "json", "raw"]), sane)
    def send(form, kind, vers):
        how = {"form": {"data": form}, "json": {"json": form}, "raw": {"content": str(form).encode()}}[kind]
        cookie = {"cookie": f"palette={cookie_of('La CIPA')}"} if path_ == "/presence" else {}
        for told in (client.post(path_, headers=cookie, **how), client.get(path_, params={"vers": vers, "cle": vers})):
            assert told.status_code in (200, 303, 401, 410, 422, 429), told.status_code
            assert _TRACEBACK not in told.text
            assert not told.headers.get("location", "/").startswith(("//", "http"))

    before = db.execute("SELECT id, login, name, roles, active, password FROM account").fetchall()
    send()
    assert db.execute("SELECT id, login, name, roles, active, password FROM account").fetchall() == before
