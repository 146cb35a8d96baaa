"""The DBS Update Service: which certificates may join it, until when, and whether one has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from peerapp.domain.certificates import add_months
from peerapp.enums import CheckLevel
from peerapp.errors import Refusal
from peerapp.models import Certificate, Subscription

SERVICE_BEGAN = date(2013, 6, 17)
YEAR = 12
RENEWABLE_DAYS = 30
"""How long before its end DBS lets a subscription be renewed."""

JOINABLE = frozenset(CheckLevel) - {CheckLevel.BASIC}
"""Levels that DBS takes: standard and enhanced, with whatever lists."""

TOO_LATE = (
    "It is too late to join with this certificate: DBS takes one for {days} days after the day it "
    "was issued. To join, a new certificate is needed."
)


@dataclass(frozen=True)
class Window:
    """The days in which a certificate may join; ``days_left`` is 0 on the last of them."""

    last_day: date
    days_left: int

    @property
    def is_open(self) -> bool:
        return self.days_left >= 0


def join_window(certificate: Certificate, join_days: int, today: date) -> Window | None:
    """Return the time in which a certificate may join; None where its level never may."""
    if certificate.level not in JOINABLE:
        return None
    last_day = certificate.issue_date + timedelta(days=join_days)
    return Window(last_day, (last_day - today).days)


def is_subscribed(certificate: Certificate, today: date) -> bool:
    """Say whether the certificate is in the Update Service today, as far as we know."""
    held = certificate.subscription
    return held is not None and stands(held, today)


def stands(subscription: Subscription, today: date) -> bool:
    """Say whether a subscription has begun, has not ended and has been renewed in time."""
    ended = subscription.ended_on is not None and subscription.ended_on <= today
    return subscription.joined_on <= today < subscription.renew_by and not ended


def joining_refusals(
    certificate: Certificate, joined_on: date, join_days: int, today: date
) -> list[Refusal]:
    """Say why a certificate cannot have joined on a day; the codes name the field.

    Somebody may have joined before the certificate came, with the number of the application, or
    years ago with an earlier certificate.
    """
    window = join_window(certificate, join_days, today)
    if window is None:
        message = "Only standard and enhanced certificates can join the Update Service."
        return [Refusal("joined_on", message)]
    if joined_on > today:
        return [Refusal("joined_on", "The day of joining must be today or in the past.")]
    if joined_on < SERVICE_BEGAN:
        return [Refusal("joined_on", "The Update Service began on 17 June 2013.")]
    if joined_on > window.last_day:
        return [Refusal("joined_on", TOO_LATE.format(days=join_days))]
    return []


def renewal_after(joined_on: date, today: date) -> date:
    """Return the next yearly day by which a subscription must be renewed, after today."""
    years = 1
    while add_months(joined_on, YEAR * years) <= today:
        years += 1
    return add_months(joined_on, YEAR * years)


def renewal_refusals(subscription: Subscription | None, today: date) -> list[Refusal]:
    """Say why a subscription cannot have been renewed now."""
    if subscription is None or subscription.ended_on is not None:
        return [Refusal("not_subscribed", "This certificate is not in the Update Service.")]
    if today >= subscription.renew_by:
        return [
            Refusal(
                "subscription_over",
                "The subscription ended before it was renewed. A new certificate is needed to "
                "join again.",
            )
        ]
    if today < subscription.renew_by - timedelta(days=RENEWABLE_DAYS):
        return [
            Refusal(
                "too_early",
                f"DBS lets you renew in the last {RENEWABLE_DAYS} days before the subscription "
                "ends.",
            )
        ]
    return []
