"""The partners' site over HTTP: French pages, downloads, pictures, limits, and a release replaced under load."""

import asyncio
import io
import json
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import openpyxl
import pytest
from frictionless import Package

from partners import hooks, instance, prose
from partners.guard import Guard
from partners.release_reader import DATABASE
from publication.audit import site_access
from publication.release import public_file
from publication.release.tables import OTHER_TABLES, PLANS
from server.launcher import ROOT, site_environment
from tests.coroutines import run
from tests.partners.site import PRIVATE_WORDS, Site, invented_release, put_public_file

ENGLISH = (
    "rows where", "View and edit SQL", "Powered by", "This data as", "Advanced export", "Queries took", "Custom SQL",
    "remove filter", "Next page", "Run SQL", "records", " rows<", "Suggested facets", "Home</a>",
)  # fmt: skip
ALL = [*PLANS, *OTHER_TABLES]
PAGES = ["/", "/artistes", "/tableau-de-bord", "/tableau-de-bord?annee=2022", *[f"/artistes/{name}" for name in ALL]]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_french_and_reveals_nothing_about_the_machine(site, path):
    text = site.get(path)

    assert '<html lang="fr">' in text
    assert not [word for word in ENGLISH if word in text]
    assert not [word for word in (*PRIVATE_WORDS, str(site.folder)) if word in text]
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_every_table_has_its_title_its_reading_and_its_columns(site):
    texts = prose.read()
    for name in ALL:
        text = site.get(f"/artistes/{name}")
        assert texts.title(name) in text
        assert "Comment lire." in text
        assert all(f"<code>{column}</code>" in text for column in texts.columns(name))


def test_numbers_are_written_as_in_french(site):
    assert "300\u202f€" in site.get("/artistes/aides")
    assert "%" in site.get("/artistes/profil")


def test_a_facet_filters_the_rows(site):
    text = site.get("/artistes/genre_foyer?annee=2022&genre=Femmes")

    assert "3 lignes" in text
    assert "Année est «\u202f2022\u202f» et Genre est «\u202fFemmes\u202f»" in text
    assert "ne plus filtrer" in text


@pytest.mark.parametrize("name", prose.read().queries)
def test_a_ready_made_query_returns_rows(site, name):
    page = site.get(f"/artistes/{name}?annee=2022&critere=Genre")

    assert "Télécharger ces lignes" in page
    assert prose.read().queries[name]["title"] in page
    assert not [word for word in ENGLISH if word in page]


def test_downloads_contain_the_rows_and_their_description(site):
    status, headers, body = site.request("/artistes/genre_foyer.csv?_dl=1")
    assert (status, body.decode().splitlines()[0]) == (200, "annee,genre,foyer,personnes,part")
    assert "genre-foyer-2022-2023.csv" in headers["content-disposition"]
    rows = json.loads(site.get("/artistes/genre_foyer.json?_shape=objects"))["rows"]
    assert rows[0]["annee"] == 2022
    status, headers, body = site.request("/artistes/genre_foyer.excel?annee=2022")
    assert "genre-foyer-2022-2023.excel.csv" in headers["content-disposition"]
    assert body.startswith(b"\xef\xbb\xbfannee;genre;foyer;personnes;part\r\n2022;")
    parts = [line.split(";")[-1] for line in body.decode().splitlines()[1:]]
    assert any("," in part for part in parts)
    assert not any("." in part for part in parts)
    status, headers, body = site.request("/artistes/genre_foyer.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(body))
    assert book.sheetnames[0] == "Lisez-moi"
    assert [cell.value for cell in book.worksheets[1][2]][:3] == [2022, "50 ans et plus", None][:1] + [rows[0]["genre"], rows[0]["foyer"]]  # fmt: skip  # noqa: E501
    assert "Licence Ouverte" in str([cell.value for row in book.worksheets[0] for cell in row])


def test_artificial_persons_are_marked_as_such_everywhere(site):
    assert "aucune n’existe" in site.get("/artistes/personnes_fictives").split("</title>")[0]
    assert "aucune de ces personnes n’existe" in site.get("/artistes/personnes_fictives?genre=Femmes")
    assert (
        "aucune de ces personnes n’existe" in json.loads(site.get("/artistes/personnes_fictives.json"))["avertissement"]
    )
    for kind in ("csv", "xlsx"):
        _, headers, body = site.request(f"/artistes/personnes_fictives.{kind}")
        assert "personnes-fictives" in headers["content-disposition"]
        if kind == "xlsx":
            assert "n’existe" in zipfile.ZipFile(io.BytesIO(body)).read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize("name", PLANS)
def test_a_picture_contains_source_and_rounding(site, name):
    status, headers, body = site.request(f"/graphique/{name}-2022.svg")

    assert (status, headers["content-type"].split(";")[0]) == (200, "image/svg+xml")
    text = body.decode()
    for word in ("Nombres arrondis à 5", "Source", "Licence Ouverte"):
        assert word in text
    assert site.request(f"/graphique/{name}-2022.png")[2].startswith(b"\x89PNG")
    assert f"/graphique/{name}-" in site.get(f"/artistes/{name}")


def test_a_data_portal_can_take_it_as_it_is(site):
    package = Package(f"{site.address}/datapackage.json")
    report = package.validate()

    assert report.valid, report.flatten(["title", "message"])
    assert {resource.name for resource in package.resources} == set(ALL)
    described = json.loads(site.get("/datapackage.json"))
    assert described["licenses"][0]["name"] == "etalab-2.0"
    fields = {field["name"]: field for field in described["resources"][1]["schema"]["fields"]}
    assert fields["personnes"]["type"] == "integer"


@pytest.mark.parametrize(
    "path",
    ["/-/databases.json", "/-/metadata.json", "/-/plugins", "/-/versions", "/-/settings", "/-/threads", "/_internal",
     "/_memory", "/artistes/rien", "/graphique/rien-2022.svg", "/graphique/profil-1999.svg", "/static/../serve.py",
     "/static/..%2fserve.py", "/palette.db", "/../palette.db", "/..%2f..%2fetc/passwd", "/artistes/sqlite_master",
     "/artistes/sqlite_master/1", "/artistes/pragma_database_list/1"],
)  # fmt: skip
def test_what_is_not_published_is_not_found(site, path):
    status, _, body = site.request(path)

    assert status == 404
    assert "n’existe pas" in body.decode()


@pytest.mark.parametrize(
    "sql",
    ["ATTACH DATABASE '/etc/passwd' AS x", "SELECT load_extension('x')", "PRAGMA database_list", "DELETE FROM profil",
     "SELECT readfile('/etc/passwd')", "SELECT 1; SELECT 2", "SELECT * FROM nulle_part", "SELEC"],
)  # fmt: skip
def test_sql_reads_the_release_and_nothing_else_and_errors_are_french(site, sql):
    status, _, body = site.request(f"/artistes?sql={quote(sql)}")

    assert status == 400
    assert not [word for word in (*PRIVATE_WORDS, "root:") if word in body.decode()]
    assert '<html lang="fr">' in body.decode()


def test_an_endless_query_is_stopped(site):
    sql = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT sum(x) FROM n"

    status, _, body = site.request(f"/artistes?sql={quote(sql)}")

    assert status == 400
    assert "trop de temps" in body.decode()


MANY = "FROM personnes_fictives a, personnes_fictives b, personnes_fictives c"
LONG = f"replace('{'x' * 99}', 'x', '{'y' * 99}')"
"""A text of 9,801 characters."""
NEW = f"{LONG} || a.rowid || ' ' || b.rowid || ' ' || c.rowid"


@pytest.mark.parametrize(
    "sql",
    [f"SELECT {', '.join([LONG] * 5)} {MANY}", f"SELECT {NEW} {MANY}", f"SELECT {NEW} AS x {MANY} ORDER BY x",
     f"SELECT {NEW} AS x, count(*) {MANY} GROUP BY x",
     f"WITH RECURSIVE n(i, x) AS (SELECT 1, '' UNION SELECT i + 1, {LONG} || i FROM n) SELECT count(*) FROM n",
     f"SELECT replace({LONG}, 'y', {LONG})", f"SELECT {', '.join(['1'] * 500)}"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["", ".json", ".csv", ".xlsx", ".excel"])
def test_no_question_takes_the_memory_of_all(site, sql, kind):
    status, _, body = site.request(f"/artistes{kind}?sql={quote(sql)}")

    assert status == 400
    assert len(body) < 5_000
    assert site.memory() < 900_000  # kilobytes, at its highest


LONG_WORK = "printf('%.*c', 2147483600, 'x')"
"""One step of SQLite, during which no time limit is checked."""


@pytest.mark.parametrize("kind", ["", ".json", ".csv"])
def test_a_function_that_no_time_limit_would_stop_is_refused(site, kind):
    for function in (LONG_WORK, LONG_WORK.replace("printf", "format"), f"CASE WHEN 0 THEN {LONG_WORK} END"):
        status, _, body = site.request(f"/artistes{kind}?sql={quote(f'SELECT {function}')}")
        assert status == 400
        text = json.loads(body)["error"] if kind == ".json" else body.decode()
        name = "format" if "format" in function else "printf"
        assert f"a fonction « {name} » n’est pas permise ici" in text


def test_only_listed_functions_of_sqlite_may_be_used():
    with closing(sqlite3.connect(":memory:")) as db:
        known = {name.lower() for (name,) in db.execute("SELECT name FROM pragma_function_list")}
    allowed = {one for one in known if instance.authorize(sqlite3.SQLITE_FUNCTION, None, one, None, None) == 0}

    assert {"count", "sum", "round", "like", "coalesce"} <= allowed  # the control
    assert not allowed & {"printf", "format", "zeroblob", "randomblob", "hex", "load_extension", "fts3_tokenizer"}
    assert len(allowed) < len(known) / 1.5


def test_one_visitor_leaves_a_thread_to_the_others():
    """Otherwise the second question of the first visitor takes the last thread, and the other visitor waits."""
    release, log = threading.Event(), []

    def question(name):
        def run(_):
            log.append(f"{name} begins")
            assert name != "first" or release.wait(timeout=60)

        return run

    async def ask(guard, name, address):
        scope = {"type": "http", "method": "GET", "path": "/", "query_string": name, "client": (address, 1)}
        await guard(scope, None, None)

    async def visit():
        published: Any = SimpleNamespace(data=b"")
        prose_without_texts: Any = SimpleNamespace(metadata={})
        no_pages: Any = None
        site = instance.ReleaseSite(published, prose_without_texts)
        database = site.get_database(DATABASE)
        database.connect = lambda: sqlite3.connect(":memory:", check_same_thread=False)

        async def app(scope, receive, send):
            await database.execute_fn(question(scope["query_string"]))

        guard = Guard(lambda: app, no_pages, robots=False)
        first = [asyncio.create_task(ask(guard, name, "2001:db8::1")) for name in ("first", "second")]
        first.append(asyncio.create_task(ask(guard, "third", "2001:db8::2")))  # the same line
        try:
            await asyncio.wait_for(ask(guard, "another", "203.0.113.9"), timeout=30)
        finally:
            release.set()
        await asyncio.gather(*first)

    run(visit())
    assert log.index("another begins") < min(log.index("second begins"), log.index("third begins"))


def test_only_the_process_of_the_site_limits_its_memory(tmp_path):
    put_public_file(tmp_path, invented_release(2022))

    assert site_access.check_site_access(tmp_path / public_file.NAME) == []

    with closing(sqlite3.connect(":memory:")) as db:
        assert db.execute("PRAGMA hard_heap_limit").fetchone() == (0,)


def test_an_unexpected_error_is_logged_without_what_a_visitor_asked(caplog):
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError("SELECT 'Zola'")

    assert hooks._status_and_message(raised.value)[0] == 500
    assert "RuntimeError at" in caplog.text
    assert "test_site.py" in caplog.text
    assert "Zola" not in caplog.text


def test_an_sql_error_is_not_an_empty_download(site):
    for kind in ("csv", "json", "xlsx"):
        status, _, body = site.request(f"/artistes.{kind}?sql={quote('SELECT * FROM nulle_part')}")
        text = json.loads(body)["error"] if kind == "json" else body.decode()
        assert (status, "la table « nulle_part » n’existe pas" in text.lower()) == (400, True)


def test_every_download_about_artificial_persons_says_so(site):
    sql = quote("SELECT genre FROM personnes_fictives")
    for kind in ("csv", "json", "xlsx"):
        _, headers, _ = site.request(f"/artistes.{kind}?sql={sql}")
        assert "personnes-fictives-requete-2022-2023" in headers["content-disposition"]
    assert "aucune de ces personnes n’existe" in json.loads(site.get(f"/artistes.json?sql={sql}"))["avertissement"]
    assert "aucune de ces personnes n’existe" in site.get(f"/artistes?sql={sql}")


@pytest.mark.parametrize("name", ["femmes_par_domaine", "etudes_par_domaine", "freins_les_plus_frequents"])
def test_a_ready_made_query_shows_the_latest_year_until_another_is_chosen(site, name):
    assert ">2023</td>" in site.get(f"/artistes/{name}")
    assert ">2022</td>" in site.get(f"/artistes/{name}?annee=2022")


def test_an_address_with_a_trailing_slash_is_found(site):
    assert "Tableau de bord" in site.get("/tableau-de-bord/")
    assert "Tous les tableaux" in site.get("/artistes/")


def test_the_etag_of_a_picture_changes_with_its_content(site):
    one, other = (site.request(f"/graphique/genre_foyer-{year}.svg")[1]["etag"] for year in (2022, 2023))

    assert one != other
    assert site.request("/graphique/genre_foyer-2022.svg")[1]["etag"] == one


def test_the_headers_allow_reading_from_anywhere_and_nothing_else(site):
    _, headers, _ = site.request("/artistes/profil.json")

    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert site.request("/artistes", method="POST")[0] == 405
    assert "Disallow: /" in site.get("/robots.txt")


def test_search_engines_are_allowed_only_by_option(tmp_path):
    put_public_file(tmp_path, invented_release(2022))
    site = Site(tmp_path)
    site.start("--robots", "allow")
    try:
        assert "Allow: /" in site.get("/robots.txt")
        assert "x-robots-tag" not in site.request("/")[1]
    finally:
        site.stop()


def test_the_site_imports_nothing_of_the_office():
    code = "import sys, partners.site; print([m for m in sys.modules if m.split('.')[0] in ('db', 'pages', 'reports', 'streamlit')])"  # noqa: E501
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=site_environment(), capture_output=True, text=True
    )

    assert done.stdout.strip() == "[]", done.stderr


def test_a_new_release_is_served_within_seconds_without_a_failed_request(tmp_path):
    put_public_file(tmp_path, invented_release(2022))
    site = Site(tmp_path)
    site.start()
    failures, requests, stop = [], [0], threading.Event()

    def visit():
        while not stop.is_set():
            for path in (
                "/",
                "/artistes/profil",
                "/artistes/profil.json",
                "/tableau-de-bord",
                "/artistes/genre_foyer.csv",
            ):
                try:
                    result = str(site.request(path)[0])
                except OSError as error:
                    result = repr(error)
                requests[0] += 1
                if result != "200":
                    failures.append((path, result))

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for visitor in visitors:
        visitor.start()
    try:
        for year in (2023, 2024):
            put_public_file(tmp_path, invented_release(2022), invented_release(year, 5))
            wait_for(lambda: f"En {year}" in site.get("/"))  # noqa: B023
        so_far = requests[0]
        wait_for(lambda: requests[0] > so_far + 6)
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
        site.stop()
    assert failures == []
    assert requests[0] > 20


def test_the_warning_of_invented_figures_is_on_every_page(tmp_path):
    release = invented_release(2022)
    put_public_file(
        tmp_path, replace(release, measures={**release.measures, public_file.WARNING: "Chiffres inventés."})
    )
    site = Site(tmp_path)
    site.start()
    try:
        for path in ("/", "/artistes/profil", "/tableau-de-bord"):
            assert "Chiffres inventés." in site.get(path)
    finally:
        site.stop()


def test_nothing_published_yet_withdrawn_and_a_foreign_file(tmp_path):
    site = Site(tmp_path)
    site.start()
    try:
        assert "Rien n’est publié" in site.get("/")
        assert site.request("/artistes")[0] == 404
        put_public_file(tmp_path, invented_release(2022))
        wait_for(lambda: "En 2022" in site.get("/"))
        (tmp_path / "artistes.db").write_bytes(b"not a database")
        wait_for(lambda: "n’est pas servi" in site.log.read_text())
        assert "En 2022" in site.get("/")  # a file that cannot be served is ignored
        (tmp_path / "artistes.db").unlink()
        wait_for(lambda: "Rien n’est publié" in site.get("/"))
    finally:
        site.stop()


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
