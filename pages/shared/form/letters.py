"""« Courrier »: the letters about one row or one person, made as PDF, of which the file keeps a copy, or as Word.

Each leaves a line in the access log. What is missing is said before; a copy is not kept twice without asking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import streamlit as st

from db.attachments import sent_letters
from db.attachments.sent_letters import CopyName
from db.base.errors import PaletteError
from db.model.fields import OfficeTable
from db.model.office import Office
from db.people import sensitive_words
from db.rows import access_log, records
from db.rows.records import Row
from pages.shared.shell import assets
from pages.shared.shell.downloads import download_button
from pages.shared.shell.markdown import escape_markdown
from pages.shared.shell.session import open_office, user_name
from reports.documents import copies, making
from reports.documents import letters as letter_rules
from reports.documents.blocks import DocumentKind
from reports.documents.letter_fields import Asked
from reports.documents.letter_texts import DEADLINE, PIECES, REASON
from reports.documents.letters import About
from reports.documents.making import Printed
from reports.documents.texts import DOCUMENTS, letters_of

_DAYS = 30
"""Days that are proposed to send missing pieces."""
_number = count(1).__next__


@dataclass(frozen=True)
class _Made:
    """A file that was made in this tab, and the sentence about it."""

    letter: tuple[Printed, Asked]
    content: bytes
    file: str
    kind: str
    said: str
    number: int


# ---- where it is asked for


def show(db: Office, table: OfficeTable, row_id: int | None) -> None:
    """Show, under the form of a row, the menu of the letters about it, if there are any."""
    kinds = letters_of(table.name)
    if not kinds or row_id is None:
        return
    key = f"letters:{table.name}:{row_id}"
    with st.popover("Courrier", icon=":material/mail:", key=key, on_change="rerun") as menu:
        if not menu.open:
            return
        about = letter_rules.rows_about(db, table.name, [row_id])
        _choose(db, key, about)
        for kind in kinds if about else ():
            if reason := letter_rules.why_not(db, kind, about[0], records.today()):
                st.caption(f"{kind.title} : {reason}.")


def button_of_person(person: Row) -> None:
    """Show the button that opens the letters about a person and about each row of the file."""
    if st.button("Courrier", icon=":material/mail:", key="dossier:letters"):
        st.session_state.pop(f"letters:dossier:{person.id}:made", None)
        _dialog(person.id)


@st.dialog("Courrier")
def _dialog(person_id: int) -> None:
    db = open_office()
    about = letter_rules.rows_about(db, "person", [person_id])
    if about:
        _choose(db, f"letters:dossier:{person_id}", letter_rules.rows_of_person(db, about[0].person))


# ---- one letter


def _choose(db: Office, key: str, about: Sequence[About]) -> None:
    """Show which letter, what it asks and lacks, and the buttons that make it."""
    offers = letter_rules.possible(db, about, records.today())
    if not offers:
        st.caption("Aucune lettre possible pour l’instant.")
        return
    rows = {(one.table, one.row.id): one for one in about}
    titles = {one: letter_rules.title_of(one, rows[one.table, one.row]) for one in offers}
    chosen = st.selectbox("Lettre", offers, format_func=lambda one: titles[one], key=f"{key}:which")
    row = rows[chosen.table, chosen.row]
    made = st.container()  # above what is asked: a menu may be too low to show all of it
    asked = ask(DOCUMENTS[chosen.name], f"{key}:{chosen.table}:{chosen.row}", [row])
    show_missing(db, DOCUMENTS[chosen.name], [row], asked)
    known = choose_copies(db, key, [copies.copy_name(chosen, row, records.today())])
    with st.container(horizontal=True):
        if st.button("PDF", type="primary", icon=":material/picture_as_pdf:", key=f"{key}:pdf"):
            _make(key, chosen, row, asked, known)
        if st.button("Word, à modifier", icon=":material/edit_document:", key=f"{key}:word"):
            _make_word(key, chosen, row, asked)
    with made:
        _offer(key, (chosen, asked))


def ask(kind: DocumentKind, key: str, about: Sequence[About]) -> Asked:
    """Show what a letter about these rows asks when it is printed, and return what is typed."""
    pieces = deadline = reason = ""
    if PIECES in kind.asks:
        pieces = st.text_area("Pièces manquantes, une par ligne", key=f"{key}:pieces", max_chars=2_000)
    if DEADLINE in kind.asks:
        day = st.date_input(
            "À remettre avant le", date.fromisoformat(records.today()) + timedelta(days=_DAYS), format="DD/MM/YYYY",
            min_value=date.fromisoformat(records.today()), key=f"{key}:deadline",
        )  # fmt: skip
        deadline = day.isoformat() if isinstance(day, date) else ""
    if REASON in kind.asks and any(one.row.values["decision"] == "refused" for one in about):
        reason = st.text_area(
            "Motif du refus", key=f"{key}:reason", max_chars=1_000,
            help="Un refus dit ses raisons. Le dossier n’a pas de champ pour elles : tapez-les ici, ou laissez la ligne"
            " à remplir dans le Word.",
        )  # fmt: skip
    for concern in sensitive_words.found(f"{pieces}\n{reason}"):
        st.warning(f"« {escape_markdown(concern.words)} » : {escape_markdown(concern.why)}")
    return Asked(pieces, deadline, reason)


_LISTED = 15


def show_missing(db: Office, kind: DocumentKind, about: Sequence[About], asked: Asked) -> None:
    """Say what is missing in the letters, by person."""
    context, lines = records.context(db), []
    for one in about:
        if lacking := letter_rules.missing(db, kind, one, asked):
            name = escape_markdown(context.title("person", one.person.id))
            lines.append(f"- **{name}** : {escape_markdown(', '.join(lacking))}")
    if (more := len(lines) - _LISTED) > 0:
        lines = [*lines[:_LISTED], f"- … et {more} autre{'s' * (more > 1)}"]
    if unset := letter_rules.missing_of_office(db):
        labels = escape_markdown(", ".join(unset).lower())
        lines.append(f"- Réglages › Limites et délais : {labels} (des lignes restent à remplir)")
    if lines:
        st.warning("Il manque, dans ce qui sera imprimé :\n\n" + "\n".join(lines), icon=":material/rule:")


def choose_copies(db: Office, key: str, names: Sequence[CopyName]) -> Mapping[CopyName, int] | None:
    """Show whether copies are kept, and again those that the files already hold. Returns the copies of which one more
    is wanted, with how many there are; None when none is to be kept."""
    many = len(names) > 1
    label = "Garder une copie du PDF dans les pièces" + (" de chaque dossier" if many else " du dossier")
    if not st.toggle(label, True, key=f"{key}:keep"):
        return None
    counts = sent_letters.counts(db, (name.person_id for name in names))
    held = {name: counts[name] for name in names if counts[name]}
    if not held:
        return {}
    words = "Une de ces lettres est" if many else "Cette lettre est"
    if len(held) > 1:
        words = f"{len(held)} lettres sont"
    again = st.checkbox(f"{words} déjà dans les pièces : en garder une copie de plus", False, key=f"{key}:again")
    return held if again else {}


def _make(key: str, printed: Printed, about: About, asked: Asked, known: Mapping[CopyName, int] | None) -> None:
    db, today = open_office(), records.today()
    try:
        with st.spinner("Mise en page…"):
            if known is None:
                content, kept = making.pdf_bytes(db, [printed], today, asked), 0
            else:
                content, kept = copies.take(db, copies.make(db, [printed], today, asked), user_name(), known)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    said = "prêt, une copie est dans les pièces" if kept else "prêt, sans nouvelle copie dans les pièces"
    _note(db, printed, about, "PDF, gardé dans les pièces" if kept else "PDF")
    _remember(key, (printed, asked), content, "pdf", said)


def _make_word(key: str, printed: Printed, about: About, asked: Asked) -> None:
    db = open_office()
    try:
        with st.spinner("Mise en page…"):
            content = making.word_bytes(db, printed, records.today(), asked)
    except PaletteError as error:
        st.error(escape_markdown(str(error)))
        return
    _note(db, printed, about, "DOCX")
    _remember(key, (printed, asked), content, "docx", "prêt ; une fois envoyé, déposez-le dans « Pièces »")


def _note(db: Office, printed: Printed, about: About, how: str) -> None:
    detail = f"{DOCUMENTS[printed.name].title} ({printed.table} n° {printed.row}), {how}"
    access_log.note(db, user_name(), "document", about.person.id, detail)


def _remember(key: str, letter: tuple[Printed, Asked], content: bytes, ending: str, said: str) -> None:
    file = making.file_name(letter[0], ending, records.today())
    kind = making.PDF if ending == "pdf" else making.WORD
    st.session_state[f"{key}:made"] = _Made(letter, content, file, kind, said, _number())


def _offer(key: str, letter: tuple[Printed, Asked]) -> None:
    """Show the button that downloads the file that was just made of this letter, and click it once by itself."""
    made: _Made | None = st.session_state.get(f"{key}:made")
    if made is None or made.letter != letter:
        return
    name = f"{key}-file".replace(":", "-")
    st.markdown(f":green[:material/check_circle:] {DOCUMENTS[letter[0].name].title} : {made.said}.")
    download_button(made.file, lambda _: made.content, made.file, made.kind, name)
    if st.session_state.get(f"{key}:clicked") != made.number:
        st.session_state[f"{key}:clicked"] = made.number
        assets.click_download(name, made.number)
