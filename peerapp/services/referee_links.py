"""A referee's side: the link they were sent, the form they stop and take up again, their answer.

A referee has no account. Each mail carries a link of its own, kept only as a hash; all links of a
reference end when it is answered, sent anew or taken back. What was typed stays with the
reference, so a new link leads back to it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain import reference_form
from peerapp.domain.onboarding import FINAL
from peerapp.domain.referees import has_concern
from peerapp.enums import ReferenceState, Role
from peerapp.errors import Refused
from peerapp.models import Account, Reference, ReferenceEvent, ReferenceLink, Volunteer
from peerapp.services import audit, messages, staff_of
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.tokens import LINK_USED, token_hash
from peerapp.wording import date as in_words

S = ReferenceState


@dataclass(frozen=True)
class Letter:
    """What a mail to a referee says besides the link."""

    opening: str
    closing: str = ""


FIRST = Letter(
    "{name} would like to volunteer with {scheme} and has named you as a referee.",
    "If you would rather not, open the link and say so.",
)
REMINDER = Letter(
    "{name} has named you as a referee for volunteering with {scheme}. "
    "We have not had your answer yet.",
    "What you have written so far is still there. If you would rather not, open the link and say "
    "so.",
)


def send_link(
    session: Session, reference: Reference, letter: Letter, now: datetime, base_url: str
) -> None:
    """Queue a mail with a new link; earlier links go on working."""
    scheme = get_scheme(session)
    secret = secrets.token_urlsafe(32)
    expires_at = now + timedelta(days=scheme.reference_link_days)
    reference.links.append(ReferenceLink(token_hash=token_hash(secret), expires_at=expires_at))
    session.flush()
    opening = letter.opening.format(name=reference.volunteer.name, scheme=scheme.name)
    contact = " or ".join(text for text in (scheme.phone, scheme.email) if text)
    text = (
        f"Hello {reference.name},\n\n{opening}\n\n"
        "Please answer a few questions. It takes about 10 minutes, and you can stop and come "
        f"back. You need no account. The link is for you alone and works until "
        f"{in_words(expires_at)}:\n{base_url}/reference/{secret}\n\n"
        f"{reference.volunteer.name} will not be shown what you write. {letter.closing}\n\n"
        f"{scheme.name}\n" + (f"Questions? {contact}\n" if contact else "")
    )
    messages.queue_referee_mail(session, reference, text)


def end_links(session: Session, reference: Reference, now: datetime) -> None:
    """Let no link of the reference work any more, and send none that waits."""
    for link in reference.links:
        link.ended_at = link.ended_at or now
    session.flush()
    messages.cancel_for_reference(session, reference.id)


def _find_link(session: Session, secret: str) -> ReferenceLink | None:
    query = select(ReferenceLink).where(ReferenceLink.token_hash == token_hash(secret))
    return session.scalar(query)


def find_reference(session: Session, secret: str, now: datetime) -> Reference:
    """Return the reference that a good link is for.

    Raises
    ------
    Refused
        It is unknown, was used, taken back or has run out, or the volunteer's record is closed:
        the same answer for all.
    """
    link = _find_link(session, secret)
    if link is None or not _is_good(link, now):
        raise Refused([LINK_USED])
    return link.reference


def _is_good(link: ReferenceLink, now: datetime) -> bool:
    reference = link.reference
    return (
        link.ended_at is None
        and now < link.expires_at
        and reference.state == S.ASKED
        and reference.volunteer.state not in FINAL
    )


def _lock(session: Session, secret: str, now: datetime) -> Reference:
    """Lock the reference of a link, and ask afresh whether the link is good."""
    _lock_by(session, secret)
    return find_reference(session, secret, now)


def _lock_by(session: Session, secret: str) -> None:
    link = _find_link(session, secret)
    if link is None:
        raise Refused([LINK_USED])
    # The volunteer first, as everywhere: a write to the reference may need their row as well.
    reference_id = link.reference_id
    lock_row(session, Volunteer, link.reference.volunteer_id)
    lock_row(session, Reference, reference_id)


def save_page(
    session: Session, secret: str, page: str, values: Mapping[str, Any], now: datetime
) -> Reference:
    """Keep what a referee typed on one page, complete or not; other pages stay as they are."""
    reference = _lock(session, secret, now)
    asked = reference_form.PAGES[page]
    kept = {name: value for name, value in reference.answers.items() if name not in asked}
    given = {name: values[name] for name in asked if values.get(name) not in (None, "")}
    reference.answers = {**kept, **given}
    return reference


def submit(session: Session, secret: str, now: datetime, base_url: str) -> None:
    """Send the answers; the link is used up. Sent again by the same link it changes nothing.

    Raises
    ------
    Refused
        Answers are missing, or the link is not good (any more).
    """
    _lock_by(session, secret)
    if _was_answered(session, secret, now):
        return
    reference = find_reference(session, secret, now)
    refusals = [
        refusal
        for page in reference_form.PAGES
        for refusal in reference_form.page_refusals(page, reference.answers)
    ]
    if refusals:
        raise Refused(refusals)
    reference.answers = reference_form.final_answers(reference.answers)
    reference.answered_at = now
    move(session, reference, S.RECEIVED, None, "")
    end_links(session, reference, now)
    _tell_staff(session, reference, base_url)


def _was_answered(session: Session, secret: str, now: datetime) -> bool:
    """Say whether this link, or another of the same reference, has just sent the answer."""
    link = _find_link(session, secret)
    if link is None or link.ended_at is None or now >= link.expires_at:
        return False
    return link.reference.answered_at == link.ended_at


def decline(session: Session, secret: str, reason: str, now: datetime, base_url: str) -> None:
    """Record that the referee would rather not; what they typed so far is thrown away."""
    reference = _lock(session, secret, now)
    reference.answers = {}
    move(session, reference, S.DECLINED, None, reason)
    end_links(session, reference, now)
    _tell_staff(session, reference, base_url)
    account = reference.volunteer.account
    messages.queue_notice(session, account, f"{base_url}/volunteer/referees")


def move(
    session: Session, reference: Reference, to: ReferenceState, actor: Account | None, reason: str
) -> None:
    """Change the state of a reference, with its event and its audit row; None: the referee."""
    before = reference.state
    by_id = actor.id if actor else None
    reference.history.append(
        ReferenceEvent(from_state=before, to_state=to, by_id=by_id, reason=reason.strip())
    )
    reference.state = to
    audit.record_change(
        session, actor, "reference.move", reference, before=before.value, after=to.value
    )


def _tell_staff(session: Session, reference: Reference, base_url: str) -> None:
    """Tell the coordinators that something waits; a concern goes to the safeguarding leads too."""
    volunteer = reference.volunteer
    people = staff_of.coordinators_of(session, volunteer)
    if has_concern(reference.answers):
        people += staff_of.list_active(session, Role.SAFEGUARDING_LEAD)
    for account in people:
        link = f"{base_url}/staff/volunteers/{volunteer.id}/references"
        messages.queue_notice(session, account, link)
