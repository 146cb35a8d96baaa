"""A volunteer's own certificate: how it stands, the Update Service, consent to status checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from peerapp.domain.certificates import current_certificate, recheck_due
from peerapp.domain.consents import standing_consent
from peerapp.domain.subscriptions import RENEWABLE_DAYS, Window, join_window, stands
from peerapp.enums import CertificateStatus
from peerapp.models import Account, Certificate, StatusConsent, Subscription, Volunteer
from peerapp.services import volunteers
from peerapp.services.progress import check_in_words
from peerapp.wording import date as in_words


@dataclass(frozen=True)
class OwnCertificate:
    """All that the volunteer's page about the certificate shows.

    Attributes
    ----------
    words
        How the check stands, and what happens next.
    days_left
        Days until a new check is due; None while the certificate does not count.
    window
        When the certificate may join the Update Service; None where its level never may.
    subscription
        The one that stands today.
    may_renew
        DBS would renew it now.
    """

    volunteer: Volunteer
    words: str
    certificate: Certificate | None
    due_on: date | None
    days_left: int | None
    window: Window | None
    join_days: int
    subscription: Subscription | None
    has_ended: bool
    may_renew: bool
    consent: StatusConsent | None


def get_own(session: Session, actor: Account, today: date) -> OwnCertificate:
    """Return how the actor's own certificate stands.

    Raises
    ------
    peerapp.errors.NotFound
        The account has no volunteer record.
    """
    volunteer = volunteers.get_own(session, actor)
    scheme, held = volunteer.scheme, current_certificate(volunteer)
    counts = held is not None and held.status == CertificateStatus.ACCEPTED
    due_on = recheck_due(held, scheme.recheck_months) if held and counts else None
    subscription = held.subscription if held else None
    is_in = subscription is not None and stands(subscription, today)
    return OwnCertificate(
        volunteer=volunteer,
        words=check_in_words(volunteer, today),
        certificate=held,
        due_on=due_on,
        days_left=(due_on - today).days if due_on else None,
        window=join_window(held, scheme.join_days, today) if held else None,
        join_days=scheme.join_days,
        subscription=subscription if is_in else None,
        has_ended=subscription is not None and not is_in,
        may_renew=is_in and _may_renew(subscription, today),
        consent=standing_consent(volunteer),
    )


def _may_renew(subscription: Subscription | None, today: date) -> bool:
    if subscription is None:
        return False
    return today >= subscription.renew_by - timedelta(days=RENEWABLE_DAYS)


def withdrawal_consequences(own: OwnCertificate) -> list[str]:
    """Say what follows when the volunteer takes the consent back, before they do."""
    lines = ["We will not ask DBS about your certificate any more. This takes effect at once."]
    if own.due_on is not None:
        lines.append(
            f"Your certificate still counts until {in_words(own.due_on)}. Your coordinator is "
            "told, and may ask you for a new certificate before that day."
        )
    else:
        lines.append("Your coordinator is told, and may ask you for a new certificate.")
    lines.append("You stay in the Update Service: only you can leave it, on the website of DBS.")
    lines.append("We keep a record of when you agreed and when you took it back.")
    lines.append("You can agree again at any time.")
    return lines
