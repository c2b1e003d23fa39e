"""Copies of sent letters among the attachments of each person: kept for one or many in one operation, and not a second
time unless somebody asks for it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db.attachments import files
from db.attachments.reader import BroughtFile, megabytes
from db.base.errors import PaletteError
from db.model import attachment_rules
from db.model.office import Office
from db.rows import records
from db.rows.transactions import writing

KIND = "sent_letter"
_LISTED = 5


@dataclass(frozen=True)
class CopyName:
    """By what a copy is told from others: the letters of one person with the same name, about the same aid."""

    person_id: int
    name: str
    aid_id: int | None = None


@dataclass(frozen=True)
class SentLetter:
    """A letter as PDF, with the PNG of its first page."""

    copy: CopyName
    content: bytes
    picture: bytes | None


def counts(db: Office, persons: Iterable[int]) -> Counter[CopyName]:
    """Return how many copies the files of these persons hold of each letter."""
    numbers = sorted(set(persons))
    sql = f"""SELECT person_id, name, aid_id, count(*) FROM attachment WHERE kind = '{KIND}' AND deleted_at IS NULL
      AND person_id IN ({", ".join("?" * len(numbers))}) GROUP BY 1, 2, 3"""
    return Counter({CopyName(person, name, aid): n for person, name, aid, n in db.execute(sql, numbers)})


def keep(db: Office, letters: Sequence[SentLetter], who: str, known: Mapping[CopyName, int]) -> int:
    """Keep these letters as one operation, and return how many were kept. ``known``: the copies of which one more is
    wanted, with how many there were; a letter of which the file holds another number is not kept again. Raises
    PaletteError when the attachments of somebody would pass the limit: then none is kept."""
    with writing(db):
        held = counts(db, (letter.copy.person_id for letter in letters))
        wanted = [letter for letter in letters if held[letter.copy] == known.get(letter.copy, 0)]
        _refuse_too_much(db, wanted)
        for letter in wanted:
            brought = BroughtFile(letter.copy.name, "pdf", letter.content, letter.picture)
            files.add_within(db, letter.copy.person_id, brought, {"kind": KIND, "aid_id": letter.copy.aid_id}, who)
    return len(wanted)


def _refuse_too_much(db: Office, letters: Sequence[SentLetter]) -> None:
    added: Counter[int] = Counter()
    for letter in letters:
        added[letter.copy.person_id] += len(letter.content)
    most = attachment_rules.MOST_OF_PERSON
    over = [person for person, size in added.items() if files.size_of_person(db, person) + size > most]
    if over:
        context = records.context(db)
        names = ", ".join(context.title("person", person) for person in over[:_LISTED])
        more = f" et {len(over) - _LISTED} autres" if len(over) > _LISTED else ""
        raise PaletteError(
            f"rien n’est gardé ni imprimé : les pièces de {names}{more} passeraient {megabytes(most)}. Supprimez des"
            " pièces, ou imprimez sans garder de copie."
        )
