"""The site under load: 10,000 people known, 50 requests and 5 sign-ups a second, and thrice that.

``python -m benchmarks.site_load [minutes] [people] [database]``

Served as `peerapp serve` does, with two processes, on SQLite or the empty database that is named;
whoever sends the requests is a process of its own on the same cores. Each request waits for its
moment, whether or not the one before it was answered, so that a slow site is not asked less. The
peer is the same mix at a tenth of the rate. Once a second it is asked whether it lives. Afterwards
every sign-up that was acknowledged is looked for in the database.

Turned away are requests with a 503 and Retry-After; wrong is every other answer but a page.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.volunteer_pages import build
from peerapp import create_app
from peerapp.adapters.passwords import hash_password
from peerapp.config import Settings
from peerapp.db import Database
from peerapp.demo.command import SLUG, demo_settings
from peerapp.enums import FamilyState, Role
from peerapp.keyrings import prepare
from peerapp.models import Account, Family, LoginSession
from peerapp.services import localities, sign_in
from peerapp.services.accounts import find_by_email

HOST = "127.0.0.1"
PASSWORD = "nine green bottles stand"
RATE, SIGN_UPS, SIGN_INS = 50, 5, 1
BROWSERS = 400
SENDERS = 120
P95_MS, SIGN_IN_P95_MS = 300, 800
PAGES = {
    Role.FAMILY: ("/family/", "/family/sessions/", "/account/", "/your-data/"),
    Role.VOLUNTEER: (
        "/volunteer/",
        "/volunteer/check",
        "/volunteer/training/",
        "/volunteer/matches/",
    ),
    Role.COORDINATOR: ("/staff/", "/staff/families/", "/staff/volunteers/", "/staff/matches/"),
}
SHARE = {Role.FAMILY: 5, Role.VOLUNTEER: 4, Role.COORDINATOR: 1}


@dataclass(frozen=True)
class Known:
    """A browser that is signed in."""

    role: Role
    cookie: str


@dataclass
class Heard:
    """What came back: milliseconds by kind, statuses, and which sign-ups were acknowledged."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def p95(self, kind: str) -> float:
        times = sorted(self.took[kind])
        return times[int(len(times) * 0.95)] if times else 0.0

    def share(self, wanted: Callable[[int], bool]) -> float:
        """Return the share of answers with such a status."""
        found = sum(count for (_, status), count in self.statuses.items() if wanted(status))
        return found / max(1, self.statuses.total())


def is_turned_away(status: int) -> bool:
    return status == HTTPStatus.SERVICE_UNAVAILABLE


def is_wrong(status: int) -> bool:
    return not (200 <= status < 400 or is_turned_away(status))


def people(database: Database, settings: Settings, count: int) -> tuple[list[Known], list[str]]:
    """Make the county; return browsers that are signed in, and addresses that can sign in."""
    build(database, count * 6 // 10)
    scheme_id = database.scheme_id(SLUG)
    hashed, now = hash_password(PASSWORD), datetime.now(UTC)
    with database.writing(scheme_id) as session:
        everywhere = localities.list_localities(session)
        for number in range(count * 4 // 10):
            account = Account(email=f"f{number}@example.org", role=Role.FAMILY, confirmed_at=now)
            account.password_hash = hashed
            family = Family(
                reference=f"L-{number:05d}", state=FamilyState.WAITING, state_since=now,
                first_name="Rosa", last_name=f"Novak{number % 900}", postcode="SN15 1AB",
                easting=392500, northing=173900, referred_on=date(2026, 9, 1),
                waiting_since=date(2026, 9, 1), slots=("mon_morning",),
            )  # fmt: skip
            family.locality, family.account = random.choice(everywhere), account
            session.add(family)
    with database.writing(scheme_id) as session:
        addresses = [f"f{number}@example.org" for number in range(min(300, count * 4 // 10))]
        return _signed_in(session, settings), addresses


def _signed_in(session: Session, settings: Settings) -> list[Known]:
    """Sign some of each role in, with what the cookies of their browsers hold."""
    signer = SecureCookieSessionInterface().get_signing_serializer(create_app(settings))
    assert signer is not None
    found, now = [], datetime.now(UTC)
    for role, share in SHARE.items():
        wanted = BROWSERS * share // sum(SHARE.values())
        query = select(Account).where(Account.role == role).order_by(Account.id).limit(wanted)
        for account in session.scalars(query):
            account.confirmed_at = account.confirmed_at or now
            secret = sign_in.start_session(session, account, now, timedelta(hours=8))
            found.append(Known(role, str(signer.dumps({"_user_id": secret, "_fresh": True}))))
    session.flush()
    for login in session.scalars(select(LoginSession)):
        login.factor_at = now
    return found


class Visitors:
    """Those who send: each request at its moment, on a thread that is free then."""

    def __init__(self, port: int, known: list[Known], addresses: list[str], name: str) -> None:
        self.port, self.known, self.addresses, self.name = port, known, addresses, name
        self.heard = Heard()
        self.random = random.Random(name)
        self._numbers = iter(range(10**9))

    def come(self, seconds: float, times: float) -> Heard:
        """Send `times` the usual rates for so long."""
        due = []
        for kind, rate in (("page", RATE), ("sign-up", SIGN_UPS), ("sign-in", SIGN_INS)):
            count = int(rate * times * seconds)
            due += [(self.random.random() * seconds, kind) for _ in range(count)]
        begun = time.perf_counter()
        due += [(float(second), "alive") for second in range(int(seconds))]
        with ThreadPoolExecutor(max_workers=SENDERS) as pool:
            for at, kind in sorted(due):
                time.sleep(max(0.0, begun + at - time.perf_counter()))
                pool.submit(self._send, kind, begun + at)
        return self.heard

    def _send(self, kind: str, due: float) -> None:
        """Send one, and count the time from the moment at which it was due."""
        address = f"10.{self.random.randrange(256)}.{self.random.randrange(256)}.7"
        headers = {"X-Forwarded-For": address, "X-Forwarded-Proto": "https"}
        try:
            with closing(http.client.HTTPConnection(HOST, self.port, timeout=30)) as line:
                status = getattr(self, f"_{kind.replace('-', '_')}")(line, headers)
        except (OSError, http.client.HTTPException):
            status = 0
        with self.heard.lock:
            self.heard.statuses[kind, status] += 1
            if not is_turned_away(status):
                self.heard.took[kind].append((time.perf_counter() - due) * 1000)

    def _alive(self, line: http.client.HTTPConnection, headers: dict[str, str]) -> int:
        line.request("GET", "/healthz", headers=headers)
        return _read(line)[0]

    def _page(self, line: http.client.HTTPConnection, headers: dict[str, str]) -> int:
        known = self.random.choice(self.known)
        cookie = {"Cookie": f"session={known.cookie}"}
        line.request("GET", self.random.choice(PAGES[known.role]), headers=headers | cookie)
        return _read(line)[0]

    def _sign_up(self, line: http.client.HTTPConnection, headers: dict[str, str]) -> int:
        email = f"{self.name}-{next(self._numbers)}@example.org"
        status = self._post(line, "/volunteer/sign-up", {"email": email}, headers)
        if status in {200, 302, 303}:
            with self.heard.lock:
                self.heard.acknowledged.append(email)
        return status

    def _sign_in(self, line: http.client.HTTPConnection, headers: dict[str, str]) -> int:
        values = {"email": self.random.choice(self.addresses), "password": PASSWORD}
        return self._post(line, "/sign-in", values, headers)

    def _post(
        self,
        line: http.client.HTTPConnection,
        path: str,
        values: dict[str, str],
        headers: dict[str, str],
    ) -> int:
        """Open the form, and send it with its token and cookie."""
        line.request("GET", path, headers=headers)
        status, page, cookie = _read(line)
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        if status != 200 or token is None:
            return status
        body = urlencode(values | {"csrf_token": token[1].decode()})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        line.request("POST", path, body, headers | kind)
        return _read(line)[0]


def _read(line: http.client.HTTPConnection) -> tuple[int, bytes, str]:
    answer = line.getresponse()
    cookies = [one.split(";")[0] for one in answer.headers.get_all("Set-Cookie", [])]
    return answer.status, answer.read(), "; ".join(cookies)


@contextmanager
def served(settings: Settings) -> Iterator[int]:
    """Serve the site in processes of its own."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    environ = os.environ | {
        "SECRET_KEY": settings.secret_key,
        "DATABASE_URL": settings.database_url,
        "PEERAPP_DATA": str(settings.data_dir),
        "PEERAPP_TRUSTED_PROXIES": "1",
        "PEERAPP_SECURE_COOKIES": "no",
        "PEERAPP_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "peerapp.cli", "serve", "--port", str(port), "--workers", "2"]
    site = subprocess.Popen(command, env=environ)
    try:
        for _ in range(200):
            with closing(socket.socket()) as probe:
                if probe.connect_ex((HOST, port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        site.terminate()
        site.wait(20)


def tell(name: str, heard: Heard, peer: Heard | None = None) -> None:
    """Print one row for each kind."""
    for kind in ("page", "sign-up", "sign-in", "alive"):
        least = peer.p95(kind) if peer else 0.0
        ratio = f"{heard.p95(kind) / least:.1f}" if least else "–"
        times = sorted(heard.took[kind])
        half = times[len(times) // 2] if times else 0
        print(
            f"| {name} | {kind} | {len(times):,} | {half:.0f} | {heard.p95(kind):.0f} | {ratio} "
            f"| {heard.share(is_turned_away):.2%} | {heard.share(is_wrong):.2%} |",
            flush=True,
        )
    for (kind, status), count in sorted(heard.statuses.items()):
        if is_wrong(status) or is_turned_away(status):
            print(f"  {kind}: {status} × {count}", flush=True)


def main(minutes: float, count: int, database_url: str | None) -> int:
    """Measure; the exit code says whether an acknowledged sign-up was lost."""
    with tempfile.TemporaryDirectory(prefix="peerapp-load-") as folder:
        settings = replace(
            demo_settings(Path(folder), database_url, 0), trusted_proxies=1, log_level="ERROR"
        )
        with closing(prepare(settings)) as database:
            known, addresses = people(database, settings, count)
        heard = []
        print("| load | what | served | median ms | p95 ms | × a tenth | turned away | wrong |")
        print("| :-- | :-- | --: | --: | --: | --: | --: | --: |", flush=True)
        with served(settings) as port:
            for name, times, share in (("a tenth", 0.1, 0.2), ("once", 1, 1), ("thrice", 3, 0.2)):
                visitors = Visitors(port, known, addresses, name.replace(" ", ""))
                heard.append(visitors.come(minutes * 60 * share, times))
                tell(name, heard[-1], heard[0] if len(heard) > 1 else None)
        with closing(prepare(settings)) as database:
            lost = _lost(database, [email for one in heard for email in one.acknowledged])
    print(f"{len(lost)} of {sum(len(one.acknowledged) for one in heard)} sign-ups lost")
    return 1 if lost else 0


def _lost(database: Database, emails: list[str]) -> list[str]:
    with database.reading(database.scheme_id(SLUG)) as session:
        return [email for email in emails if find_by_email(session, email) is None]


if __name__ == "__main__":
    given = dict(enumerate(sys.argv[1:]))
    sys.exit(main(float(given.get(0, 10)), int(given.get(1, 10_000)), given.get(2)))
