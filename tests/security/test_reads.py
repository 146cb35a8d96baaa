"""Each page that shows more of a volunteer than name and state leaves a row in the audit trail."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from peerapp.enums import AuditKind
from peerapp.models import Account, AuditEvent, Certificate, Volunteer


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
