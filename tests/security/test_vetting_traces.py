"""What handling a restricted text leaves beside it, in audit trail, mail and log: no word of it.

Each text is sent through the form that takes it, and found in the table where it belongs.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from peerapp.db import SCHEME_FREE
from peerapp.domain.interviews import DEFAULT_QUESTIONS
from peerapp.models import Base
from peerapp.models.vault import opened
from tests.security.vetting_world import INTERVIEW, NUMBER, PHONE, REFERENCE, RISK, secrets_of
from tests.support.references import ANSWERS

pytestmark = pytest.mark.usefixtures("on_the_day")

CANARIES = {RISK, REFERENCE, INTERVIEW, NUMBER, PHONE, "1971-07-09"}
BESIDE = ("audit_event", "message", "expiry_warning", "volunteer_event")


def day(name, given):
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), given.split(), strict=True))


DECIDED = {
    **dict.fromkeys(("relevance", "age", "pattern", "rationale", "conditions"), RISK),
    **day("talked_on", "20 11 2026"),
    **day("review_on", "20 2 2027"),
    "decision": "favourable",
}
HEARD = {
    "seen": "1",
    **day("held_on", "20 11 2026"),
    "summary": INTERVIEW,
    "recommendation": "recommended",
    "has_conflict": "no",
    **{f"score_{one.key}": "4" for one in DEFAULT_QUESTIONS},
    **{f"note_{one.key}": INTERVIEW for one in DEFAULT_QUESTIONS},
    "submit": "y",
}
RENAMED = {"first_name": "Ama", "last_name": "Quaye", **day("date_of_birth", "9 7 1971")}


def by_the_referee(browser):
    """Fill in every page of the form, and send it."""
    secret, _ = secrets_of(NUMBER)
    pages = {**ANSWERS, "qualities": {**ANSWERS["qualities"], "strengths": REFERENCE}}
    answers = [
        browser.post(f"/reference/{secret}/{page}", data=given) for page, given in pages.items()
    ]
    return [*answers, browser.post(f"/reference/{secret}/check", data={"is_true": "y"})]


def by_staff(ids, people, staff, lead):
    """Handle each text as staff do."""
    file, risk = f"/staff/volunteers/{ids.volunteer_id}", "/staff/risk-assessments"
    heard = {**HEARD, "interviewers": str(people["coordinator"].id)}
    return [
        staff.get(f"{file}/references/{ids.asked_id}"),
        staff.post(f"{file}/references/{ids.asked_id}/reject", data={"reason": REFERENCE}),
        lead.post(f"{risk}/new/{ids.volunteer_id}/{ids.certificate_id}", data=DECIDED),
        lead.post(f"{risk}/{ids.assessment_id}", data={"reason": "review"}),
        staff.post(f"{file}/interview/start"),
        staff.post(f"{file}/interview/draft", data=heard),
        staff.post(f"{file}/identity", data=RENAMED),
        staff.get(f"{file}/no-such-page/{NUMBER}"),
    ]


def told_in(database, scheme_id, tables):
    """Return which canaries stand in which tables, what is sealed there being opened."""
    models = [one.class_ for one in Base.registry.mappers if one.local_table.name in tables]
    assert sorted(model.__tablename__ for model in models) == sorted(tables)
    told = {}
    with database.reading(scheme_id) as session:
        for model in models:
            names = [sealed.name for sealed in model.__sealed__]
            plain = session.execute(select(model.__table__), execution_options=SCHEME_FREE).all()
            told[model.__tablename__] = f"{plain} {list(opened(session, model, names))}"
    return {(name, one) for name, text in told.items() for one in CANARIES if one in text}


@pytest.mark.scorecard("8.2.3")
def test_audit_trail_mail_and_log_hold_no_restricted_text(
    database, scheme_id, settings, make_app, capfd, world, sign_in
):
    ids, people = world
    site = make_app(replace(settings, log_level="INFO"))
    site.config["WTF_CSRF_ENABLED"] = False
    staff, lead = sign_in(people["coordinator"], site), sign_in(people["lead"], site)
    assert [one.status_code for one in by_the_referee(site.test_client())] == [302] * 5
    answers = by_staff(ids, people, staff, lead)
    assert [one.status_code for one in answers] == [200, 302, 302, 200, 302, 302, 302, 404]
    assert told_in(database, scheme_id, ("reference", "risk_assessment", "interview")) == {
        ("reference", REFERENCE),
        ("risk_assessment", RISK),
        ("interview", INTERVIEW),
    }
    assert told_in(database, scheme_id, BESIDE) == set()
    log = capfd.readouterr().err
    assert '"route": "risk_assessments.assess"' in log
    assert [one for one in (*CANARIES, *secrets_of(NUMBER)) if one in log] == []
