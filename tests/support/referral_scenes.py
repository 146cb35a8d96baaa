"""Two localities with staff, and referrals that have been sent, for tests on sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from peerapp.enums import Danger, ReferralSource, Role
from peerapp.models import Account, Locality, Referral
from peerapp.services import front_door, referral_links
from tests.factories import NOW, TODAY, make_account, make_locality
from tests.support.referrals import ANSWERS, CHILDREN

URL = "https://scheme.example.org"
SELF: dict[str, Any] = {
    **{name: value for page in ANSWERS.values() for name, value in page.items()},
    "children": CHILDREN,
}
TOLD: dict[str, Any] = {
    **{name: value for name, value in SELF.items() if name != "agreed"},
    "referrer_name": "Hilda Head",
    "referrer_role": "Head teacher",
    "referrer_organisation": "Elm School",
    "referrer_phone": "01632 960555",
    "referrer_email": "head@school.example",
    "level": "3",
    "section_47_open": "no",
    "child_protection_plan": "no",
    "is_step_down": "no",
    "knows": "yes",
    "agreed_by": "Rosa Canaryfield",
    "agreed_on": "2026-11-18",
    "agreed_how": "face_to_face",
    "agreed_in": "pl",
    "may_tell": "yes",
}


@dataclass
class Staff:
    """Who works here, there, and everywhere."""

    here: Locality
    there: Locality
    coordinator: Account
    neighbour: Account
    lead: Account
    manager: Account


def make_staff(session: Session) -> Staff:
    here = make_locality(session)
    there = make_locality(session, "Calne", ("SN11 0",))
    return Staff(
        here,
        there,
        make_account(session, Role.COORDINATOR, (here,)),
        make_account(session, Role.COORDINATOR, (there,)),
        make_account(session, Role.SAFEGUARDING_LEAD),
        make_account(session, Role.MANAGER),
    )


def draft(session: Session, now: datetime = NOW, **changes: Any) -> tuple[Referral, str]:
    """Return a family's complete draft and its browser's secret."""
    danger = Danger(changes.get("danger", "no"))
    referral, secret = front_door.start(session, danger, now, URL)
    referral.answers = {**SELF, **changes}
    return referral, secret


def sent(session: Session, now: datetime = NOW, **changes: Any) -> Referral:
    """Return a referral that a family has sent."""
    referral, secret = draft(session, now, **changes)
    front_door.send(session, secret, now, TODAY, URL)
    return referral


def told(session: Session, now: datetime = NOW, **changes: Any) -> tuple[Referral, str]:
    """Return a referral that a professional has sent, and the link to its outcome."""
    referral = front_door.make_draft(session, ReferralSource.PROFESSIONAL, now)
    referral.form_email = "head@school.example"
    secret = referral_links.issue(session, referral, front_door.K.BROWSER, now)
    referral.answers = {**TOLD, **changes}
    done = front_door.send(session, secret, now, TODAY, URL)
    return referral, done.link.rpartition("/")[2]
