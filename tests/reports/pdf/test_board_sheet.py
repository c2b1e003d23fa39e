"""The person's own sheet of a MAPPI board: what is printed and what is not, how large, in black on white."""

import io
import re

import pypdfium2
import pypdfium2.raw
import pytest

from db.rows import boards
from reports.pdf import board_sheet
from tests.db.factories import insert, insert_person

DAY = "2026-11-28"


@pytest.fixture
def db(tmp_path, new_office):
    return new_office(tmp_path / "palette.db")


def new_board(db, **values):
    return insert(db, "board", person_id=insert_person(db), starts_on="2026-01-05", **values)


def text_of(content):
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        return re.sub(r"\s+", " ", " ".join(page.get_textpage().get_text_range() for page in pdf))


def sizes(content):
    """Return the sizes of the letters, in points."""
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        found = set()
        for page in pdf:
            text = page.get_textpage()
            for index in range(text.count_chars()):
                if text.get_text_range(index, 1).strip():
                    found.add(round(pypdfium2.raw.FPDFText_GetFontSize(text, index), 1))
        return found


def test_the_sheet_has_the_person_s_board_the_chosen_path_and_no_note(db):
    board = new_board(
        db, goal="Vivre de mes pots", goal_voice="person", note="SECRET", chosen="b", chosen_on="2026-11-20"
    )
    common = {"person_id": 1, "board_id": board, "note": "SECRET"}
    insert(db, "card", **common, kind="obstacle", text="Pas de voiture", objective="Un covoiturage", voice="together")
    insert(db, "card", **common, kind="driver", text="Un atelier")
    key = insert(db, "card", **common, kind="step", text="Exposer", due_on="2027-03-01", paths='["a", "b"]')
    boards.note_first_step(db, key, "Ada")
    insert(db, "card", **common, kind="step", text="Photographier", due_on="2027-01-04", paths='["b"]')
    insert(db, "card", **common, kind="step", text="Déménager", due_on="2027-01-04", paths='["a"]')

    text = text_of(board_sheet.pdf_bytes(db, board, DAY))

    for words in ("Lou Marchand", "Vivre de mes pots — dans mes mots", "Un covoiturage", "Un atelier", "dit ensemble",
                  "J’ai choisi le parcours B le 20/11/2026", "04/01/2027 : Photographier", "8 semaines",
                  "L’étape clé 01/03/2027 : Exposer"):  # fmt: skip
        assert words in text
    assert "SECRET" not in text
    assert "Déménager" not in text, "a step of another path"


def test_before_a_path_is_chosen_each_is_printed(db):
    board = new_board(db)
    common = {"person_id": 1, "board_id": board, "kind": "step", "due_on": "2027-03-01"}
    insert(db, "card", **common, text="Exposer", paths='["a", "c"]')

    text = text_of(board_sheet.pdf_bytes(db, board, DAY))

    assert ("Parcours A" in text, "Parcours B" in text, "Parcours C" in text) == (True, False, True)


def test_every_letter_is_of_fourteen_points_or_more_and_pages_are_black_on_white(db):
    board = new_board(db, goal="Vivre de mes pots", goal_voice="person")
    for number in range(12):
        insert(
            db, "card", person_id=1, board_id=board, kind="obstacle", text=f"{number} " + "mot " * 70, objective="But"
        )

    content = board_sheet.pdf_bytes(db, board, DAY)

    assert min(sizes(content)) >= 14
    with pypdfium2.PdfDocument(io.BytesIO(content)) as pdf:
        assert len(pdf) > 1
        for page in pdf:
            picture = page.render(scale=1).to_pil().convert("RGB")
            assert all(max(colour) - min(colour) < 8 for _, colour in picture.getcolors(1 << 24))
            assert picture.getpixel((2, 2)) == (255, 255, 255)


def test_letters_that_the_font_lacks_and_signs_of_typst_are_printed_as_text(db):
    board = new_board(db, goal='#panic("x") *gras* $x$ 🎨', elements="[a](b)")

    text = text_of(board_sheet.pdf_bytes(db, board, DAY))

    assert '#panic("x") *gras* $x$' in text


@pytest.mark.parametrize(
    ("last", "text"),
    [("2026-11-28", ""), ("2026-11-29", "1 jour"), ("2026-12-11", "13 jours"), ("2026-12-12", "2 semaines"),
     ("2027-02-27", "13 semaines"), ("2027-02-28", "3 mois"), ("2028-11-28", "24 mois")],
)  # fmt: skip
def test_the_time_between_two_days_is_said_in_days_weeks_or_months(last, text):
    assert board_sheet.time_between("2026-11-28", last) == text
