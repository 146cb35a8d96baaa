"""Content is decided on by the lead alone; each view is in the ledger; the text goes in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from peerapp.domain.certificate_steps import CertificateDetails
from peerapp.domain.risk_assessments import Assessment, purge_day
from peerapp.domain.vetting import clearance_refusals
from peerapp.enums import CertificateStatus, MatchState, RiskDecision, RiskViewReason, Role
from peerapp.errors import Forbidden, NotFound
from peerapp.models import AuditEvent, RiskAssessment
from peerapp.services import checks, risk_assessments
from tests.factories import TODAY, make_account, make_certificate, make_coach
from tests.support.volunteers import audited, refused

NOT_LEADS = [Role.COORDINATOR, Role.MANAGER, Role.AUDITOR, Role.VOLUNTEER]
WRITTEN = Assessment(
    talked_on=date(2026, 11, 18),
    relevance="Canary relevance",
    age="Canary age",
    pattern="Canary pattern",
    rationale="Canary rationale",
    conditions="Canary conditions",
    decision=RiskDecision.FAVOURABLE,
    review_on=date(2027, 5, 20),
)


@pytest.fixture
def coach(session, here, staff):
    """A coach whose certificate has content on which nobody has decided."""
    made = make_coach(session, staff, here)
    made.certificates[0].has_content = True
    return made


def assess(session, actor, coach, today=TODAY, **change):
    held = coach.certificates[-1].id
    written = replace(WRITTEN, **change)
    return risk_assessments.assess(session, actor, coach.id, held, written, today)


def kept(session):
    return session.scalars(select(RiskAssessment)).one()


def codes(coach, today=TODAY):
    return [one.code for one in clearance_refusals(coach, today)]


def test_favourable_decision_clears_until_its_day_of_review(session, lead, coach):
    assert codes(coach) == ["certificate_risk"]
    certificate = assess(session, lead, coach)
    assert codes(coach) == []
    assert (certificate.risk_decided_by_id, certificate.risk_decided_on) == (lead.id, TODAY)
    assert codes(coach, date(2027, 5, 20)) == []
    assert codes(coach, date(2027, 5, 21)) == ["certificate_review"]


def test_unfavourable_decision_withdraws_proposals_and_has_no_review(
    session, lead, coach, proposal
):
    certificate = assess(session, lead, coach, decision=RiskDecision.UNFAVOURABLE)
    assert codes(coach) == ["certificate_risk"]
    assert proposal.state == MatchState.WITHDRAWN
    assert certificate.risk_review_on is None


def test_review_is_a_new_assessment_beside_the_earlier_one(session, lead, coach):
    assess(session, lead, coach)
    later = date(2027, 5, 1)
    assess(session, lead, coach, later, talked_on=later, review_on=date(2028, 5, 1))
    assert codes(coach, date(2027, 6, 1)) == []
    decided = session.scalars(select(RiskAssessment.decided_on).order_by("decided_on")).all()
    assert decided == [TODAY, later]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"relevance": " "}, ["relevance"]),
        ({"age": "", "pattern": "", "rationale": ""}, ["age", "pattern", "rationale"]),
        ({"conditions": ""}, []),
        ({"talked_on": date(2026, 11, 21)}, ["talked_on"]),
        ({"talked_on": date(2026, 2, 28)}, ["talked_on"]),
        ({"review_on": None}, ["review_on"]),
        ({"review_on": TODAY}, ["review_on"]),
        ({"review_on": date(2026, 11, 21)}, []),
        ({"review_on": date(2027, 11, 20)}, []),
        ({"review_on": date(2027, 11, 21)}, ["review_on"]),
        ({"review_on": None, "decision": RiskDecision.UNFAVOURABLE}, []),
    ],
)
def test_assessment_lacks_nothing(session, lead, coach, change, expected):
    if expected:
        assert refused(assess, session, lead, coach, **change) == expected
        assert coach.certificates[0].risk_decision is None
    else:
        assess(session, lead, coach, **change)
        assert coach.certificates[0].risk_decision is not None


@pytest.mark.parametrize("role", NOT_LEADS)
def test_nobody_but_the_lead_decides_or_reads(session, here, lead, coach, role):
    actor = make_account(session, role, (here,))
    with pytest.raises(Forbidden):
        assess(session, actor, coach)
    assess(session, lead, coach)
    record = kept(session).id
    for ask in (
        lambda: risk_assessments.find_kept(session, actor, record),
        lambda: risk_assessments.view(session, actor, record, RiskViewReason.REVIEW),
        lambda: risk_assessments.list_kept(session, actor),
        lambda: risk_assessments.list_to_decide(session, actor, TODAY),
    ):
        with pytest.raises(Forbidden):
            ask()
    assert audited(session, "risk_assessment.view") == []


def test_blank_or_replaced_certificate_is_not_decided_on(session, staff, lead, coach):
    coach.certificates[0].has_content = False
    assert refused(assess, session, lead, coach) == ["no_content"]
    coach.certificates[0].has_content = True
    old = coach.certificates[0].id
    make_certificate(session, coach, staff, issue_date=date(2026, 10, 1))
    session.expire_all()
    verb = (risk_assessments.assess, session, lead, coach.id, old, WRITTEN, TODAY)
    assert refused(*verb) == ["certificate_superseded"]


def test_each_view_is_in_the_ledger_with_its_reason(session, lead, coach):
    assess(session, lead, coach)
    record = kept(session)
    found = risk_assessments.view(session, lead, record.id, RiskViewReason.CONCERN)
    assert (found.assessment.rationale, found.purge_on) == ("Canary rationale", date(2027, 5, 20))
    rows = audited(session, "risk_assessment.view")
    assert [(row.kind, row.actor_id, row.subject_id, row.detail) for row in rows] == [
        (
            "read",
            lead.id,
            record.id,
            {
                "reason": "concern",
                "certificate": str(coach.certificates[0].id),
                "decision": "favourable",
            },
        )
    ]


def test_ledger_is_for_lead_and_auditor_and_holds_codes_only(session, here, lead, coach):
    assess(session, lead, coach)
    risk_assessments.view(session, lead, kept(session).id, RiskViewReason.APPEAL)
    auditor = make_account(session, Role.AUDITOR)
    for reader in (lead, auditor):
        events, more = risk_assessments.list_ledger(session, reader)
        acts = [event.action for event in events]
        assert (acts, more) == (["risk_assessment.view", "risk_assessment.record"], False)
    for role in (Role.COORDINATOR, Role.MANAGER):
        with pytest.raises(Forbidden):
            risk_assessments.list_ledger(session, make_account(session, role, (here,)))


def test_no_audit_row_holds_a_word_of_the_text(session, lead, coach):
    assess(session, lead, coach)
    risk_assessments.view(session, lead, kept(session).id, RiskViewReason.APPEAL)
    rows = session.scalars(select(AuditEvent)).all()
    text = " ".join(f"{row.action} {row.fields} {row.detail}" for row in rows)
    assert "risk_assessment.view" in text
    assert "Canary" not in text


@pytest.mark.parametrize(
    ("decided_on", "months", "expected"),
    [
        (date(2026, 5, 20), 6, date(2026, 11, 20)),
        (date(2026, 5, 20), 3, date(2026, 8, 20)),
        (date(2026, 5, 20), 60, date(2026, 11, 20)),
        (date(2026, 5, 20), 0, date(2026, 5, 20)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
    ],
)
def test_text_is_kept_six_months_at_most(decided_on, months, expected):
    assert purge_day(decided_on, months) == expected


def test_text_is_deleted_on_its_day_and_the_decision_stays(session, lead, coach):
    certificate = assess(session, lead, coach)
    record = kept(session).id
    assert [one.purge_on for one in risk_assessments.list_kept(session, lead)] == [
        date(2027, 5, 20)
    ]
    assert risk_assessments.purge(session, date(2027, 5, 19)) == 0
    assert risk_assessments.purge(session, date(2027, 5, 20)) == 1
    assert risk_assessments.purge(session, date(2027, 5, 20)) == 0
    assert risk_assessments.list_kept(session, lead) == []
    with pytest.raises(NotFound):
        risk_assessments.view(session, lead, record, RiskViewReason.REVIEW)
    assert (certificate.risk_decision, certificate.risk_decided_on, certificate.number) == (
        RiskDecision.FAVOURABLE,
        TODAY,
        coach.certificates[0].number,
    )
    assert [
        (row.actor_id, row.subject_id) for row in audited(session, "risk_assessment.purge")
    ] == [(None, record)]


def test_shorter_time_of_the_scheme_counts_for_what_is_kept_already(session, lead, coach):
    assess(session, lead, coach)
    coach.scheme.risk_text_months = 1
    assert risk_assessments.purge(session, date(2026, 12, 20)) == 1


def test_lead_sees_what_waits_for_a_decision_or_its_review(session, staff, here, lead, coach):
    decided = make_coach(session, staff, here)
    decided.certificates[0].has_content = True
    assess(session, lead, decided)
    make_coach(session, staff, here)
    waiting = risk_assessments.list_to_decide(session, lead, TODAY)
    assert [(one.volunteer.id, one.review_on, one.is_overdue) for one in waiting] == [
        (coach.id, None, True),
        (decided.id, date(2027, 5, 20), False),
    ]
    assess(session, lead, coach, decision=RiskDecision.UNFAVOURABLE)
    later = risk_assessments.list_to_decide(session, lead, date(2027, 5, 21))
    assert [(one.volunteer.id, one.is_overdue) for one in later] == [(decided.id, True)]


def test_correction_of_the_certificate_takes_the_decision_back(session, staff, lead, coach):
    coach.last_name = "Mensah"
    held = coach.certificates[0]
    held.name_as_printed, held.status = "AMA MENSAH", CertificateStatus.RECORDED
    assess(session, lead, coach)
    details = CertificateDetails(
        number=held.number,
        issue_date=held.issue_date,
        level=held.level,
        workforce=held.workforce,
        name_as_printed=held.name_as_printed,
        name_matches=True,
        has_content=True,
        seen_on=held.seen_on,
    )
    checks.correct_certificate(session, staff, coach.id, held.id, details, TODAY)
    assert (held.risk_decision, held.risk_review_on) == (None, None)
    assert kept(session).certificate_id == held.id
