"""Attack 11: only the release can be reached from the public site, by SQL or by any address."""

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


def check_site_access(path: Path) -> list[str]:
    """Return, in French, what else could be reached from the site that serves this file."""
    with ThreadPoolExecutor(1) as executor:  # the calling thread may already run an event loop
        return executor.submit(lambda: asyncio.run(_check(path))).result()


async def _check(path: Path) -> list[str]:
    from partners.site import Site  # here, so that a screen that does not audit need not load Datasette

    site = Site(path)
    await site.reload()
    forbidden = (str(path.parent.resolve()), str(Path.home()), "root:", "site-packages")
    reasons = []
    transport = httpx.ASGITransport(app=site, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        for sql in _SQL:
            answer = await client.get("/artistes.json", params={"sql": sql, "_shape": "array"})
            if answer.status_code == 200 and _has_rows(answer.text):
                reasons.append(f"La requête « {sql} » passe.")
        for address in _PATHS:
            answer = await client.get(address)
            if any(word in answer.text for word in forbidden):
                reasons.append(f"L’adresse {address} en dit trop.")
        if (await client.get("/artistes/profil.json")).status_code != 200:
            reasons.append("Le site ne montre pas la publication : rien n’a pu être éprouvé.")
    return reasons


def _has_rows(text: str) -> bool:
    """Whether the answer to a statement that should be refused contains rows."""
    return text.strip() not in ("[]", "") and '"ok": false' not in text
