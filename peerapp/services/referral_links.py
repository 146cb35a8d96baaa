"""Secrets at the front door: one browser's draft, a link to go on, a form, an outcome.

A draft is held by a secret in the cookie of one browser, never by an address: who looks into the
history of a shared phone finds no way back into it. A link to go on leaves only by email that
the family itself called safe, and opens once.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.referrals import (
    FORM_MAIL,
    OUTCOME_MAIL,
    RESUME_MAIL,
    may_tell_referrer,
    referrer_email,
)
from peerapp.enums import ReferralLinkKind, ReferralState
from peerapp.errors import Refused
from peerapp.models import Referral, ReferralLink
from peerapp.services import messages
from peerapp.services.rows import lock_row
from peerapp.services.schemes import get_scheme
from peerapp.services.tokens import LINK_USED, token_hash

K = ReferralLinkKind
BROWSER_HOURS = 2
"""How long a browser keeps hold of a draft; on a shared phone somebody else may come next."""


def issue(session: Session, referral: Referral, kind: ReferralLinkKind, now: datetime) -> str:
    """Make a secret of a kind; those for going on replace earlier ones."""
    if kind == K.RESUME:
        end(session, referral, now, K.RESUME)
    secret = secrets.token_urlsafe(32)
    expires_at = now + _lifetime(session, kind)
    referral.links.append(
        ReferralLink(kind=kind, token_hash=token_hash(secret), expires_at=expires_at)
    )
    session.flush()
    return secret


def _lifetime(session: Session, kind: ReferralLinkKind) -> timedelta:
    scheme = get_scheme(session)
    return {
        K.BROWSER: timedelta(hours=BROWSER_HOURS),
        K.RESUME: timedelta(days=scheme.referral_draft_days),
        K.FORM: timedelta(days=scheme.referral_form_days),
        K.OUTCOME: timedelta(days=scheme.referral_outcome_days),
    }[kind]


def end(session: Session, referral: Referral, now: datetime, *kinds: ReferralLinkKind) -> None:
    """Let no link of these kinds work any more; all kinds where none is named."""
    for link in referral.links:
        if not kinds or link.kind in kinds:
            link.ended_at = link.ended_at or now
    session.flush()


def find_link(
    session: Session, secret: str, kind: ReferralLinkKind, now: datetime
) -> ReferralLink | None:
    """Return the link of a secret while it may still be used."""
    query = select(ReferralLink).where(
        ReferralLink.token_hash == token_hash(secret), ReferralLink.kind == kind
    )
    link = session.scalar(query)
    if link is None or link.ended_at is not None or now >= link.expires_at:
        return None
    return link


def find_any(session: Session, secret: str) -> ReferralLink | None:
    """Return the link of a browser's secret, whether or not it still opens anything."""
    query = select(ReferralLink).where(
        ReferralLink.token_hash == token_hash(secret), ReferralLink.kind == K.BROWSER
    )
    return session.scalar(query)


def find_draft(session: Session, secret: str, kind: ReferralLinkKind, now: datetime) -> Referral:
    """Return the draft that a good secret opens.

    Raises
    ------
    Refused
        It is unknown, was used, has run out, or the form has been sent: one answer for all.
    """
    link = find_link(session, secret, kind, now)
    if link is None or link.referral.state != ReferralState.DRAFT:
        raise Refused([LINK_USED])
    return link.referral


def lock_draft(session: Session, secret: str, kind: ReferralLinkKind, now: datetime) -> Referral:
    """Lock the draft of a secret, and ask afresh whether the secret is good.

    Each write lets the browser keep hold of the draft for its full time again.
    """
    referral_id = find_draft(session, secret, kind, now).id
    lock_row(session, Referral, referral_id)
    referral = find_draft(session, secret, kind, now)
    link = find_link(session, secret, kind, now)
    if kind == K.BROWSER and link is not None:
        link.expires_at = now + _lifetime(session, kind)
    return referral


def open_draft(session: Session, secret: str, kind: ReferralLinkKind, now: datetime) -> str:
    """Give a browser hold of a draft; a link to go on is used up by it."""
    referral = lock_draft(session, secret, kind, now)
    if kind == K.RESUME:
        end(session, referral, now, K.RESUME, K.BROWSER)
    return issue(session, referral, K.BROWSER, now)


def find_outcome(session: Session, secret: str, now: datetime) -> Referral:
    """Return the referral whose outcome a link tells.

    Raises
    ------
    Refused
        The link is not good, or the family no longer agrees that its referrer is told.
    """
    link = find_link(session, secret, K.OUTCOME, now)
    if link is None or not may_tell_referrer(link.referral):
        raise Refused([LINK_USED])
    return link.referral


def send_form(session: Session, referral: Referral, now: datetime, base_url: str) -> str:
    """Send a professional their form; return its link. Whoever opened an earlier one is out."""
    end(session, referral, now, K.FORM, K.BROWSER)
    link = f"{base_url}/referral/form/{issue(session, referral, K.FORM, now)}"
    messages.queue_referral_link(session, referral, FORM_MAIL, referral.form_email, link)
    return link


def send_resume(session: Session, referral: Referral, now: datetime, base_url: str) -> None:
    """Send a family the link to go on, to an address that it has called safe."""
    link = f"{base_url}/get-support/go-on/{issue(session, referral, K.RESUME, now)}"
    address = referral.answers["email"]
    messages.queue_referral_link(session, referral, RESUME_MAIL, address, link)


def send_outcome(session: Session, referral: Referral, now: datetime, base_url: str) -> str:
    """Send a referrer the link behind which the outcome stands; return it too."""
    link = f"{base_url}/referral/outcome/{issue(session, referral, K.OUTCOME, now)}"
    address = referrer_email(referral)
    if address:
        messages.queue_referral_link(session, referral, OUTCOME_MAIL, address, link)
    return link
