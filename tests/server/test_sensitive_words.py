"""POST /mots: it finds sensitive words in a text and neither stores nor logs the text."""

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


def test_sensitive_words_are_returned_with_the_reason(client):
    answer = client.post("/mots", json={"text": "Absente : cancer, va à la mosquée."})

    concerns = answer.json()["concerns"]
    assert answer.status_code == 200
    assert [(one["kind"], one["words"]) for one in concerns] == [("santé", "cancer"), ("religion", "va à la mosquée")]
    assert all("RGPD" in one["why"] for one in concerns)
    assert set(concerns[0]) == {"kind", "words", "why"}


@pytest.mark.parametrize("text", ["", "Deux devis comparés, le moins cher retenu."])
def test_an_ordinary_text_has_no_concerns(client, text):
    assert client.post("/mots", json={"text": text}).json() == {"concerns": []}


@pytest.mark.parametrize("char", ["a", "é", "🎨", "\0"])
def test_the_longest_text_is_accepted_and_one_character_more_refused(client, char):
    assert client.post("/mots", json={"text": char * sensitive_words.LONGEST}).status_code == 200
    assert client.post("/mots", json={"text": char * (sensitive_words.LONGEST + 1)}).status_code == 413


@pytest.mark.parametrize("body", [b" " * 1_000_000, b'{"text": "' + b"a" * 1_000_000])
def test_a_body_too_long_for_any_text_is_refused(client, body):
    assert client.post("/mots", content=body).status_code == 413


def test_a_text_of_json_escapes_is_accepted(client):
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
def test_a_malformed_body_is_refused(client, body):
    assert client.post("/mots", content=body).status_code == 400


def test_a_lone_surrogate_is_accepted(client):
    answer = client.post("/mots", content=b'{"text": "\\ud800 cancer \\udfff"}')

    assert [one["words"] for one in answer.json()["concerns"]] == ["cancer"]


def test_only_post_is_allowed(client):
    assert client.get("/mots", params={"text": "cancer"}).status_code == 405


def test_texts_are_neither_logged_nor_printed(client, caplog, capfd):
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the test's own client
    with caplog.at_level(logging.DEBUG):
        client.post("/mots", json={"text": "sclérose"})
        client.post("/mots", content=b'{"text": "scl\xc3\xa9rose')

    assert "scl" not in caplog.text
    assert "scl" not in "".join(capfd.readouterr())
