"""The command line of the publisher: ``python -m publication VERB``; ``--help`` lists the verbs."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from db.cli.verbs import FILE, PathArgument, Verbs
from db.storage import connection
from publication import publish
from publication.audit.auditor import Verdict
from publication.prepared import Outcome
from publication.release import ledger, public_facts

_WHO = "Ligne de commande"


@click.group(cls=Verbs)
def cli() -> None:
    """Des chiffres anonymes, pour les partenaires : publier, vérifier, noter ce qui est déjà public."""
    logging.basicConfig(level=logging.ERROR)


@cli.command()
@FILE
@click.option(
    "--on", "days", required=True, multiple=True, help="Le 31 décembre photographié : 2025-12-31 (plusieurs possibles)."
)
@click.option("--to", required=True, type=PathArgument(), help="Le fichier public à écrire.")
def release(path: Path, days: tuple[str, ...], to: Path) -> None:
    """Publie une année du fichier PATH (ou plusieurs), si l’auditeur ne la refuse pas."""
    years = [publish.year_of(day) for day in days]
    db = connection.open_file(path)
    outcomes = [publish.release(db, path, year, to, _WHO) for year in years]
    db.close()
    for outcome in outcomes:
        _print_outcome(outcome)
    sys.exit(1 if any(outcome.refused for outcome in outcomes) else 0)


def _print_outcome(outcome: Outcome) -> None:
    click.echo(_verdict_lines(outcome.verdicts))
    click.echo(outcome.sentence, err=outcome.refused)
    for name, value in outcome.secrets.items():
        click.echo(f"  {name} : {value} (n’est pas publié)")
    for name, value in outcome.measures.items():
        click.echo(f"  {name} : {value}")


@cli.command()
@click.argument("public", type=click.Path(path_type=Path, exists=True))
@click.option("--against", "private", required=True, type=PathArgument(), help="Le fichier de l’équipe.")
def audit(public: Path, private: Path) -> None:
    """Soumet le fichier PUBLIC aux treize attaques."""
    db = connection.open_file(private)
    verdicts = publish.check(db, private, public)
    db.close()
    click.echo(_verdict_lines(verdicts))
    failed = [verdict for verdict in verdicts if not verdict.passed]
    click.echo("Refusé." if failed else "Toutes les attaques sont repoussées.", err=bool(failed))
    sys.exit(1 if failed else 0)


@cli.command()
@FILE
@click.option("--add", "new", nargs=4, metavar="ANNEE TABLEAU CATEGORIE NOMBRE", help="Note un nombre déjà public.")
@click.option("--source", default="", help="Où il a été rendu public.")
def facts(path: Path, new: tuple[str, str, str, str] | None, source: str) -> None:
    """Liste ce qui a déjà été rendu public à côté du fichier PATH, ou l’y note."""
    facts_path = public_facts.path_beside(path)
    if new:
        public_facts.add(facts_path, public_facts.parse_fact(*new, source))
    for fact in public_facts.read(facts_path):
        click.echo(f"{fact.year} · {fact.table} · {fact.label} : {fact.number} ({fact.source})")


@cli.command("new-key")
@FILE
def new_key(path: Path) -> None:
    """Change la clé secrète du fichier PATH, si quelqu’un a pu la lire. Les années publiées gardent leurs chiffres."""
    db = connection.open_file(path)
    ledger.renew_secret_key(db)
    years = publish.releases_online(ledger.read_entries(db))
    db.close()
    click.echo("La clé a changé ; les prochaines années seront tirées avec la nouvelle.")
    if years:
        listed = ", ".join(map(str, years))
        click.echo(f"En ligne avec l’ancienne : {listed}. Qui l’a lue devine mieux dans ces années ; retirez-les.")


def _verdict_lines(verdicts: Sequence[Verdict]) -> str:
    lines = []
    for verdict in verdicts:
        mark = "repoussée" if verdict.passed else "RÉUSSIE"
        lines.append(f"{verdict.attack.number:>2}. {verdict.attack.title} : {mark}")
        lines += [f"      {reason}" for reason in verdict.reasons]
    return "\n".join(lines)


if __name__ == "__main__":
    cli(prog_name="python -m publication")
