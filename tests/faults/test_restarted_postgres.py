"""PostgreSQL is killed under load and started again: errors for a while, and nothing lost.

It runs a server of its own, whatever database the other tests run on.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask

from peerapp.config import Settings
from peerapp.db import upgrade
from peerapp.models import Account
from peerapp.services import audit_heads
from tests.factories import make_scheme
from tests.support.keys import KEYRING, KEYS_TEXT, TestDatabase
from tests.support.postgres import Cluster, running_cluster
from tests.support.sealed import values

SENDERS = 3
BOUND_S = 12.0
SLOWEST_S = 8.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as found:
        upgrade(found.url, KEYRING)
        yield found


@pytest.fixture
def database(cluster: Cluster, request) -> Iterator[TestDatabase]:
    """The server's database, with a scheme of this test alone."""
    found = TestDatabase(cluster.url, KEYRING)
    with found.session(None, "all") as session:
        session.add(make_scheme(slug=slug_of(request)))
        session.commit()
    yield found
    found.engine.dispose()


def slug_of(request) -> str:
    return str(request.node.name)[-30:]


@pytest.fixture
def site(cluster: Cluster, database: TestDatabase, make_app, tmp_path: Path, request) -> Flask:
    made = make_app(
        Settings(
            secret_key="a secret key for tests, long enough",
            database_url=cluster.url,
            data_dir=tmp_path,
            keys=KEYS_TEXT,
            scheme_slug=slug_of(request),
            secure_cookies=False,
            job_queue="inline",
            rate_limits=False,
            log_level="CRITICAL",
        )
    )
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@dataclass
class Senders:
    """People who sign up one after the other, and note what they are answered."""

    site: Flask
    answers: list[tuple[str, int, float, float]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def send(self, who: int) -> None:
        browser, number = self.site.test_client(), 0
        while not self.stopped.is_set():
            number += 1
            email, begun = f"s{who}-{number}@example.org", time.monotonic()
            answer = browser.post("/volunteer/sign-up", data={"email": email})
            seconds = time.monotonic() - begun
            self.answers.append((email, answer.status_code, begun, seconds))
            if answer.status_code == 503:
                assert answer.headers["Retry-After"] == "5"
                self.stopped.wait(0.05)

    def statuses_from(self, moment: float) -> set[int]:
        return {status for _, status, begun, _ in self.answers if begun >= moment}

    def acknowledged(self) -> set[str]:
        return {email for email, status, _, _ in self.answers if status == 302}


def until(question, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not question() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(question())


def crash_in_the_middle(cluster: Cluster, senders: Senders) -> None:
    """Kill the server while people send, and start it again."""
    threads = [threading.Thread(target=senders.send, args=(who,)) for who in range(SENDERS)]
    for thread in threads:
        thread.start()
    try:
        assert until(lambda: len(senders.acknowledged()) >= 5, 30)
        cluster.stop(signal.SIGQUIT)
        down = time.monotonic()
        assert until(lambda: 503 in senders.statuses_from(down), SLOWEST_S)
        cluster.start()
        back = time.monotonic()
        assert until(lambda: 302 in senders.statuses_from(back), BOUND_S)
    finally:
        senders.stopped.set()
        for thread in threads:
            thread.join(60)


def lost(database: TestDatabase, senders: Senders) -> set[str]:
    slug = senders.site.config["SCHEME_SLUG"]
    with database.reading(database.scheme_id(slug)) as session:
        assert audit_heads.check(session).faults == ()
        return senders.acknowledged() - set(values(session, Account, "email"))


@pytest.mark.scorecard("2.3.3", "16.5")
def test_killed_server_is_a_503_soon_and_nothing_acknowledged_is_lost(cluster, database, site):
    senders = Senders(site)
    crash_in_the_middle(cluster, senders)
    assert {status for _, status, _, _ in senders.answers} == {302, 503}
    assert max(seconds for *_, seconds in senders.answers) < SLOWEST_S
    database.engine.dispose()
    assert lost(database, senders) == set()


@pytest.mark.scorecard("2.3.3", control=True)
def test_acknowledgements_that_were_never_committed_would_be_noticed(
    cluster, database, site, monkeypatch
):
    dialect = site.extensions["database"].engine.dialect
    monkeypatch.setattr(dialect, "do_commit", dialect.do_rollback)
    senders = Senders(site)
    browser = site.test_client()
    status = browser.post("/volunteer/sign-up", data={"email": "a@example.org"}).status_code
    senders.answers.append(("a@example.org", status, 0.0, 0.0))
    assert lost(database, senders) == {"a@example.org"}
