"""Who has an account is nobody's business: the same answer and the same work for every address."""

from __future__ import annotations

from dataclasses import replace

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from peerapp.adapters import passwords
from peerapp.adapters.passwords import hash_password
from peerapp.db import SCHEME_FREE
from peerapp.enums import Role, TokenPurpose
from peerapp.models import AskedLink, Message, utc_now
from peerapp.services import asked_links
from tests.factories import PASSWORD, make_account
from tests.support.queries import counted, statements

KINDS = {
    "open": {},
    "link": {"signs_in_by_link": True},
    "unconfirmed": {"confirmed_at": None},
    "closed": {"disabled_at": utc_now()},
    "without": {"password_hash": None},
    "council": {"council_only": True, "role": Role.COORDINATOR},
    "staff": {"role": Role.MANAGER},
}
NOBODY = "nobody@example.org"


@pytest.fixture
def emails(database, scheme_id):
    with database.writing(scheme_id) as session:
        hashed = hash_password(PASSWORD)
        for kind, values in KINDS.items():
            given = {"role": Role.VOLUNTEER, "password_hash": hashed, **values}
            make_account(session, email=f"{kind}@example.org", **given)
    return [NOBODY, *(f"{kind}@example.org" for kind in KINDS)]


def answer_of(app, path, data):
    """Return all that a stranger sees of an answer, with the address itself taken out."""
    answer = app.test_client().post(path, data=data)
    headers = {name: value for name, value in answer.headers if name != "X-Request-ID"}
    held = headers.pop("Set-Cookie", "").partition("=")[0]
    length = len(answer.text) - answer.text.count(data["email"]) * len(data["email"])
    headers.pop("Content-Length")
    return answer.status_code, answer.text.replace(data["email"], "…"), length, held, headers


@pytest.fixture
def hashes(monkeypatch):
    """The hashes that passwords are verified against, as they are asked for."""
    asked, real = [], passwords._hasher

    class Watched(PasswordHasher):
        def verify(self, stored, password):
            asked.append(stored.split("$")[3])
            return real.verify(stored, password)

    passwords._decoy()
    monkeypatch.setattr(passwords, "_hasher", Watched())
    return asked


@pytest.mark.scorecard("6.3.8")
def test_wrong_password_costs_and_says_the_same_for_every_address(app, emails, hashes):
    seen = []
    for email in emails:
        hashes.clear()
        with counted(app) as sent:
            answer = answer_of(app, "/sign-in", {"email": email, "password": "a wrong guess, this"})
        accounts = [one for one in sent if "FROM account" in one or "FROM known_browser" in one]
        seen.append((answer, list(hashes), len(accounts)))
    assert [one == seen[0] for one in seen] == [True] * len(emails)
    assert seen[0][1] == ["m=19456,t=2,p=1"]


@pytest.mark.scorecard("6.3.8", control=True)
def test_work_would_differ_without_the_decoy(app, emails, hashes, monkeypatch):
    monkeypatch.setattr(passwords, "_decoy", lambda: "no$hash$at$all")
    data = {"password": "a wrong guess, this"}
    for email in (NOBODY, "open@example.org"):
        answer_of(app, "/sign-in", {"email": email, **data})
    assert hashes == ["all", "m=19456,t=2,p=1"]


@pytest.mark.scorecard("6.3.8")
@pytest.mark.parametrize("path", ["/forgot-password", "/sign-in/link", "/volunteer/sign-up"])
def test_asking_for_a_mail_says_the_same_for_every_address(app, emails, path):
    seen = [answer_of(app, path, {"email": email}) for email in emails]
    assert [one == seen[0] for one in seen] == [True] * len(emails)


PURPOSES = {
    "/forgot-password": TokenPurpose.RESET_PASSWORD,
    "/sign-in/link": TokenPurpose.SIGN_IN,
    "/volunteer/sign-up": TokenPurpose.CONFIRM_EMAIL,
}


@pytest.fixture
def queueing(make_app, settings, scheme_id):
    """The site as it runs in earnest: what is asked for waits in the queue for its worker."""
    app = make_app(replace(settings, job_queue="huey"))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client().get("/")  # what is worked out once per process
    yield app
    app.extensions["jobs"].huey.storage.close()


def work_of(app, path, email, hashes):
    """Return what a request costs: statements, hashes, jobs and mails."""
    hashes.clear()
    jobs = app.extensions["jobs"].huey
    database, waiting = app.extensions["database"], len(jobs)
    with statements(database) as sent:
        app.test_client().post(path, data={"email": email})
    with database.session(None) as session:
        mails = session.scalars(select(Message.id), execution_options=SCHEME_FREE).all()
    return sent, list(hashes), len(jobs) - waiting, len(mails)


@pytest.mark.scorecard("6.3.8")
@pytest.mark.parametrize("path", PURPOSES)
def test_asking_for_a_mail_costs_the_same_for_every_address(queueing, emails, hashes, path):
    seen = [work_of(queueing, path, email, hashes) for email in emails]
    assert [one == seen[0] for one in seen] == [True] * len(emails)
    sent, hashed, queued, mails = seen[0]
    assert (hashed, queued, mails) == ([], 1, 0)
    assert [one for one in sent if "account" in one] == []
    assert len([one for one in sent if one.startswith("INSERT INTO asked_link")]) == 1


@pytest.mark.scorecard("6.3.8", control=True)
@pytest.mark.parametrize("path", PURPOSES)
def test_looking_the_address_up_at_once_would_be_noticed(
    queueing, emails, hashes, path, monkeypatch
):
    def at_once(session, email, purpose, browser=""):
        asked = AskedLink(email=email, purpose=purpose, browser_hash="")
        asked_links._send(session, asked, utc_now(), "http://localhost")

    monkeypatch.setattr(asked_links, "ask", at_once)
    open_one = "link@example.org" if path == "/sign-in/link" else "open@example.org"
    known, unknown = (work_of(queueing, path, one, hashes) for one in (open_one, NOBODY))
    assert known[0] != unknown[0]


@pytest.mark.scorecard("6.3.8")
def test_right_password_of_an_account_that_may_not_enter_says_no_more(app, emails):
    seen = [
        answer_of(app, "/sign-in", {"email": f"{kind}@example.org", "password": PASSWORD})
        for kind in ("unconfirmed", "closed", "without", "council")
    ]
    wrong = answer_of(app, "/sign-in", {"email": NOBODY, "password": PASSWORD})
    assert [one == wrong for one in seen] == [True] * 4
