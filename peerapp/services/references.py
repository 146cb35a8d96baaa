"""References: naming referees, asking them again, and deciding whether what they wrote counts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from peerapp.domain import access, referees
from peerapp.domain.comebacks import is_history, is_stale_reference
from peerapp.domain.referees import LIVE, MOST_NAMED, Referee, has_concern
from peerapp.enums import (
    STAFF_ROLES,
    GateItem,
    ReferenceState,
    Role,
    VerifiedHow,
    VolunteerState,
)
from peerapp.errors import NotFound, Refusal, Refused
from peerapp.models import Account, Reference, Volunteer
from peerapp.models.vault import opened
from peerapp.services import audit, gates, messages, referee_links, staff_of, volunteers
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme
from peerapp.wording import day_of

S = ReferenceState
ITEMS = (GateItem.FIRST_REFERENCE, GateItem.SECOND_REFERENCE)
MOST_LIVE = 4
ASKS_LEAD = "The safeguarding lead is asked to decide."
NAMED_WITHIN = timedelta(days=30)
NOT_NOW = frozenset({VolunteerState.ENQUIRY, VolunteerState.SUSPENDED})


def list_own(session: Session, actor: Account) -> Sequence[Reference]:
    """Return the actor's own referees in the order in which they were named."""
    return _list(session, volunteers.get_own(session, actor))


def list_for_staff(
    session: Session, actor: Account, volunteer_id: uuid.UUID
) -> tuple[Volunteer, Sequence[Reference]]:
    """Return a volunteer and their referees, without what those wrote; the view is audited."""
    volunteer = volunteers.get_volunteer(session, actor, volunteer_id, ("references",))
    return volunteer, _list(session, volunteer)


def list_of(session: Session, volunteer: Volunteer) -> Sequence[Reference]:
    """Return a volunteer's references in the order in which they were named."""
    return _list(session, volunteer)


def _list(session: Session, volunteer: Volunteer) -> Sequence[Reference]:
    query = (
        select(Reference)
        .where(Reference.volunteer_id == volunteer.id)
        .options(
            selectinload(Reference.decided_by),
            selectinload(Reference.entered_by),
            selectinload(Reference.history),
        )
        .order_by(Reference.created_at, Reference.id)
    )
    return session.scalars(query).all()


def find_reference(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reference_id: uuid.UUID
) -> Reference:
    """Return a reference for a page that shows nothing of what the referee wrote.

    Raises
    ------
    NotFound
        There is none, it is another volunteer's, or the actor may not know of it.
    """
    volunteer = volunteers.find_volunteer(session, actor, volunteer_id)
    reference = session.get(Reference, reference_id)
    if reference is None or reference.volunteer_id != volunteer.id:
        raise NotFound("there is no such reference")
    return reference


def read_reference(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reference_id: uuid.UUID
) -> Reference:
    """Return a reference with what the referee wrote; the view is audited.

    Raises
    ------
    NotFound
        There is none, it has not been answered, or it is not for the actor to read.
    """
    reference = find_reference(session, actor, volunteer_id, reference_id)
    if reference.answered_at is None or not access.may_read_reference(actor, reference):
        raise NotFound("there is no such reference")
    audit.record_read(session, actor, "reference.view", reference, fields=("answers",))
    return reference


def name_referee(
    session: Session, actor: Account, referee: Referee, now: datetime, base_url: str
) -> Reference:
    """Name a referee for the actor's own application, and send them a link.

    Raises
    ------
    Refused
        They may not be a referee, or the volunteer cannot name (any more) referees now.
    """
    volunteer = volunteers.lock_own(session, actor)
    _refuse(naming_refusals(session, volunteer, now))
    others = _others(session, volunteer, day_of(now))
    _refuse(referees.referee_refusals(referee, volunteer, others, staff_emails(session)))
    reference = Reference(
        volunteer=volunteer,
        name=referee.name,
        email=referee.email.strip(),
        phone=referee.phone,
        postcode=referee.postcode,
        relation=referee.relation,
        known_how=referee.known_how,
        known_years=referee.known_years,
        asked_at=now,
    )
    session.add(reference)
    session.flush()
    referee_links.move(session, reference, S.ASKED, actor, "")
    referee_links.send_link(session, reference, referee_links.FIRST, now, base_url)
    return reference


def naming_refusals(session: Session, volunteer: Volunteer, now: datetime) -> list[Refusal]:
    """Say why the volunteer cannot name a referee now; empty means that they can."""
    known = _list(session, volunteer)
    if volunteer.state in NOT_NOW:
        return [Refusal("too_early", "Send your application first. Then name your referees.")]
    lately = [one for one in known if now - one.asked_at < NAMED_WITHIN]
    live = [one for one in known if one.state in LIVE and not is_history(one, day_of(now))]
    if len(live) >= MOST_LIVE or len(lately) >= MOST_NAMED:
        message = "You have named as many people as you can for now. Ask your coordinator."
        return [Refusal("too_many", message)]
    return []


def _others(session: Session, volunteer: Volunteer, today: date) -> list[Reference]:
    """Return the references beside which a referee must be another person.

    Those count, may come to count, or were rejected; not those of an earlier start that are too
    old to count: whoever gave them may be asked anew.
    """
    return [
        one
        for one in _list(session, volunteer)
        if one.state in LIVE | {S.REJECTED} and not is_history(one, today)
    ]


def staff_emails(session: Session) -> list[str]:
    """Return the addresses of everybody who works for the scheme, and the scheme's own."""
    staff = Account.role.in_(STAFF_ROLES), Account.disabled_at.is_(None)
    emails = [email for _, email in opened(session, Account, ["email"], *staff)]
    return [*emails, get_scheme(session).email]


def take_back(
    session: Session, actor: Account, reference_id: uuid.UUID, now: datetime
) -> Reference:
    """Take back one of the actor's own referees who has not answered; their link ends."""
    volunteer = volunteers.lock_own(session, actor)
    reference = _lock(session, volunteer.id, reference_id)
    return _cancel(session, actor, reference, "", now)


def revoke(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reference_id: uuid.UUID,
    reason: str,
    now: datetime,
) -> Reference:
    """Take a request back on behalf of the scheme; the referee's link ends at once."""
    volunteers.lock_volunteer(session, actor, volunteer_id)
    reference = _lock(session, volunteer_id, reference_id)
    _need_reason(reason)
    return _cancel(session, actor, reference, reason, now)


def _cancel(
    session: Session, actor: Account, reference: Reference, reason: str, now: datetime
) -> Reference:
    if reference.state != S.ASKED:
        raise Refused([Refusal("not_asked", "This referee has answered already.")])
    referee_links.move(session, reference, S.CANCELLED, actor, reason)
    referee_links.end_links(session, reference, now)
    reference.answers = {}
    return reference


def resend(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reference_id: uuid.UUID,
    now: datetime,
    base_url: str,
) -> Reference:
    """Send a referee a new link; the earlier ones stop working, what they typed is still there."""
    volunteers.lock_volunteer(session, actor, volunteer_id)
    reference = _lock(session, volunteer_id, reference_id)
    if reference.state != S.ASKED:
        raise Refused([Refusal("not_asked", "This referee has answered already.")])
    referee_links.end_links(session, reference, now)
    referee_links.send_link(session, reference, referee_links.REMINDER, now, base_url)
    audit.record_change(session, actor, "reference.resend", reference)
    return reference


def verify(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reference_id: uuid.UUID,
    how: VerifiedHow,
    verified_on: date,
    note: str,
    today: date,
) -> Reference:
    """Record that a reference is genuine and counts; the second one shuts the gate's last gap.

    Raises
    ------
    Refused
        It may not count: from a relative, from the same home, not answered, with a concern …
    NotFound
        It is not for the actor to read, and so not for them to verify.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    reference = _lock_readable(session, actor, volunteer_id, reference_id)
    others = [one for one in _others(session, volunteer, today) if one is not reference]
    emails = staff_emails(session)
    refusals = referees.verification_refusals(reference, others, emails, how, actor)
    refusals += _day_refusals(reference, verified_on, today)
    if is_stale_reference(reference, today):
        message = "They answered long before the volunteer came back. Reject it, ask for a new one."
        refusals.append(Refusal("reference_too_old", message))
    _refuse(refusals)
    reference.verified_how, reference.decided_on = how, verified_on
    reference.decided_by_id = actor.id
    referee_links.move(session, reference, S.VERIFIED, actor, note)
    _fill_gate(session, actor, volunteer, today)
    return reference


def _day_refusals(reference: Reference, day: date, today: date) -> list[Refusal]:
    if day > today:
        return [Refusal("verified_on", "The date must be today or in the past.")]
    answered = reference.answered_at
    if answered is not None and day < day_of(answered):
        return [Refusal("verified_on", "The check cannot be older than the reference.")]
    return []


def reject(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reference_id: uuid.UUID,
    reason: str,
    today: date,
    base_url: str,
) -> Reference:
    """Say that a reference does not count, even if it did; the volunteer is asked for another.

    What it opened is shut at once, unless another verified reference takes its place.

    Raises
    ------
    Refused
        The referee raised a concern, and the actor is not the safeguarding lead: ``hand_to_lead``.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    reference = _lock_readable(session, actor, volunteer_id, reference_id)
    _need_reason(reason)
    if reference.state not in {S.RECEIVED, S.VERIFIED}:
        raise Refused([Refusal("not_decidable", "There is no answer to reject.")])
    _refuse(referees.concern_refusals(reference, actor))
    reference.verified_how, reference.decided_on = None, today
    reference.decided_by_id = actor.id
    referee_links.move(session, reference, S.REJECTED, actor, reason)
    item, reference.item = reference.item, None
    if item is not None and not _fill_gate(session, actor, volunteer, today, freed=item):
        gates.drop_item(session, actor, volunteer, item, today)
    link = f"{base_url}/volunteer/referees"
    messages.queue_notice(session, volunteer.account, link)
    return reference


def hand_to_lead(
    session: Session,
    actor: Account,
    volunteer_id: uuid.UUID,
    reference_id: uuid.UUID,
    reason: str,
    base_url: str,
) -> Reference:
    """Ask the safeguarding leads to decide on a concern: they are told, the reason is kept.

    Raises
    ------
    Refused
        There is no concern, or nothing to decide.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    reference = _lock_readable(session, actor, volunteer_id, reference_id)
    _need_reason(reason)
    if reference.state not in {S.RECEIVED, S.VERIFIED} or not has_concern(reference.answers):
        raise Refused([Refusal("no_concern", "There is no concern for the lead to decide on.")])
    referee_links.move(session, reference, reference.state, actor, f"{ASKS_LEAD} {reason}")
    link = f"{base_url}/staff/volunteers/{volunteer.id}/references/{reference.id}"
    for lead in staff_of.list_active(session, Role.SAFEGUARDING_LEAD):
        messages.queue_notice(session, lead, link)
    return reference


def _fill_gate(
    session: Session,
    actor: Account,
    volunteer: Volunteer,
    today: date,
    freed: GateItem | None = None,
) -> bool:
    """Let verified references stand for the facts that lack one; say whether one was filled."""
    verified = [one for one in _list(session, volunteer) if one.state == S.VERIFIED]
    spare = [one for one in verified if one.item is None and not is_stale_reference(one, today)]
    lacking = [
        item for item in ITEMS if item == freed or gates.find_record(volunteer, item) is None
    ]
    for item, reference in zip(lacking, spare, strict=False):
        reference.item = item
        day = reference.decided_on or today
        gates.put_item(session, actor, volunteer, item, day, "", today)
    return bool(lacking and spare)


def let_go(session: Session, volunteer: Volunteer, item: GateItem) -> None:
    """Let no reference stand for a fact any more that was taken away from a locked volunteer."""
    for reference in _list(session, volunteer):
        if reference.item == item:
            reference.item = None


def remove_unbacked(
    session: Session, actor: Account, volunteer_id: uuid.UUID, item: GateItem, today: date
) -> Volunteer:
    """Take back a fact that was recorded by hand, before references were kept here.

    Raises
    ------
    Refused
        A reference stands for it: reject that one, with a reason.
    """
    volunteer = volunteers.lock_volunteer(session, actor, volunteer_id)
    if any(one.item == item for one in _list(session, volunteer)):
        message = "A reference stands for this. Reject the reference, and say why."
        raise Refused([Refusal("item_backed", message)])
    gates.drop_item(session, actor, volunteer, item, today)
    return volunteer


def _lock(session: Session, volunteer_id: uuid.UUID, reference_id: uuid.UUID) -> Reference:
    """Lock a reference of a volunteer who is locked."""
    reference = lock_row(session, Reference, reference_id)
    if reference.volunteer_id != volunteer_id:
        raise NotFound("there is no such reference")
    return reference


def _lock_readable(
    session: Session, actor: Account, volunteer_id: uuid.UUID, reference_id: uuid.UUID
) -> Reference:
    reference = _lock(session, volunteer_id, reference_id)
    if not access.may_read_reference(actor, reference):
        raise NotFound("there is no such reference")
    return reference


def _refuse(refusals: Sequence[Refusal]) -> None:
    if refusals:
        raise Refused(refusals)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused([Refusal("reason", "Give a reason.")])
