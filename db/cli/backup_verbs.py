"""The verbs ``backup``, ``restore``, ``backup-key``, ``check`` and ``seal``."""

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from db.backup import create, witness
from db.backup.restore import Restored, restore_backup
from db.base import atomic_files, folders
from db.cli.verbs import PathArgument
from db.people import erasure, erasure_register
from db.storage import audit_chain, connection, integrity

_PATH = PathArgument()


@click.command()
@click.argument("path", type=_PATH)
@click.option("--to", type=_PATH, help="Dossier ; sinon PALETTE_BACKUPS, ou « sauvegardes » à côté du fichier.")
@click.option("--recipient", help="Clé publique age1… ; sinon PALETTE_BACKUP_KEY, ou aucun chiffrement.")
def backup(path: Path, to: Path | None, recipient: str | None) -> None:
    """Sauvegarde le fichier PATH, même pendant que l’équipe y écrit."""
    key = recipient or create.recipient()
    backup_file = create.make_backup(path, to or folders.backup_folder(path), datetime.now(UTC), key)
    click.echo(f"Sauvegarde écrite et vérifiée, {'chiffrée' if key else 'non chiffrée'} : {backup_file}")


@click.command()
@click.argument("saved", metavar="BACKUP", type=_PATH)
@click.argument("path", type=_PATH)
@click.option("--identity", type=_PATH, help="Fichier de la clé, pour une sauvegarde chiffrée.")
@click.option("--anyway", is_flag=True, help="Même si des lignes ne suivent pas les règles de Palette.")
def restore(saved: Path, path: Path, identity: Path | None, anyway: bool) -> None:
    """Met la sauvegarde BACKUP à la place du fichier PATH, serveur arrêté ; l’ancien fichier est gardé."""
    register = erasure_register.path_of(path).exists()
    click.echo("\n".join(_restore_report(restore_backup(saved, path, identity, anyway), path, register)))


def _restore_report(restored: Restored, path: Path, register: bool) -> list[str]:
    lines = [f"Sauvegarde vérifiée et reprise : {path}"]
    if restored.replaced:
        lines.append(f"Le fichier remplacé est gardé : {restored.replaced}")
    lines.append("La chaîne des sceaux repart de cette sauvegarde ; l’historique et « sceaux.csv » le disent.")
    lines += restored.remarks
    if not register:
        register_path = erasure_register.path_of(path)
        lines.append(
            f"Attention : il n’y a pas de registre des effacements ({register_path}). "
            "Si quelqu’un a été effacé après cette sauvegarde, son dossier y est revenu : effacez-le de nouveau."
        )
    else:
        lines.append(f"Personnes effacées depuis cette sauvegarde, et effacées de nouveau : {restored.erased_again}")
    return lines


@click.command()
@click.argument("path", type=_PATH)
@click.option("--accept", metavar="RAISON", help="Note que la chaîne de ce fichier est la bonne, et pourquoi.")
def seal(path: Path, accept: str | None) -> None:
    """Dit le code des sceaux du fichier PATH, à noter hors du serveur ; « check --code » le compare plus tard."""
    with closing(connection.open_file(path)) as db:
        if accept:
            witness.accept(db, path, accept)
        click.echo(audit_chain.code(db))


@click.command()
@click.argument("path", type=_PATH)
@click.option("--code", "codes", multiple=True, help="Un code des sceaux, noté auparavant (python -m db seal).")
@click.option("--seals", multiple=True, type=_PATH, help="Un autre « sceaux.csv », à côté d’une copie par exemple.")
def check(path: Path, codes: tuple[str, ...], seals: tuple[Path, ...]) -> None:
    """Vérifie le fichier PATH sans rien y changer : règles, historique, sceaux, recherche."""
    if not path.exists():
        connection.open_file(path)  # says so in French
    with closing(connection.connect(path)) as db:
        problems = integrity.check(db) or [
            *erasure.problems(db),
            *witness.problems(db, path, seals),
            *filter(None, (witness.code_problem(db, code) for code in codes)),
        ]
    click.echo("\n".join([*(problems or ["Le fichier est sain."]), *witness.explanations(path)]))
    sys.exit(1 if problems else 0)


@click.command("backup-key")
@click.argument("file", type=_PATH)
def backup_key(file: Path) -> None:
    """Crée dans FILE une clé pour chiffrer les sauvegardes."""
    public = atomic_files.new_identity(file)
    click.echo(f"PALETTE_BACKUP_KEY={public}")
    click.echo(f"Donnez cette ligne au serveur. Gardez {file} ailleurs que sur le serveur, en deux endroits sûrs :")
    click.echo("sans ce fichier, aucune sauvegarde chiffrée ne se relit, et qui l’a les lit toutes.")
