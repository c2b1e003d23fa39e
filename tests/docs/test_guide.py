"""The guide shows the declared keys, and its screen « Aide » shows all of the guide."""

import re

from pages.shared.help import guide
from pages.shared.shell.keys import KEYS
from tests.docs.test_names import ROOT

GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")


def test_the_guide_lists_the_declared_keys():
    section = re.search(r"<!-- keys -->\n(.*)\n<!-- /keys -->", GUIDE, flags=re.DOTALL)
    assert section
    listed = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in section[1].splitlines()[2:]]

    assert listed == [key for keys in KEYS.values() for key in keys], "copy pages/shared/shell/keys.py into the guide"


def test_the_screen_has_every_heading_picture_and_line_of_the_guide():
    sections = guide.sections()
    shown = "\n".join(section.text for section in sections)

    assert [section.title for section in sections] == re.findall(r"^#{1,3} (.+)$", GUIDE, flags=re.MULTILINE)
    assert len({section.anchor for section in sections}) == len(sections)
    assert re.findall(r"!\[.*?\]\((.*?)\)", shown) == re.findall(r"!\[.*?\]\((.*?)\)", GUIDE) != []
    assert ".md)" not in shown, "a link to a document that the screen does not show"
    assert "<!--" not in shown
    lines = [line for line in GUIDE.splitlines() if line and line[:1] not in "#<" and ".md)" not in line]
    assert [line for line in lines if line.strip() not in shown] == []
