"""Start Palette and the partners' site as two processes that end together: `python -m server.launcher`.

The partners' site must not be able to find the private file: it gets its own working directory and environment, and no
path to the file in its arguments. On a server it also runs under another system user (docs/deployment.md).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import click

from db.accounts import accounts
from db.accounts.sessions import ADDRESS
from db.base import work_folders
from db.base.errors import PaletteError
from db.cli.verbs import PathArgument
from db.storage import connection

ROOT = Path(__file__).resolve().parents[1]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ")
"""The environment variables passed on to the partners' site: none of them says where the private file is."""
_YEARS = 4
"""How many past years ``--publish-demonstration`` publishes."""


def site_environment() -> dict[str, str]:
    """Return the environment of the partners' site."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**passed_on, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


def start_site(public: Path, address: str, port: int) -> subprocess.Popen[bytes]:
    """Start the partners' site with the public folder as its working directory."""
    public.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "partners", ".", "--host", address, "--port", str(port)]
    return subprocess.Popen(command, cwd=public, env=site_environment(), stdin=subprocess.DEVNULL)


def _start_office(public: Path, address: str, port: int, site: str) -> subprocess.Popen[bytes]:
    # Without browser.serverAddress, Streamlit asks an external service for the address of this machine.
    host = urlsplit(ADDRESS).hostname or address
    options = [f"--server.address={address}", f"--server.port={port}", f"--browser.serverAddress={host}"]
    environment = {**os.environ, "PALETTE_PUBLIC": str(public), "PALETTE_SITE": site}
    return subprocess.Popen([sys.executable, "-m", "streamlit", "run", "app.py", *options], cwd=ROOT, env=environment)


def _one_time_path(office: Path) -> str:
    """Return the path that opens a file without any password yet, '' when there is one. Raises ClickException."""
    try:
        db = connection.open_file(office)
        try:
            token = accounts.first_invitation(db, time.time())
        finally:
            db.close()
    except PaletteError as error:
        raise click.ClickException(str(error)) from error
    return f"/bienvenue?cle={token}" if token else ""


def _publish(office: Path, public: Path) -> subprocess.Popen[bytes]:
    """Publish the last years of the demonstration in the background."""
    last = date.today().year - 1
    days = [f"--on={year}-12-31" for year in range(last - _YEARS + 1, last + 1)]
    command = [sys.executable, "-m", "publication", "release", str(office), *days, f"--to={public / 'artistes.db'}"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


@click.command()
@click.option("--office", type=PathArgument(), required=True, help="Le fichier de l’équipe.")
@click.option("--public", type=PathArgument(), required=True, help="Le dossier public.")
@click.option("--address", default="127.0.0.1")
@click.option("--port", default=8501)
@click.option("--site-port", default=8502)
@click.option("--publish-demonstration", "publish", is_flag=True, help="Publie les dernières années, en arrière-plan.")
def main(office: Path, public: Path, address: str, port: int, site_port: int, publish: bool) -> None:
    """Démarre Palette et le site des partenaires ; Ctrl-C arrête les deux."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    office, public, site = office.resolve(), public.resolve(), f"http://{address}:{site_port}"
    first_path = _one_time_path(office)
    work_folders.clear_left_folders(public)
    children = [start_site(public, address, site_port)]
    try:
        children.append(_start_office(public, address, port, site))
        own = ADDRESS or f"http://{address}:{port}"
        click.echo(f"Palette : {own}{first_path}  ·  partenaires : {site}  (Ctrl-C pour arrêter / to stop)")
        if first_path:
            click.echo("Cette adresse ouvre Palette une seule fois. / This address works once.")
        if publish:
            click.echo("Les chiffres de la démonstration sont publiés en arrière-plan, une année après l’autre.")
            children.append(_publish(office, public))
        _wait(children[:2])
    except KeyboardInterrupt:
        pass
    finally:
        _end(children)


def _wait(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return once one of the processes has ended."""
    while all(child.poll() is None for child in children):
        time.sleep(0.3)


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(timeout=8)
        except subprocess.TimeoutExpired:
            child.kill()


if __name__ == "__main__":
    main(prog_name="python -m server.launcher")
