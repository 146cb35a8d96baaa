"""Every answer carries the headers, errors too; forms need their token; GET changes nothing."""

from __future__ import annotations

import dataclasses
import sys

import pytest

from peerapp import db, error_pages
from peerapp.db import get_session
from peerapp.enums import Role
from peerapp.models import AuditEvent, Locality
from peerapp.permissions import ROUTES, Access, anyone
from tests.factories import make_account
from tests.support.header_score import score


@pytest.fixture
def app(make_app, settings, scheme_id):
    """An application that is not lent to other tests: these add routes."""
    made = make_app(settings)
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing-here", "/staff/", "/healthz"])
@pytest.mark.scorecard("3.4")
def test_headers_stand_on_every_answer(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.scorecard("3.3")
def test_https_site_sends_strict_transport_and_host_cookie(make_app, settings, scheme_id):
    app = make_app(dataclasses.replace(settings, secure_cookies=True))
    answer = app.test_client().get("/sign-in", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


@pytest.fixture
def safe_client(make_app, settings, scheme_id):
    return make_app(dataclasses.replace(settings, secure_cookies=True)).test_client()


@pytest.mark.parametrize("path", ["/", "/sign-in", "/refer", "/in-danger", "/nothing-here"])
@pytest.mark.scorecard("3.3", "3.4")
def test_headers_get_every_point_of_the_observatory(safe_client, path):
    assert score(safe_client.get(path, base_url="https://localhost")) == 135


@pytest.mark.parametrize(
    ("header", "left"),
    [("Content-Security-Policy", 75), ("Strict-Transport-Security", 80), ("Set-Cookie", 60)],
)
@pytest.mark.scorecard("3.3", "3.4", control=True)
def test_header_that_is_weak_costs_points(safe_client, header, left):
    answer = safe_client.get("/sign-in", base_url="https://localhost")
    plain = answer.headers[header].replace("; Secure", "") if header == "Set-Cookie" else ""
    answer.headers[header] = plain
    assert score(answer) == left


@pytest.mark.scorecard("3.5")
def test_form_without_token_is_refused(make_app, settings, scheme_id):
    app = make_app(settings)
    answer = app.test_client().post("/volunteer/sign-up", data={"email": "a@example.org"})
    assert answer.status_code == 400


def test_static_files_may_be_kept(client):
    answer = client.get("/static/site.css")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    answer.close()


@pytest.fixture
def writing_routes(app, monkeypatch):
    """Three GET routes that write: an ordinary one, and one that is declared an audited read."""
    monkeypatch.setitem(ROUTES, "plain", Access(anyone))
    monkeypatch.setitem(ROUTES, "audited", Access(anyone, audited_read=True))
    monkeypatch.setitem(ROUTES, "audited_row", Access(anyone, audited_read=True))

    def write_locality():
        get_session().add(Locality(name="Written by GET"))
        get_session().flush()
        return "written"

    def write_audit():
        row = AuditEvent(kind="read", action="test.read", subject_type="locality")
        get_session().add(row)
        return "written"

    app.add_url_rule("/plain", "plain", write_locality)
    app.add_url_rule("/audited", "audited", write_locality)
    app.add_url_rule("/audited-row", "audited_row", write_audit)
    return app.test_client()


@pytest.mark.parametrize(
    ("path", "status"), [("/plain", 500), ("/audited", 500), ("/audited-row", 200)]
)
@pytest.mark.scorecard("3.5")
def test_get_writes_audit_rows_only_and_only_where_declared(writing_routes, path, status):
    assert writing_routes.get(path).status_code == status


@pytest.fixture
def failing(app, database, scheme_id, sign_in, monkeypatch):
    """Return a function that asks a route which fails midway; its answer, and what is kept."""
    monkeypatch.setitem(ROUTES, "fails", Access(anyone))

    def fail():
        get_session().add(Locality(name="Half done"))
        get_session().flush()
        raise RuntimeError("midway, of Canary Close")

    app.add_url_rule("/fails", "fails", fail, methods=["POST"])
    with database.writing(scheme_id) as session:
        manager = make_account(session, Role.MANAGER)
    browser = sign_in(manager, app)

    def ask():
        answer = browser.post("/fails")
        with database.reading(scheme_id) as session:
            return answer.status_code, "midway" in answer.text, session.query(Locality).count()

    return ask


@pytest.mark.scorecard("16.5")
def test_error_rolls_the_request_back_and_says_nothing_of_itself(failing):
    assert failing() == (500, False, 0)


@pytest.mark.scorecard("16.5", control=True)
def test_error_that_fails_open_would_be_noticed(failing, monkeypatch):
    """The control: a page that tells the error, and a hook that keeps what was begun."""
    monkeypatch.setattr(error_pages, "page", lambda status: (repr(sys.exc_info()[1]), status))
    monkeypatch.setattr(db, "_keep_reads_only", lambda _: None)
    assert failing() == (500, True, 1)
