"""Reports of broken policy leave a line without an address; security.txt names whom to tell."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

REPORT = {
    "document-uri": "https://localhost/reset-password/a-secret-of-a-link?q=1",
    "effective-directive": "script-src-elem",
    "blocked-uri": "https://evil.example/canary.js",
    "script-sample": "canary",
}


def sent(client, told, **options):
    body = told if isinstance(told, bytes) else json.dumps({"csp-report": told}).encode()
    return client.post("/csp-report", data=body, content_type="application/csp-report", **options)


@pytest.fixture
def logging_app(make_app, settings, scheme_id):
    return make_app(replace(settings, log_level="WARNING"))


@pytest.mark.scorecard("3.4")
def test_report_is_kept_without_any_address(logging_app, capfd):
    assert sent(logging_app.test_client(), REPORT).status_code == 204
    (line,) = [json.loads(one) for one in capfd.readouterr().err.splitlines()]
    kept = {name: line[name] for name in ("event", "directive", "route", "blocked")}
    assert kept == {
        "event": "csp_report",
        "directive": "script-src",
        "route": "auth.reset",
        "blocked": "address",
    }
    assert [word for word in ("secret", "canary", "evil") if word in str(line)] == []


@pytest.mark.parametrize(
    "body",
    [
        b" ",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b'{"csp-report": 1}',
        b"[" * 8000,
        json.dumps({"csp-report": {**REPORT, "effective-directive": "made-up"}}).encode(),
    ],
)
def test_report_that_is_none_is_refused(client, body):
    assert sent(client, body).status_code == 400


@pytest.mark.scorecard("5.2")
def test_report_that_is_long_is_refused_unread(client):
    long = {**REPORT, "script-sample": "x" * 8192}
    assert sent(client, long).status_code == 413


def test_reports_of_one_address_are_counted(make_app, settings, scheme_id):
    app = make_app(replace(settings, rate_limits=True))
    client = app.test_client()
    statuses = [sent(client, REPORT).status_code for _ in range(31)]
    assert statuses == [204] * 30 + [429]


@pytest.mark.scorecard("3.4")
def test_policy_names_where_reports_go(client):
    assert client.get("/").headers["Content-Security-Policy"].endswith("; report-uri /csp-report")


def test_security_txt_names_who_is_told(make_app, settings, scheme_id, client):
    assert client.get("/.well-known/security.txt").status_code == 404
    contact = "mailto:security@council.example"
    app = make_app(replace(settings, security_contact=contact, base_url="https://coaching.example"))
    answer = app.test_client().get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.mimetype == "text/plain"
    assert fields.pop("Expires").endswith("T00:00:00Z")
    assert fields == {
        "Contact": contact,
        "Preferred-Languages": "en",
        "Canonical": "https://coaching.example/.well-known/security.txt",
    }
