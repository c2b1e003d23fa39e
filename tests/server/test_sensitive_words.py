"""The word guard's address: what is seen in a text, and nothing kept of it."""

import json
import logging

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from server import sensitive_words


@pytest.fixture
def client():
    with TestClient(Starlette(routes=[sensitive_words.ROUTE])) as client:
        yield client


def test_what_is_seen_is_said_with_the_reason(client):
    answer = client.post("/mots", json={"text": "Absente : cancer, va à la mosquée."})

    concerns = answer.json()["concerns"]
    assert answer.status_code == 200
    assert [(one["kind"], one["words"]) for one in concerns] == [("santé", "cancer"), ("religion", "va à la mosquée")]
    assert all("RGPD" in one["why"] for one in concerns)
    assert set(concerns[0]) == {"kind", "words", "why"}


@pytest.mark.parametrize("text", ["", "Deux devis comparés, le moins cher retenu."])
def test_an_ordinary_text_is_answered_by_nothing(client, text):
    assert client.post("/mots", json={"text": text}).json() == {"concerns": []}


@pytest.mark.parametrize("char", ["a", "é", "🎨", "\0"])
def test_the_longest_text_is_read_and_one_character_more_is_not(client, char):
    assert client.post("/mots", json={"text": char * sensitive_words.LONGEST}).status_code == 200
    assert client.post("/mots", json={"text": char * (sensitive_words.LONGEST + 1)}).status_code == 413


@pytest.mark.parametrize("body", [b" " * 1_000_000, b'{"text": "' + b"a" * 1_000_000])
def test_a_body_that_no_text_explains_is_not_read(client, body):
    assert client.post("/mots", content=body).status_code == 413


def test_a_text_may_be_written_in_escapes(client):
    body = json.dumps({"text": "🎨" * sensitive_words.LONGEST})

    assert len(body) > 12 * sensitive_words.LONGEST
    assert client.post("/mots", content=body).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"text=cancer",
        b"[]",
        b"{}",
        b'{"text": 3}',
        b'{"text": null}',
        b'{"text": "a',
        b"\xff\xfe\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_not_that_json_is_refused(client, body):
    assert client.post("/mots", content=body).status_code == 400


def test_half_a_character_is_no_error(client):
    answer = client.post("/mots", content=b'{"text": "\\ud800 cancer \\udfff"}')

    assert [one["words"] for one in answer.json()["concerns"]] == ["cancer"]


def test_only_a_post_is_answered(client):
    assert client.get("/mots", params={"text": "cancer"}).status_code == 405


def test_nothing_of_a_text_is_logged_nor_printed(client, caplog, capfd):
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client
    with caplog.at_level(logging.DEBUG):
        client.post("/mots", json={"text": "sclérose"})
        client.post("/mots", content=b'{"text": "scl\xc3\xa9rose')

    assert "scl" not in caplog.text
    assert "scl" not in "".join(capfd.readouterr())
