"""The command line of the reports: ``python -m reports VERB``; ``--help`` lists the verbs."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from db.base import atomic_files
from db.base.errors import InvalidError, Problem
from db.base.french import fold
from db.base.progress import Progress
from db.cli.verbs import PathArgument, Verbs
from db.export import attachments_zip
from db.figures import as_of
from db.figures.periods import period_of
from db.model.lists import AGENTS
from db.rows import access_log, records
from db.rows.round_trip_text import NAME
from db.storage import connection
from reports import bundle, calendar_file
from reports.content import report
from reports.content.report import Report
from reports.deck import deck
from reports.documents import letters, making
from reports.documents.letter_texts import LETTERS
from reports.documents.texts import DOCUMENTS
from reports.pdf import person_file, report_pdf
from reports.sheets import figure_sheets
from reports.sheets import whole_file as whole

_MAKERS: dict[str, Callable[[Report, Progress], bytes]] = {
    ".pptx": deck.pptx_bytes,
    ".pdf": report_pdf.pdf_bytes,
    ".xlsx": figure_sheets.report_bytes,
    ".zip": lambda document, tick: bundle.zip_bytes(document.charts, document.period, document.source, tick),
}


@click.group(cls=Verbs)
def cli() -> None:
    """Les bilans et les fichiers de Palette, en ligne de commande."""


@cli.command()
@click.argument("path", type=PathArgument())
@click.argument("when")
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.{pptx,pdf,xlsx,zip}")
@click.option("--known-on", default="", help="Ce que l’on savait ce jour-là (2023-03-15).")
def photo(path: Path, when: str, target: Path, known_on: str) -> None:
    """Le bilan du fichier PATH pour WHEN, écrit dans FILE : PPTX, PDF, XLSX, ou ZIP de tous les graphiques. WHEN : une
    année (2022), un jour (2023-03-06) ou une période (2022-01-01/2022-06-30)."""
    make = _maker(target)
    document = _report(path, when, known_on)
    with click.progressbar(length=100, label=document.title) as bar:
        content = make(document, lambda done, _: bar.update(round(100 * done) - bar.pos))
        bar.update(100 - bar.pos)
    target.write_bytes(content)
    click.echo(f"Écrit : {target}")


@cli.command()
@click.argument("path", type=PathArgument())
@click.argument("person", type=int)
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.zip")
@click.option("--who", required=True, help="Qui le remet : écrit dans les traces.")
def package(path: Path, person: int, target: Path, who: str) -> None:
    """Tout ce que le fichier PATH sait du dossier n° PERSON (droit d’accès) : un PDF et un JSON, dans FILE."""
    db = connection.open_file(path)
    try:
        content = person_file.zip_bytes(db, person, date.today().isoformat())
        access_log.note(db, who, "package", person)
    finally:
        db.close()
    target.write_bytes(content)
    click.echo(f"Écrit : {target}")


@cli.command("contract")
@click.argument("path", type=PathArgument())
@click.argument("number", metavar="ID", type=int)
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.{docx,pdf}")
@click.option("--who", required=True, help="Qui l’imprime : écrit dans les traces.")
def contract(path: Path, number: int, target: Path, who: str) -> None:
    """Le document du contrat n° ID du fichier PATH, dans FILE : DOCX à modifier, ou PDF."""
    if target.suffix.lower() not in (".docx", ".pdf"):
        raise InvalidError([Problem(f"« {target.name} » : choisissez un fichier .docx ou .pdf.")])
    db, today = connection.open_file(path), date.today().isoformat()
    try:
        row = records.get(db, db.tables["cer"], number)
        printed, is_word = making.of_contract(number, row.values), target.suffix.lower() == ".docx"
        content = making.word_bytes(db, printed, today) if is_word else making.pdf_bytes(db, [printed], today)
        detail = f"Contrat n° {number}, {target.suffix[1:].upper()}"
        access_log.note(db, who, "document", row.values["person_id"], detail)
    finally:
        db.close()
    target.write_bytes(content)
    click.echo(f"Écrit : {target}")


@cli.command()
@click.argument("path", type=PathArgument())
@click.option("--who", "agent", required=True, metavar="NAME", help="De qui : un nom de la liste « Agents ».")
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.ics")
def agenda(path: Path, agent: str, target: Path) -> None:
    """Les rendez-vous d’une personne de l’équipe du fichier PATH, sans aucun nom, dans FILE, pour un agenda."""
    if target.suffix.lower() != ".ics" or not target.parent.is_dir():
        raise InvalidError([Problem(f"« {target} » : choisissez un fichier .ics dans un dossier qui existe.")])
    db = connection.open_file(path)
    try:
        labels = records.context(db).labels[AGENTS.name]
        code = next((code for code, label in labels.items() if fold(label) == fold(agent)), None)
        if code is None:
            raise InvalidError([Problem(f"« {agent} » n’est pas dans la liste : {', '.join(labels.values())}.")])
        content = calendar_file.calendar_bytes(db, code, date.today().isoformat())
    finally:
        db.close()
    target.write_bytes(content)
    click.echo(f"Écrit : {target}")


@cli.command("letter")
@click.argument("path", type=PathArgument())
@click.argument("name", type=click.Choice([kind.name for kind in LETTERS]))
@click.argument("number", metavar="ID", type=int)
@click.option("--about", default="", help="La table de la ligne ID, si la lettre peut en concerner plusieurs.")
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.{docx,pdf}")
@click.option("--who", required=True, help="Qui l’imprime : écrit dans les traces.")
def letter(path: Path, name: str, number: int, about: str, target: Path, who: str) -> None:
    """La lettre NAME sur la ligne n° ID du fichier PATH, dans FILE : DOCX à modifier, ou PDF, sans copie gardée."""
    kind, ending = DOCUMENTS[name], target.suffix.lower()
    if ending not in (".docx", ".pdf"):
        raise InvalidError([Problem(f"« {target.name} » : choisissez un fichier .docx ou .pdf.")])
    table, today = about or kind.sources[0], date.today().isoformat()
    if table not in kind.sources:
        raise InvalidError([Problem(f"« {table} » : cette lettre concerne une ligne de {' ou '.join(kind.sources)}.")])
    db = connection.open_file(path)
    try:
        records.get(db, db.tables[table], number)
        (row,) = letters.rows_about(db, table, [number])
        if reason := letters.why_not(db, kind, row, today):
            raise InvalidError([Problem(f"{kind.title} : {reason}.")])
        printed = making.Printed(name, table, number)
        content = making.word_bytes(db, printed, today) if ending == ".docx" else making.pdf_bytes(db, [printed], today)
        access_log.note(db, who, "document", row.person.id, f"{kind.title} ({table} n° {number}), {ending[1:].upper()}")
    finally:
        db.close()
    target.write_bytes(content)
    click.echo(f"Écrit : {target}")


@cli.command("whole")
@click.argument("path", type=PathArgument())
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.{xlsx,ods,db}")
@click.option("--who", required=True, help="Qui l’emporte : écrit dans les traces.")
@click.option("--force", is_flag=True, help="Remplace FILE s’il existe.")
def whole_file(path: Path, target: Path, who: str, force: bool) -> None:
    """Tout le fichier PATH, dans FILE : un classeur XLSX ou ODS qu’une Palette vide reprend, ou une base SQLite."""
    file_format = whole.format_of_suffix(target.suffix)
    if file_format is None:
        raise InvalidError([Problem(f"« {target.name} » : choisissez un fichier .xlsx, .ods ou .db.")])
    _refuse(path, target, force)
    db = connection.open_file(path)
    try:
        with click.progressbar(length=100, label=NAME) as bar:
            today = date.today().isoformat()
            content = file_format.make(db, today, lambda done, _: bar.update(round(100 * done) - bar.pos))
            bar.update(100 - bar.pos)
        access_log.note(db, who, "export", detail=whole.log_detail(file_format))
    finally:
        db.close()
    atomic_files.write_bytes(target, content, replace=force)
    click.echo(f"Écrit : {target}")


@cli.command()
@click.argument("path", type=PathArgument())
@click.option("--to", "target", required=True, type=PathArgument(), help="FILE.zip")
@click.option("--who", required=True, help="Qui les emporte : écrit dans les traces.")
@click.option("--force", is_flag=True, help="Remplace FILE s’il existe.")
def attachments(path: Path, target: Path, who: str, force: bool) -> None:
    """Toutes les pièces jointes du fichier PATH, dans FILE : un ZIP, un dossier par personne."""
    _refuse(path, target, force)
    db = connection.open_file(path)
    try:
        access_log.note(db, who, "export", detail="Pièces jointes")
        attachments_zip.write(db, target, force)
    finally:
        db.close()
    click.echo(f"Écrit : {target}")


def _refuse(path: Path, target: Path, force: bool) -> None:
    """Raise InvalidError or FileExistsError for a path that must not be written."""
    if not target.parent.is_dir():
        raise InvalidError([Problem(f"Le dossier {target.parent} n’existe pas ; rien n’a été écrit.")])
    if target.exists() and path.exists() and target.samefile(path):
        raise InvalidError([Problem(f"{target} est le fichier de Palette lui-même ; rien n’a été écrit.")])
    if target.is_dir():
        raise InvalidError([Problem(f"{target} est un dossier ; rien n’a été écrit.")])
    if target.exists() and not force:
        raise InvalidError(
            [Problem(f"Il y a déjà un fichier à l’adresse {target} ; rien n’a été écrit. Pour le remplacer : --force.")]
        )


def _maker(target: Path) -> Callable[[Report, Progress], bytes]:
    """Return the function that makes a kind of file. Raises InvalidError before any work for a kind that cannot be
    written."""
    make = _MAKERS.get(target.suffix.lower())
    if make is None:
        raise InvalidError([Problem(f"« {target.name} » : choisissez un fichier .pptx, .pdf, .xlsx ou .zip.")])
    if not target.parent.is_dir():
        raise InvalidError([Problem(f"Le dossier {target.parent} n’existe pas ; rien n’a été écrit.")])
    return make


def _report(path: Path, when: str, known_on: str) -> Report:
    period = period_of(when)
    day = period_of(known_on) if known_on else None
    if day and not day.is_day:
        raise InvalidError([Problem(f"--known-on : « {known_on} » n’est pas une date (2023-03-15).")])
    db = connection.open_file(path)
    try:
        if day is None:
            return report.make(db, period)
        with as_of.as_known(path, as_of.end_of(day.last)) as past:
            return report.make(past, period, day.code)
    finally:
        db.close()


if __name__ == "__main__":
    cli(prog_name="python -m reports")
