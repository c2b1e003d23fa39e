"""The command line of the office file: ``python -m db VERB``; ``python -m db --help`` lists the verbs."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import click

from db.accounts import accounts, sessions
from db.base.errors import NotFoundError
from db.base.french import french_number
from db.cli.backup_verbs import backup, backup_key, check, restore, seal
from db.cli.import_verbs import import_, template
from db.cli.verbs import FILE, Verbs
from db.figures import counting
from db.figures.definitions import FIGURES
from db.figures.periods import period_of
from db.model.office import Office
from db.people import erasure, retention
from db.storage import connection


@click.group(cls=Verbs)
def cli() -> None:
    """Le fichier de Palette, en ligne de commande."""


for verb in (backup, restore, backup_key, check, seal, template, import_):
    cli.add_command(verb)


@cli.command()
@FILE
def demo(path: Path) -> None:
    """Écrit à l’adresse PATH un fichier de démonstration, entièrement inventé."""
    from db.demo.create import write  # every other verb does without its made-up names

    write(path)
    click.echo(f"Fichier de démonstration écrit : {path}")


@cli.command()
@FILE
def init(path: Path) -> None:
    """Crée à l’adresse PATH un fichier vide."""
    connection.create(path).close()
    click.echo(f"Fichier vide créé : {path}")


@cli.command()
@FILE
@click.argument("login", required=False)
def invite(path: Path, login: str | None) -> None:
    """Donne une adresse qui ouvre une fois le fichier PATH : au compte LOGIN, ou au premier administrateur. LOGIN :
    l’identifiant d’un compte, dont le mot de passe est perdu par exemple."""
    db = connection.open_file(path)
    try:
        token = _invitation(db, login)
    finally:
        db.close()
    click.echo(f"{sessions.ADDRESS or 'http://127.0.0.1:8501'}/bienvenue?cle={token}")


def _invitation(db: Office, login: str | None) -> str:
    if login:
        account = accounts.by_login(db, login)
        if account is None or not account.active:
            raise NotFoundError(f"Aucun compte actif n’a l’identifiant « {login} ».")
        return accounts.invite(db, "password", account.id, time.time())
    token = accounts.first_invitation(db, time.time())
    if not token:
        raise NotFoundError("Ce fichier a déjà des comptes : dites lequel inviter (python -m db invite PATH LOGIN).")
    return token


@cli.command()
@FILE
def due(path: Path) -> None:
    """Dit, par numéro, quels dossiers du fichier PATH sont à archiver ou à effacer ; n’y change rien."""
    db = connection.open_file(path)
    today = date.today().isoformat()
    for label, files in (
        ("à archiver", retention.to_archive(db, today)), ("à effacer", retention.to_erase(db, today)),
    ):  # fmt: skip
        numbers = ", ".join(str(one.person_id) for one in files)
        click.echo(f"Dossiers {label} : {len(files)}" + f" (n° {numbers})" * bool(files))
    db.close()


@cli.command()
@FILE
def sweep(path: Path) -> None:
    """Récrit le fichier PATH, pour qu’aucune page libre ne garde ce qui a été effacé."""
    db = connection.open_file(path)
    try:
        erasure.sweep(db)
    finally:
        db.close()
    click.echo("Le fichier a été récrit.")


@cli.command()
@FILE
@click.argument("when")
@click.option("--json", "as_json", is_flag=True, help="En JSON.")
def photo(path: Path, when: str, as_json: bool) -> None:
    """Les chiffres du fichier PATH pour WHEN. WHEN : une année (2022), un jour (2023-03-06) ou une période
    (2022-01-01/2022-06-30). Une période en cours est comptée jusqu’à aujourd’hui, et le dit."""
    today = date.today()
    state = period_of(when, today).state
    db = connection.open_file(path)
    figures = counting.photo(db, when, today)
    db.close()
    if as_json:
        said = {"period": state} if state else {}
        click.echo(json.dumps(said | figures, indent=2, ensure_ascii=False))
    else:
        click.echo(text_of(figures, when, today))


def text_of(figures: dict[str, Any], when: str, today: date | None = None) -> str:
    """Return a photo as French text: a heading, then one figure a line, numbers aligned right."""
    rows = [row for name, value in figures.items() for row in _rows(FIGURES[name].label, value)]
    width = max(len(label) for label, _ in rows)
    digits = max(len(number) for _, number in rows)
    lines = [f"{label:<{width}}  {number:>{digits}}".rstrip() for label, number in rows]
    return "\n".join([period_of(when, today).title, "", *lines])


def _rows(label: str, value: Any) -> list[tuple[str, str]]:
    match value:
        case {"total": total, "by_reason": reasons}:
            return [(label, french_number(total)), *_indented(reasons)]
        case dict():
            return [(label, ""), *_indented(value)]
        case float():
            return [(label, french_number(value, 1) + (" ans" if round(value, 1) >= 2 else " an"))]
        case None:
            return [(label, "personne")]
        case _:
            return [(label, french_number(value))]


def _indented(values: dict[str, int]) -> list[tuple[str, str]]:
    return [("  " + label, french_number(value)) for label, value in values.items()]


if __name__ == "__main__":
    cli(prog_name="python -m db")
