"""A family and a coach with words in many places, each a canary that stands nowhere else."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.enums import (
    CloseReason,
    ConcernAbout,
    FamilyState,
    Heading,
    MatchState,
    Recommendation,
    ReferenceState,
    SessionState,
    Side,
    VolunteerState,
)
from peerapp.models import (
    Account,
    Base,
    CoachingSession,
    Concern,
    Family,
    FamilyTopic,
    InsideMessage,
    Interview,
    Match,
    Message,
    Reference,
    SessionNote,
    Volunteer,
)
from peerapp.services import interview_templates
from peerapp.services.person_records import MODELS
from tests.factories import NOW, TODAY, make_coach, make_family, make_family_account, make_match
from tests.support.references import RITA

CANARIES = {
    "name": "Wrenfield",
    "phone": "07700 900911",
    "address": "Canary Row",
    "postcode": "SN15 9QQ",
    "told": "Canary-must-not-be-told",
    "topic": "Canary-topic",
    "note": "Canary-note-of-a-session",
    "message": "Canary-message",
}
COACH = {
    "name": "Larkspur",
    "phone": "07700 900922",
    "interview": "Canary-summary",
    "answer": "Canary-answer-of-mine",
    "referee": "Canary-of-the-referee",
    "concern": "Canary-concern",
}


def make_pair(session: Session, staff: Account, here) -> tuple[Family, Volunteer, Match]:
    """Make a family and a coach whose match has ended, with something written everywhere."""
    coach = make_coach(session, staff, here, last_name=COACH["name"], phone=COACH["phone"])
    family = make_family(
        session,
        staff,
        here,
        last_name=CANARIES["name"],
        phone=CANARIES["phone"],
        address=CANARIES["address"],
        postcode=CANARIES["postcode"],
    )
    make_family_account(session, family)
    family.safe_contact.must_not_be_told = CANARIES["told"]
    match = make_match(session, family, coach, state=MatchState.ENDED, ended_on=TODAY)
    session.add_all(_written_of(match, family, coach, staff))
    _vetting(session, coach, staff)
    session.flush()
    return family, coach, match


def _written_of(match: Match, family: Family, coach: Volunteer, staff: Account) -> list[Base]:
    """Return what was written of a family: a note, a talk, a message inside, a mail."""
    held = CoachingSession(match_id=match.id, starts_at=NOW, minutes=60, slot_on=TODAY)
    held.state = SessionState.HELD
    note = SessionNote(position=1, happened=True, minutes=60, text=CANARIES["note"])
    note.by_id = coach.account_id
    held.notes = [note]
    return [
        held,
        FamilyTopic(
            family_id=family.id,
            heading=Heading.HOUSING,
            words=CANARIES["topic"],
            talked_on=TODAY,
            talked_by_id=staff.id,
        ),
        InsideMessage(
            match_id=match.id,
            form_key=uuid.uuid4(),
            sender_id=family.account_id,
            side=Side.FAMILY,
            words=CANARIES["message"],
        ),
        Message(
            account_id=family.account_id,
            to_address=family.email,
            template="notice",
            subject="You have a message",
            body="",
        ),
    ]


def _vetting(session: Session, coach: Volunteer, staff: Account) -> None:
    template = interview_templates.ensure_template(session)
    reference = Reference(volunteer_id=coach.id, asked_at=NOW, answered_at=NOW, **vars(RITA))
    reference.state = ReferenceState.RECEIVED
    reference.answers = {"strengths": COACH["referee"]}
    interview = Interview(
        volunteer_id=coach.id,
        template_id=template.id,
        version=template.version,
        held_on=TODAY,
        answers={"motivation": COACH["answer"]},
        summary=COACH["interview"],
        recommendation=Recommendation.RECOMMENDED,
        started_by_id=staff.id,
    )
    concern = Concern(
        reference="C-RIGHTS",
        form_key=uuid.uuid4(),
        raised_by_id=staff.id,
        about=ConcernAbout.COACH,
        danger_now=False,
        words=COACH["concern"],
        answer_by=NOW + timedelta(days=1),
        volunteer_id=coach.id,
    )
    session.add_all([reference, interview, concern])


def close_family(family: Family) -> None:
    family.state, family.close_reason = FamilyState.CLOSED, next(iter(CloseReason))


def leave(coach: Volunteer) -> None:
    coach.state = VolunteerState.LEFT


def residue(session: Session, words) -> dict[str, set[str]]:
    """Return where in the whole database some words still stand, by table and column."""
    session.flush()
    session.expire_all()
    found: dict[str, set[str]] = {}
    for name, model in MODELS.items():
        for row in session.scalars(select(model)):
            for column in Base.metadata.tables[name].columns:
                text = str(getattr(row, column.key))
                for word in words:
                    if word in text:
                        found.setdefault(word, set()).add(f"{name}.{column.key}")
    return found
