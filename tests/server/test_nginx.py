"""Palette behind a real nginx configured by docs/nginx.conf: TLS, redirects, headers, websocket and logs."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from playwright.sync_api import expect
from websockets.sync.client import connect

from db.accounts import accounts, login_throttle
from db.model.roles import Role
from db.rows import records
from db.rows.records import Edit
from server import launcher
from tests.conftest import Server, chromium_path, cookie_of, free_port, let_in

pytestmark = pytest.mark.browser
CONF = launcher.ROOT / "docs" / "nginx.conf"
OFFICE, PARTNERS = "palette.test", "chiffres.test"
WEBSOCKET = {
    "Upgrade": "websocket", "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "cGFsZXR0ZS1wYWxldHRlLQ==",
}  # fmt: skip
LOGIN, PASSWORD = "camille@exemple.fr", "quatre mots sans aucun lien"


def nginx_path():
    """Return the path of nginx, which Debian keeps out of most users' PATH. Fails when there is none."""
    path = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    return path or pytest.fail("No nginx: install it (apt-get install nginx-light), or make nginx as root.")


def certificate(folder):
    """Write a self-signed certificate for both names. Returns the paths of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, OFFICE)]), datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(OFFICE), x509.DNSName(PARTNERS)])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    secret.write_bytes(key.private_bytes(*form))
    return pem, secret


class Front:
    """nginx on free ports in front of an office and a partners' site."""

    def __init__(self, folder, office_port, site_port):
        self.folder, self.plain, self.secure = folder, free_port(), free_port()
        self.pem, self.secret = certificate(folder)
        self.address = f"https://{OFFICE}:{self.secure}"
        files = ["-c", str(folder / "main.conf"), "-e", str(folder / "start.log")]
        self._command = [nginx_path(), "-p", str(folder), *files]
        self._write(office_port, site_port)

    def _write(self, office_port, site_port):
        text = CONF.read_text(encoding="utf-8")
        for pattern, replacement in (
            (r"\n *listen \[::\][^\n]*", ""),  # not every machine that runs tests has IPv6
            (r"listen 80\b", f"listen 127.0.0.1:{self.plain}"),
            (r"listen 443\b", f"listen 127.0.0.1:{self.secure}"),
            (r"https://palette\.exemple\.fr", self.address),
            (r"https://chiffres\.exemple\.fr", f"https://{PARTNERS}:{self.secure}"),
            (r"/etc/ssl/palette/\S+\.pem", str(self.pem)),
            (r"/etc/ssl/palette/\S+\.key", str(self.secret)),
            (r"palette\.exemple\.fr", OFFICE),
            (r"chiffres\.exemple\.fr", PARTNERS),
            (r"127\.0\.0\.1:8501", f"127.0.0.1:{office_port}"),
            (r"127\.0\.0\.1:8502", f"127.0.0.1:{site_port}"),
            (r"/var/log/nginx", str(self.folder)),
        ):  # fmt: skip
            text, times = re.subn(pattern, replacement, text)
            assert times, f"docs/nginx.conf no longer contains {pattern}"
        (self.folder / "site.conf").write_text(text, encoding="utf-8")
        kept = "".join(f"{name}_temp_path {self.folder}/{name};\n" for name in ("proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "main.conf").write_text(
            f"{'user root;' if os.geteuid() == 0 else ''}\nworker_processes 1;\npid {self.folder}/pid;\ndaemon off;\n"
            f"events {{}}\nhttp {{\naccess_log off;\nclient_body_temp_path {self.folder}/body;\n{kept}"
            f"include {self.folder}/site.conf;\n}}\n"
        )

    def checked(self):
        return subprocess.run([*self._command, "-t"], capture_output=True, text=True)

    def start(self):
        process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until and process.poll() is None:
            with closing(socket.socket()) as door:
                if not door.connect_ex(("127.0.0.1", self.secure)):
                    return process
            time.sleep(0.05)
        return pytest.fail((self.folder / "start.log").read_text())

    def ask(self, path="/", name=OFFICE, method="GET", form=None, as_from="127.0.0.1", host=None, **headers):
        """Send one request over TLS. ``as_from``: the source address. Returns the answer and its body."""
        trusted = ssl.create_default_context(cafile=str(self.pem))
        raw = socket.create_connection(("127.0.0.1", self.secure), 20, source_address=(as_from, 0))
        plain = http.client.HTTPConnection("127.0.0.1", self.secure)
        plain.sock = trusted.wrap_socket(raw, server_hostname=name)
        said = {"Host": host or f"{name}:{self.secure}", "Accept": "text/html", **headers}
        if form is not None:
            said["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(plain):
            plain.request(method, path, urlencode(form) if form is not None else None, said)
            answer = plain.getresponse()
            return answer, answer.read().decode(errors="replace")

    def sign_in(self, login=LOGIN, password="faux", **options):
        form = {"identifiant": login, "mot_de_passe": password, "vers": "/"}
        return self.ask("/connexion", method="POST", form=form, Origin=self.address, **options)

    def logs(self, expected=""):
        """Return what is logged, once it contains ``expected``: nginx logs a request after its answer has left."""
        until = time.monotonic() + 20
        while True:
            noted = "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))
            if expected in noted or time.monotonic() > until:
                return noted
            time.sleep(0.05)


@pytest.fixture(scope="module")
def both(tmp_path_factory, new_office):
    """The office, configured with its public address, and nginx in front of it and the partners' site."""
    folder = tmp_path_factory.mktemp("nginx")
    with closing(new_office(folder / "data" / "palette.db")) as db:
        let_in(db)
        accounts.set_password(db, accounts.create(db, LOGIN, "Camille", Role, "Test"), PASSWORD)
    office = Server(folder / "data")
    front = Front(folder, office.port, site_port := free_port())
    office.environment["PALETTE_ADDRESS"] = front.address
    office.start()
    site = launcher.start_site(office.public, "127.0.0.1", site_port)
    nginx = front.start()
    yield front, office
    for process in (nginx, site):
        process.terminate()
        process.wait(timeout=20)
    office.kill()


@pytest.fixture
def front(both):
    return both[0]


@pytest.fixture
def office(both):
    return both[1]


def test_nginx_accepts_the_file_of_the_guide(front):
    found = front.checked()

    assert found.returncode == 0, found.stderr
    assert "warn" not in found.stderr


def test_http_redirects_to_https(front):
    plain = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=20)
    with closing(plain):
        plain.request("GET", "/portefeuille", headers={"Host": OFFICE})
        answer = plain.getresponse()

    assert (answer.status, answer.headers["Location"]) == (301, f"{front.address}/portefeuille")


def test_visitors_reach_the_sign_in_page_only(front):
    answer, _ = front.ask("/portefeuille")
    door, page = front.ask("/connexion")
    stream, _ = front.ask("/_stcore/stream", Origin=front.address, **WEBSOCKET)

    assert (answer.status, answer.headers["Location"]) == (303, "/connexion?vers=%2Fportefeuille")
    assert (door.status, "Mot de passe" in page) == (200, True)
    assert stream.status == 403


def test_the_change_number_comes_through_by_websocket(front, office):
    headers = {"Cookie": f"__Host-palette={cookie_of('La CIPA')}"}
    trusted = ssl.create_default_context(cafile=str(front.pem))
    raw, address = socket.create_connection(("127.0.0.1", front.secure), 20), f"wss://{OFFICE}:{front.secure}/suivi"
    with connect(address, sock=raw, ssl=trusted, origin=front.address, additional_headers=headers) as stream:
        first = int(stream.recv(timeout=20))
        with closing(office.open()) as db:
            records.save(db, db.tables["partner"], Edit({"name": "Atelier"}), "test")
        # Without a change, the same number would come again after some seconds.
        assert int(stream.recv(timeout=20)) > first


@pytest.mark.parametrize("path", ["/connexion", "/portefeuille", "/sante"])
def test_every_security_header_is_sent_once(front, path):
    answer, _ = front.ask(path, Cookie=f"__Host-palette={cookie_of('La CIPA')}")

    for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options"):
        assert len(answer.headers.get_all(name, [])) == 1, name
    assert "nginx/" not in answer.headers["Server"]


def version_of(front, as_one):
    with socket.create_connection(("127.0.0.1", front.secure), 20) as raw:
        return as_one.wrap_socket(raw, server_hostname=OFFICE).version()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(front):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(front.pem)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1

    with pytest.raises(ssl.SSLError) as refusal:
        version_of(front, old)

    assert "ALERT_PROTOCOL_VERSION" in str(refusal.value)  # nginx said so, not our own side
    assert version_of(front, ssl.create_default_context(cafile=str(front.pem))) == "TLSv1.3"


def test_the_cookie_is_bound_to_this_host(front):
    answer, _ = front.sign_in(password=PASSWORD)

    given = next(one for one in answer.headers.get_all("Set-Cookie") if one.startswith("__Host-palette="))
    assert answer.status == 303
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(given.lower().split("; "))
    assert "domain" not in given.lower()


def test_a_person_signs_in_and_works_over_the_websocket(front, browser):
    rules = f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1"
    kind = browser.browser_type
    chromium = kind.launch(executable_path=chromium_path(), args=["--no-sandbox", "--disable-gpu", rules])
    try:
        page = chromium.new_context(locale="fr-FR", ignore_https_errors=True).new_page()
        streams = []
        page.on("websocket", lambda one: streams.append(one.url))
        page.goto(f"{front.address}/diagnostics")
        page.get_by_label("Identifiant").fill(LOGIN)
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()

        expect(page.get_by_role("heading", name="Diagnostics")).to_be_visible(timeout=40_000)
        assert page.url == f"{front.address}/diagnostics"
        page.get_by_role("link", name="Portefeuille").click()  # asked and answered through the websocket
        expect(page.get_by_role("heading", name="Portefeuille")).to_be_visible()
        if not any("/suivi" in one for one in streams):
            page.wait_for_event("websocket", lambda one: "/suivi" in one.url)
        assert {one.partition("?")[0] for one in streams} == {
            f"wss://{OFFICE}:{front.secure}/{path}" for path in ("_stcore/stream", "suivi")
        }
    finally:
        chromium.close()


def test_a_form_sent_by_another_site_is_refused(front):
    form = {"identifiant": LOGIN, "mot_de_passe": PASSWORD}
    answer, _ = front.ask("/connexion", method="POST", form=form, Origin="https://ailleurs.test")

    assert answer.status == 403


def test_another_host_name_is_refused_by_nginx_and_by_palette(front, office):
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        front.ask(host="ailleurs.test")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        front.ask(name="ailleurs.test")

    direct = http.client.HTTPConnection("127.0.0.1", office.port, timeout=20)
    with closing(direct):
        direct.request("GET", "/connexion", headers={"Host": "ailleurs.test"})
        assert direct.getresponse().status == 400


def failures(office, kind, whom):
    """How many failed sign-ins the file counts against somebody."""
    db = office.open()
    with closing(db):
        sql = "SELECT failures FROM attempt WHERE subject = ?"
        row = db.execute(sql, (login_throttle._digest(db, kind, whom),)).fetchone()
    return row[0] if row else 0


def test_failures_are_counted_by_the_address_that_nginx_sees_and_not_by_a_header(front, office):
    for turn in range(3):
        said = {
            "X-Forwarded-For": f"203.0.113.{turn}",
            "Forwarded": f"for=203.0.113.{turn}",
            "X-Real-IP": "203.0.113.9",
        }
        assert front.sign_in(login=f"personne{turn}", as_from="127.0.0.7", **said)[0].status == 401

    assert failures(office, "address", "127.0.0.7") == 3
    assert [failures(office, "address", f"203.0.113.{last}") for last in (0, 1, 2, 9)] == [0, 0, 0, 0]


def test_repeated_attempts_must_wait_while_others_can_sign_in(front):
    hammered = [front.ask("/connexion", as_from="127.0.0.8")[0].status for _ in range(40)]

    assert hammered[:20] == [200] * 20
    assert 429 in hammered
    assert front.ask("/connexion", as_from="127.0.0.9")[0].status == 200


def test_a_too_long_form_is_refused(front):
    answer, _ = front.sign_in(login="a" * 30_000, as_from="127.0.0.10")

    assert answer.status == 413


def test_the_partners_read_their_site_over_tls(front):
    until = time.monotonic() + 40
    while (found := front.ask(name=PARTNERS))[0].status == 503 and time.monotonic() < until:
        time.sleep(0.3)
    answer, page = found

    assert (answer.status, "Rien n’est publié" in page) == (200, True)
    assert len(answer.headers.get_all("Strict-Transport-Security")) == 1
    assert len(answer.headers.get_all("Content-Security-Policy")) == 1


def test_the_logs_contain_no_address_nor_request(front, office):
    cookie = cookie_of("La CIPA")
    front.ask("/bienvenue?cle=une-cle-a-usage-unique", as_from="127.0.0.11")
    front.ask("/dossier?personne=4321", as_from="127.0.0.11", Cookie=f"__Host-palette={cookie}", Referer=front.address)
    front.sign_in(login="dupont@exemple.fr", as_from="127.0.0.11")
    front.ask("/media/fichier-de-quelqu-un.pdf", as_from="127.0.0.11")

    noted = front.logs("GET /media 303") + office.log.read_text()

    assert "GET /bienvenue 410" in noted  # it is kept that somebody came
    assert "POST /connexion 401" in noted
    for secret in ("une-cle", "4321", cookie, "dupont", "fichier-de", PASSWORD, LOGIN, "127.0.0.11", "GET /bienvenue?"):
        assert secret not in noted, secret


def test_while_palette_is_stopped_a_french_page_is_shown_and_the_log_has_no_request(front, office):
    office.kill()
    try:
        answer, page = front.ask("/bienvenue?cle=une-autre-cle", as_from="127.0.0.12")
        noted = front.logs("GET /bienvenue 503")
    finally:
        office.start()

    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert "Palette redémarre" in page
    assert "GET /bienvenue 503" in noted
    assert "une-autre-cle" not in noted


def test_a_new_file_is_opened_as_the_guide_says(tmp_path):
    """`init`, then `invite` with the address that the service has."""
    file, said = tmp_path / "palette.db", {**os.environ, "PALETTE_ADDRESS": "https://palette.test"}

    def run(*words):
        command = [sys.executable, "-m", "db", *map(str, words)]
        return subprocess.run(command, cwd=launcher.ROOT, env=said, capture_output=True, text=True, check=True).stdout

    run("init", file)
    assert run("invite", file).startswith("https://palette.test/bienvenue?cle=")
    assert run("check", file).strip() == "Le fichier est sain."
    assert Path(file).stat().st_mode & 0o777 == 0o600
