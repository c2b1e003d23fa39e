"""Attack 11: from the public site, nothing but the release can be reached: not by SQL, facets, downloads or paths."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

_SQL = (
    "ATTACH DATABASE '/etc/passwd' AS other",
    "SELECT readfile('/etc/passwd')",
    "SELECT load_extension('x')",
    "PRAGMA database_list",
    "SELECT file FROM pragma_database_list",
    "SELECT * FROM pragma_database_list",
    "VACUUM INTO '/tmp/copy.db'",
    "CREATE TABLE other (x)",
    "DELETE FROM profil",
    "SELECT writefile('/tmp/x', 'x')",
)
_PATHS = (
    "/palette.db",
    "/palette",
    "/data/palette.db",
    "/../data/palette.db",
    "/..%2fdata%2fpalette.db",
    "/-/static/..%2f..%2fserve.py",
    "/-/static/../../../../etc/passwd",
    "/static/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/-/static-plugins/x/..%2f..%2fetc%2fpasswd",
    "/-/databases.json",
    "/-/metadata.json",
    "/-/plugins.json",
    "/-/threads.json",
    "/-/logs",
    "/_internal",
    "/_memory",
)


def reached(path: Path) -> list[str]:
    """What of the machine could be reached from the site on this file."""
    with ThreadPoolExecutor(1) as apart:  # whoever audits may have an event loop of her own in this thread
        return apart.submit(lambda: asyncio.run(_reached(path))).result()


async def _reached(path: Path) -> list[str]:
    from partners.site import Site  # Datasette is loaded by whoever audits, not by every screen

    site = Site(path)
    await site.look()
    told = (str(path.parent.resolve()), str(Path.home()), "root:", "site-packages")
    found = []
    transport = httpx.ASGITransport(app=site, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for sql in _SQL:
            answer = await client.get("/artistes.json", params={"sql": sql, "_shape": "array"})
            if answer.status_code == 200 and _rows(answer.text):
                found.append(f"La requête « {sql} » passe.")
        for address in _PATHS:
            answer = await client.get(address)
            if any(word in answer.text for word in told):
                found.append(f"L’adresse {address} en dit trop.")
        if (await client.get("/artistes/profil.json")).status_code != 200:
            found.append("Le site ne montre pas la publication : rien n’a pu être éprouvé.")
    return found


def _rows(text: str) -> bool:
    """Whether a statement that should be refused answered something."""
    return text.strip() not in ("[]", "") and '"ok": false' not in text
