"""Each page that shows more of a volunteer than name and state leaves a row in the audit trail."""

from __future__ import annotations

import pytest
import time_machine
from sqlalchemy import select

from peerapp import error_pages
from peerapp.db import get_session
from peerapp.domain.expenses import ClaimDetails
from peerapp.enums import AuditKind, ExpenseKind
from peerapp.models import Account, AuditEvent, Certificate, Locality, Match, Volunteer
from peerapp.services import audit, expenses
from tests.factories import NOW, TODAY


@pytest.fixture
def staff(scene, sign_in):
    with scene.reading() as session:
        return sign_in(session.get_one(Account, scene.coordinator_id))


@pytest.mark.parametrize(
    ("path", "secret", "fields"),
    [
        ("", "07700 900123", "certificates contact gates history profile training"),
        ("/identity", "1985", "date_of_birth name"),
        ("/references/", "Her canary said", "references"),
        ("/gates/agreement", "Her canary said", "gates"),
    ],
)
@pytest.mark.scorecard("16.3.2")
def test_view_of_a_volunteer_is_audited(scene, staff, path, secret, fields):
    volunteer_id = scene.add_coach()
    with scene.writing() as session:
        coach = session.get_one(Volunteer, volunteer_id)
        for record in coach.gate_records:
            record.note = "Her canary said so"
    answer = staff.get(f"/staff/volunteers/{volunteer_id}{path}")
    assert (answer.status_code, secret in answer.text) == (200, True)
    with scene.reading() as session:
        query = select(AuditEvent).where(AuditEvent.kind == AuditKind.READ)
        (view,) = session.scalars(query)
        assert (view.action, view.subject_id) == ("volunteer.view", volunteer_id)
        assert (view.actor_id, " ".join(view.fields)) == (scene.coordinator_id, fields)


@pytest.mark.parametrize(
    "path", ["/scheme-phone", "/training", "/dbs-level", "/suspend", "/certificates/new"]
)
@pytest.mark.scorecard("16.3.2", control=True)
def test_page_without_a_view_shows_nothing_sensitive(scene, staff, path):
    """The control: these pages are not audited, so the same secrets must not stand on them."""
    volunteer_id = scene.add_coach(postcode="SN15 3QA")
    with scene.reading() as session:
        certificate = session.scalars(select(Certificate)).one()
        secrets = ["07700 900123", "1985", "SN15 3QA", certificate.number]
    page = staff.get(f"/staff/volunteers/{volunteer_id}{path}").text
    assert [secret for secret in secrets if secret in page] == []
    with scene.reading() as session:
        query = select(AuditEvent).where(AuditEvent.kind == AuditKind.READ)
        assert session.scalars(query).all() == []


@pytest.fixture
def shown_again(scene):
    """Return pages with a form, each with what its POST leaves out and the read it must record."""
    match_id = scene.add_match(scene.add_family(account=True), scene.add_coach(), state="active")
    with scene.writing() as session:
        match = session.get_one(Match, match_id)
        claim = ClaimDetails(ExpenseKind.PARKING, TODAY, pence=250, purpose="The canary")
        claim_id = expenses.send(session, match.volunteer.account, claim, TODAY).id
        family_id = match.family_id
    return match_id, {
        "coordinator": {
            f"/staff/matches/{match_id}/calls/new": "supervision.read",
            f"/staff/expenses/{claim_id}/send-back": "expense.read",
            f"/staff/families/{family_id}/goals/new": "goals.read",
        },
        "family": {"/family/messages": "conversation.open"},
        "coach": {f"/volunteer/matches/{match_id}/messages": "conversation.open"},
    }


@pytest.fixture
def read_actions(scene):
    def asking():
        with scene.reading() as session:
            query = select(AuditEvent).where(AuditEvent.kind == AuditKind.READ)
            found = session.scalars(query.order_by(AuditEvent.at))
            return [(one.action, one.actor_role.value) for one in found]

    return asking


def test_form_that_is_shown_again_keeps_that_it_was_read(shown_again, browser_of, read_actions):
    match_id, pages = shown_again
    expected = []
    with time_machine.travel(NOW):
        for side, paths in pages.items():
            browser = browser_of(match_id, side)
            for path, action in paths.items():
                assert browser.post(path, data={}).status_code == 422
                expected.append((action, "volunteer" if side == "coach" else side))
    assert read_actions() == expected


@pytest.mark.parametrize(
    ("status", "fails", "kept", "changed"),
    [(302, False, 1, 1), (422, False, 1, 0), (409, False, 1, 0), (409, True, 0, 0)],
)
def test_what_was_read_stands_where_what_was_changed_does_not(
    app, scene, read_actions, status, fails, kept, changed
):
    """An error page shows nothing of what was read: there neither stands."""
    with app.test_request_context("/", method="POST"):
        session = get_session()
        actor = scene.coordinator(session)
        audit.record_read(session, actor, "family.view", actor)
        session.add(Locality(name="Elsewhere", council="Wiltshire"))
        session.flush()
        answer = error_pages.page(status) if fails else ("Shown", status)
        app.process_response(app.make_response(answer))
    assert read_actions() == [("family.view", "coordinator")] * kept
    with scene.reading() as session:
        names = session.scalars(select(Locality.name).where(Locality.name == "Elsewhere")).all()
        assert len(names) == changed
