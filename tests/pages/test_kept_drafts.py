"""Drafts of imports left open by several people have one bound together."""

import pytest

from db.imports.plan_types import SheetLine, SourceSheet, SourceWorkbook
from pages.shared.imports import draft
from pages.shared.imports.draft import Work


@pytest.fixture(autouse=True)
def no_drafts(monkeypatch):
    monkeypatch.setattr(draft, "MOST_CELLS", 10)
    draft._kept.clear()


def kept(used, cells):
    work = Work("liste.xlsx", b"", used=used)
    work.book = SourceWorkbook("liste.xlsx", [SourceSheet("Feuille", [SheetLine(1, ["x"] * cells)])])
    draft.keep_file(work)
    return work


def test_a_new_file_beyond_the_bound_drops_the_draft_left_alone_longest():
    oldest, newer = kept(1.0, 4), kept(2.0, 4)
    newest = kept(3.0, 4)

    assert oldest.book is None
    assert "déposez-le de nouveau" in oldest.failed
    assert (newer.failed, newest.failed) == ("", "")
    assert newer.book
    assert newest.book


def test_a_draft_that_is_being_written_stays_and_a_closed_one_counts_no_more():
    written = kept(1.0, 9)
    written.writing = True
    gone = kept(2.0, 9)
    del gone

    last = kept(3.0, 9)

    assert written.book
    assert last.book
