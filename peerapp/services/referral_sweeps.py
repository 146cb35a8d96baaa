"""What time does to referrals: drafts nobody took up again are thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from peerapp.clock import LONDON
from peerapp.enums import Danger, ReferralSource, ReferralState
from peerapp.models import Referral
from peerapp.services import duplicates, front_door, legal_holds, referral_alerts
from peerapp.services.schemes import get_scheme

BATCH = 50


def sweep(session: Session, now: datetime, base_url: str) -> int:
    """Remind of danger, and throw old drafts away; return how many were attended to."""
    reminded = referral_alerts.sweep_danger(session, now, base_url)
    return reminded + forget_drafts(session, now)


def forget_drafts(session: Session, now: datetime) -> int:
    """Throw away drafts that nobody wrote in for as long as the scheme keeps them.

    A professional's form is kept for as long as its link works. A draft in which somebody is in
    danger stays until a lead has taken it on, and one that resembles a family on legal hold until
    that is lifted: a draft does not know whose it is.
    """
    scheme, held = get_scheme(session), legal_holds.held_people(session)
    own = Referral.source == ReferralSource.SELF
    days = {True: scheme.referral_draft_days, False: scheme.referral_form_days}
    query = (
        select(Referral)
        .where(
            Referral.state == ReferralState.DRAFT,
            or_(
                own & (Referral.changed_at <= now - timedelta(days=days[True])),
                ~own & (Referral.changed_at <= now - timedelta(days=days[False])),
            ),
            or_(
                Referral.danger.is_(None),
                Referral.danger == Danger.NO,
                Referral.danger_taken_at.is_not(None),
            ),
        )
        .order_by(Referral.changed_at, Referral.id)
        .limit(None if held else BATCH)  # those that are held would fill each batch
        .with_for_update(skip_locked=True)
    )
    old = session.scalars(query, execution_options={"populate_existing": True}).all()
    today = now.astimezone(LONDON).date()
    going = [
        one for one in old if not (held and duplicates.resembles_any(session, one, held, today))
    ]
    for referral in going[:BATCH]:
        front_door.forget(session, referral, now, "Not taken up again.")
    return len(going[:BATCH])
