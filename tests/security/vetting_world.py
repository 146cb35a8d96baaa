"""A volunteer with one of everything that onboarding keeps, to ask for by every wrong person.

Restricted texts are canaries: words that stand nowhere else.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from werkzeug.routing import AnyConverter

from peerapp.domain.interviews import DEFAULT_QUESTIONS
from peerapp.enums import (
    ApplicationReason,
    BookingState,
    IdentityRoute,
    InterviewState,
    PanelOutcome,
    PauseReason,
    PauseState,
    Recommendation,
    ReferenceState,
    RiskDecision,
    Role,
    SeenHow,
    StatusOutcome,
    VolunteerState,
)
from peerapp.models import (
    Account,
    AgreementText,
    CheckApplication,
    CourseBooking,
    CourseSession,
    IdentityCheck,
    Interview,
    Interviewer,
    Locality,
    PanelDecision,
    Reference,
    ReferenceLink,
    RiskAssessment,
    StatusCheck,
    TrainingRecord,
    Volunteer,
    VolunteerPause,
)
from peerapp.services import check_tables, interview_templates
from peerapp.services.tokens import token_hash
from tests.factories import (
    NOW,
    TODAY,
    make_account,
    make_coach,
    make_family,
    make_family_account,
    make_locality,
)
from tests.support.references import ANSWERS, RITA, SAM

RISK = "Canary-of-the-restricted-record"
REFERENCE = "Canary-of-the-referee"
INTERVIEW = "Canary-of-the-interview"
NUMBER = "009988770066"
BORN = date(1971, 7, 9)
BORN_IN_WORDS = "9 July 1971"
PHONE = "07700 900777"
SECRET = "a-secret-that-was-mailed-to-the-referee-alone"
USED_SECRET = "a-secret-that-was-used-already"


def secrets_of(number: str) -> tuple[str, str]:
    """Return the secrets of the open link and of the used one to a volunteer's referees."""
    world = uuid.uuid5(uuid.NAMESPACE_OID, number).hex
    return f"{SECRET}-{world}", f"{USED_SECRET}-{world}"


@dataclass(frozen=True)
class Ids:
    """What the addresses of pages name."""

    account: uuid.UUID
    volunteer_id: uuid.UUID
    reference_id: uuid.UUID
    asked_id: uuid.UUID
    certificate_id: uuid.UUID
    assessment_id: uuid.UUID
    application_id: uuid.UUID
    check_id: uuid.UUID
    pause_id: uuid.UUID
    session_id: uuid.UUID
    record_id: uuid.UUID
    text_id: uuid.UUID
    table_id: uuid.UUID


def make_vetted(
    session,
    locality: Locality,
    staff: Account,
    lead: Account,
    number: str = NUMBER,
    *,
    first: bool = True,
) -> Ids:
    """Make a volunteer at panel with everything on record; the ``first`` of a scheme or not."""
    account = make_account(session, Role.VOLUNTEER)
    coach = make_coach(
        session,
        staff,
        locality,
        account=account,
        date_of_birth=BORN,
        phone=PHONE,
        state=VolunteerState.PANEL,
    )
    certificate = coach.certificates[0]
    certificate.number, certificate.has_content = number, True
    certificate.risk_decision = RiskDecision.FAVOURABLE
    certificate.risk_decided_on = TODAY
    certificate.risk_review_on = TODAY + timedelta(days=90)
    rows = {
        "reference_id": _reference(session, coach),
        "asked_id": _asked(session, coach),
        "assessment_id": _assessment(certificate, lead),
        "application_id": CheckApplication(
            volunteer_id=coach.id, reason=ApplicationReason.FIRST, opened_on=TODAY
        ),
        "check_id": StatusCheck(
            volunteer_id=coach.id,
            certificate_id=certificate.id,
            outcome=StatusOutcome.NO_MATCH,
            answered_at=NOW,
            is_flagged=True,
        ),
        "pause_id": VolunteerPause(
            volunteer_id=coach.id,
            reason=PauseReason.HOLIDAY,
            starts_on=TODAY + timedelta(days=30),
            ends_on=TODAY + timedelta(days=40),
            state=PauseState.PLANNED,
            asked_by_id=account.id,
        ),
        "session_id": _dated(coach, staff),
        "record_id": TrainingRecord(course="boundaries", completed_on=TODAY, evidence="Seen"),
        "text_id": AgreementText(
            number=1 if first else 2,
            body="We agree. " * 40,
            published_on=TODAY,
            published_by_id=lead.id,
        ),
    }
    coach.training.append(rows["record_id"])
    session.add_all([*rows.values(), *_papers(session, coach, staff, lead)])
    table = check_tables.ensure_current(session)
    session.flush()
    ids = {name: row.id for name, row in rows.items()}
    return Ids(
        account=account.id,
        volunteer_id=coach.id,
        certificate_id=certificate.id,
        table_id=table.id,
        **ids,
    )


def _reference(session, coach: Volunteer) -> Reference:
    answers = {name: value for page in ANSWERS.values() for name, value in page.items()}
    reference = Reference(volunteer=coach, asked_at=NOW, answered_at=NOW, **vars(RITA))
    reference.state = ReferenceState.RECEIVED
    reference.answers = {**answers, "strengths": REFERENCE}
    _link(reference, secrets_of(coach.certificates[0].number)[1], ended_at=NOW)
    session.add(reference)
    session.flush()
    return reference


def _asked(session, coach: Volunteer) -> Reference:
    """Return a reference that is half written."""
    reference = Reference(volunteer=coach, asked_at=NOW, **vars(SAM))
    reference.answers = {"known_how": REFERENCE}
    _link(reference, secrets_of(coach.certificates[0].number)[0])
    session.add(reference)
    session.flush()
    return reference


def _link(reference: Reference, secret: str, ended_at: datetime | None = None) -> None:
    expires_at = NOW + timedelta(days=30)
    link = ReferenceLink(token_hash=token_hash(secret), expires_at=expires_at, ended_at=ended_at)
    reference.links.append(link)


def _assessment(certificate, lead: Account) -> RiskAssessment:
    return RiskAssessment(
        certificate_id=certificate.id,
        **dict.fromkeys(("relevance", "age", "pattern", "rationale", "conditions"), RISK),
        talked_on=TODAY,
        decision=RiskDecision.FAVOURABLE,
        decided_on=TODAY,
        decided_by_id=lead.id,
    )


def _dated(coach: Volunteer, staff: Account) -> CourseSession:
    dated = CourseSession(
        course="boundaries",
        starts_at=NOW + timedelta(days=20),
        minutes=90,
        place="Library",
        trainer="Tess",
        places=5,
        created_by_id=staff.id,
    )
    booking = CourseBooking(volunteer_id=coach.id, state=BookingState.BOOKED, asked_at=NOW)
    dated.bookings.append(booking)
    return dated


def _papers(session, coach: Volunteer, staff: Account, lead: Account) -> list:
    template = interview_templates.ensure_template(session)
    interview = Interview(
        volunteer_id=coach.id,
        template_id=template.id,
        version=1,
        state=InterviewState.SUBMITTED,
        held_on=TODAY,
        answers={one.key: {"score": 4, "note": INTERVIEW} for one in DEFAULT_QUESTIONS},
        summary=INTERVIEW,
        recommendation=Recommendation.RECOMMENDED,
        has_conflict=False,
        started_by_id=staff.id,
        submitted_by_id=staff.id,
        submitted_at=NOW,
        interviewers=[Interviewer(account_id=staff.id)],
    )
    identity = IdentityCheck(
        volunteer_id=coach.id,
        route=IdentityRoute.ROUTE_1,
        seen_how=SeenHow.IN_PERSON,
        checked_on=TODAY,
        checked_by_id=staff.id,
    )
    decision = PanelDecision(
        volunteer_id=coach.id,
        panel_since=coach.state_since,
        outcome=PanelOutcome.DEFERRED,
        held_on=TODAY,
        reasons="One more look.",
        decided_by_id=lead.id,
    )
    return [interview, identity, decision]


def make_world(session) -> tuple[Ids, dict[str, Account]]:
    """Make the vetted volunteer, and everybody who might ask for them."""
    here, there = make_locality(session), make_locality(session, "Calne", ("SN11 0",))
    people = {
        "coordinator": make_account(session, Role.COORDINATOR, (here,)),
        "lead": make_account(session, Role.SAFEGUARDING_LEAD),
        "manager": make_account(session, Role.MANAGER),
        "auditor": make_account(session, Role.AUDITOR),
        "stranger": make_account(session, Role.COORDINATOR, (there,)),
        "disabled": make_account(session, Role.COORDINATOR, (here,), disabled_at=NOW),
    }
    ids = make_vetted(session, here, people["coordinator"], people["lead"])
    family = make_family(session, people["coordinator"], here)
    people["family"] = make_family_account(session, family)
    people["volunteer"] = session.get_one(Account, ids.account)
    for account in people.values():
        session.refresh(account)
    return ids, people


VETTING = {
    *("breaks", "check_applications", "check_levels", "check_rules", "checks", "comebacks"),
    *("courses", "endings", "identity_checks", "interviews", "onboarding", "panels", "probation"),
    *("referees", "references", "risk_assessments", "status_checks", "training", "volunteer"),
    *("volunteer_agreements", "volunteer_roles", "volunteers"),
}
"""Blueprints with ids that are about vetting; the matrix of access walks through all others too."""


def addresses(app, ids):
    """Yield endpoint, method, the names of its ids and an address, for all pages with an id."""
    texts = {"item": "agreement", "slug": "family_coach", "code": "boundaries", "rule_id": "1"}
    adapter = app.url_map.bind("localhost")
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint, one.rule)):
        names = rule.arguments
        if not names or rule.endpoint.split(".")[0] not in VETTING:
            continue
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
            for values in _values(rule, {**texts, **vars(ids)}):
                path = adapter.build(rule.endpoint, values, method=method)
                yield rule.endpoint, method, names, path


def _values(rule, known):
    """Return what to put in: one set of values, or one for each word that a part may be."""
    words = {
        name: sorted(converter.items)
        for name, converter in rule._converters.items()
        if isinstance(converter, AnyConverter)
    }
    given = {name: known[name] for name in rule.arguments - set(words)}
    if not words:
        return [given]
    ((name, choices),) = words.items()
    return [{**given, name: choice} for choice in choices]
