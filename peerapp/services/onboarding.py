"""Moving a volunteer on, aside and out: each move is one event with who, when and why."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from peerapp.domain import onboarding, profiles
from peerapp.domain.match_states import HOLDS_PLACE
from peerapp.domain.probation import first_due
from peerapp.enums import DropOutReason, Role, VolunteerState
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Match, Volunteer, VolunteerEvent, utc_now
from peerapp.services import audit, course_places, messages, volunteers

S = VolunteerState

BY_STAFF = frozenset(onboarding.PATH[2:]) - {S.ACTIVE} | {S.DECLINED}
"""Where ``move`` may lead; the volunteer applies, the states beside have verbs of their own, and
to active leads the probation review (``services.probation``)."""


def submit_application(session: Session, actor: Account, today: date) -> Volunteer:
    """Send the actor's own application; sending it again changes nothing.

    Raises
    ------
    Refused
        Something is missing from the profile, or the volunteer is too young.
    """
    volunteer = volunteers.lock_own(session, actor)
    if volunteer.state in onboarding.PATH[1:]:
        return volunteer
    refusals = onboarding.move_refusals(volunteer, S.APPLIED, today)
    incomplete = profiles.application_refusals(volunteer, today)
    _refuse([*refusals, *(one for one in incomplete if one not in refusals)])
    return change_state(session, actor, volunteer, S.APPLIED, "", today)


def withdraw(
    session: Session,
    actor: Account,
    today: date,
    *,
    drop_out: DropOutReason = DropOutReason.NOT_SAID,
    words: str = "",
) -> Volunteer:
    """Take the actor's own application back; their record is closed."""
    volunteer = volunteers.lock_own(session, actor)
    return _withdraw(session, actor, volunteer, words, today, drop_out)


def withdraw_for(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reason: str,
    today: date,
    *,
    drop_out: DropOutReason = DropOutReason.OTHER,
) -> Volunteer:
    """Record that a volunteer said they withdraw, or never answered."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _need_reason(reason)
    return _withdraw(session, actor, volunteer, reason, today, drop_out)


def _withdraw(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    reason: str,
    today: date,
    drop_out: DropOutReason,
) -> Volunteer:
    _refuse(onboarding.move_refusals(volunteer, S.WITHDRAWN, today))
    _refuse(onboarding.drop_out_refusals(S.WITHDRAWN, drop_out))
    return change_state(session, actor, volunteer, S.WITHDRAWN, reason, today, drop_out=drop_out)


def move(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    to: VolunteerState,
    reason: str,
    today: date,
    *,
    drop_out: DropOutReason = DropOutReason.OTHER,
) -> Volunteer:
    """Move a volunteer on to the next state of the path, or decline them with a reason.

    Raises
    ------
    Refused
        It is not the next state, gates are open, or a reason is missing.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if to not in BY_STAFF or volunteer.state not in onboarding.PATH:
        raise Refused([Refusal("no_such_move", "This is not a step that staff can take.")])
    _refuse(onboarding.move_refusals(volunteer, to, today))
    if to != S.DECLINED:
        return change_state(session, actor, volunteer, to, reason, today)
    _need_reason(reason)
    _refuse(onboarding.drop_out_refusals(to, drop_out))
    return change_state(session, actor, volunteer, to, reason, today, drop_out=drop_out)


def suspend(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reason: str,
    today: date,
    base_url: str,
) -> Volunteer:
    """Suspend a volunteer at once, whatever they do now, and tell the safeguarding leads."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _need_reason(reason)
    _refuse(onboarding.move_refusals(volunteer, S.SUSPENDED, today))
    change_state(session, actor, volunteer, S.SUSPENDED, reason, today)
    for lead in _other_leads(session, actor):
        messages.queue_notice(session, lead, f"{base_url}/staff/volunteers/{volunteer.id}")
    return volunteer


def _other_leads(session: Session, actor: Account) -> Sequence[Account]:
    query = (
        select(Account)
        .where(Account.role == Role.SAFEGUARDING_LEAD, Account.id != actor.id)
        .order_by(Account.id)
    )
    return session.scalars(query).all()


def pause(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reason: str, today: date
) -> Volunteer:
    """Let a coach take a break; nobody sees their contact details meanwhile."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _refuse(onboarding.move_refusals(volunteer, S.PAUSED, today))
    return change_state(session, actor, volunteer, S.PAUSED, reason, today)


def resume(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reason: str, today: date
) -> Volunteer:
    """Bring a coach back from a break, if every gate is still in date."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if volunteer.state != S.PAUSED or volunteer.state_before is None:
        raise Refused([Refusal("not_paused", "This volunteer is not taking a break.")])
    _refuse(onboarding.move_refusals(volunteer, volunteer.state_before, today))
    return change_state(session, actor, volunteer, volunteer.state_before, reason, today)


def leave(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reason: str,
    today: date,
    *,
    drop_out: DropOutReason = DropOutReason.OTHER,
) -> Volunteer:
    """Record that a coach has left the scheme; families they support come to an end first."""
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    _need_reason(reason)
    _refuse(onboarding.move_refusals(volunteer, S.LEFT, today))
    _refuse(onboarding.drop_out_refusals(S.LEFT, drop_out))
    if count_families(session, volunteer):
        raise Refused(
            [Refusal("holds_families", "End the matches with the families they support first.")]
        )
    return change_state(session, actor, volunteer, S.LEFT, reason, today, drop_out=drop_out)


def count_families(session: Session, volunteer: Volunteer) -> int:
    """Return how many families the coach has been approved for and not ended with."""
    query = select(func.count(Match.id)).where(
        Match.volunteer_id == volunteer.id, Match.state.in_(HOLDS_PLACE)
    )
    return session.scalar(query) or 0


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(refusals)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused([Refusal("reason_missing", "Give a reason.")])


def change_state(
    session: Session,
    actor: Account | None,
    volunteer: Volunteer,
    to: VolunteerState,
    reason: str,
    today: date,
    *,
    drop_out: DropOutReason | None = None,
) -> Volunteer:
    """Write the new state of a locked volunteer, its event and audit row, and what follows.

    For the verbs here and in the services beside this one: each asks first whether it may be.
    """
    before = volunteer.state
    volunteer.history.append(
        VolunteerEvent(
            from_state=before,
            to_state=to,
            by_id=actor.id if actor else None,
            reason=reason.strip(),
            drop_out=drop_out,
        )
    )
    volunteer.state = to
    volunteer.state_before = before if to in {S.PAUSED, S.SUSPENDED} else None
    volunteer.state_since = utc_now()
    if to == S.PROBATION and before == S.PANEL:
        volunteer.probation_review_due = first_due(volunteer.scheme.probation_weeks, today)
    audit.record_change(
        session, actor, "volunteer.move", volunteer, before=before.value, after=to.value
    )
    if to in onboarding.FINAL:
        course_places.release_places(session, actor, volunteer, utc_now())
    volunteers.settle(session, actor, volunteer, today, f"coach_{to.value}")
    return volunteer
