"""Made-up referrals: new ones, one that may be of a family known, one in danger, a form out."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from peerapp.domain.access import may_see_family
from peerapp.enums import FamilyState, ReferralLinkKind, ReferralSource
from peerapp.models import Account, Family, Referral
from peerapp.services import front_door, plan_overrides, referral_links, referrals
from peerapp.services.family_states import set_blocks

LINK = "https://coaching.example.org"
OWN: dict[str, Any] = {
    "first_name": "Danuta", "last_name": "Kowalczyk", "phone": "07700 900611",
    "email": "danuta@example.org", "channels": ["sms", "email"], "times": "Mornings, after 9",
    "no_voicemail": "yes", "shared_device": "no", "postcode": "SN15 1AA",
    "withheld_address": "no", "needs": ["isolation", "routines"],
    "story": "Since we moved here I know nobody. I would like to get out more with the boys.",
    "language": "pl", "agreed": ["take_part", "share_with_coach"],
}  # fmt: skip
TOLD: dict[str, Any] = {
    "referrer_name": "Grace Obi", "referrer_role": "Head teacher",
    "referrer_organisation": "Larkhill Primary School", "referrer_phone": "01632 960714",
    "referrer_email": "head@larkhill.example.org",
    "first_name": "Shannon", "last_name": "Tuck", "phone": "07700 900622",
    "channels": ["phone"], "times": "Weekdays before 2pm", "no_voicemail": "yes",
    "shared_device": "yes", "postcode": "SN14 0AB", "withheld_address": "yes",
    "must_not_be_told": "The children’s father", "needs": ["attendance", "confidence", "routines"],
    "story": "Mornings are hard since the move. Shannon would like somebody to talk to.",
    "language": "en", "level": "3", "section_47_open": "no", "child_protection_plan": "no",
    "is_step_down": "no", "knows": "yes", "agreed_by": "Shannon Tuck",
    "agreed_how": "face_to_face", "agreed_in": "en", "may_tell": "yes",
}  # fmt: skip


@dataclass
class ReferralMaker:
    """Makes referrals by the services that people use."""

    session: Session
    rng: random.Random
    coordinator: Account
    lead: Account
    now: datetime
    today: date

    def build(self) -> None:
        """Make one of each kind that a coordinator and a lead meet."""
        self._send(ReferralSource.SELF, OWN, (("Kuba", 4), ("Filip", 7)), days=2)
        self._send(ReferralSource.PROFESSIONAL, self._told(), (("Maisie", 6),), days=1)
        self._send_known()
        self._call_for_help()
        referrals.send_form(
            self.session,
            self.coordinator,
            "health.visitor@example.org",
            self.now,
            LINK,
            self.rng.choice,
        )
        self._ask_for_override()

    def _told(self) -> dict[str, Any]:
        return {**TOLD, "agreed_on": (self.today - timedelta(days=3)).isoformat()}

    def _send_known(self) -> None:
        """A family that waits asks once more, its name spelt another way."""
        query = select(Family).where(Family.state == FamilyState.WAITING).order_by(Family.id)
        known = next(
            (one for one in self.session.scalars(query) if may_see_family(self.coordinator, one)),
            None,
        )
        if known is None:
            return
        again = {
            **OWN,
            "first_name": known.first_name,
            "last_name": known.last_name + "e",
            "phone": known.phone,
            "email": "",
            "channels": ["phone"],
            "postcode": known.postcode,
            "language": "en",
            "story": "We asked last year, and would like to try again.",
        }
        self._send(ReferralSource.SELF, again, (("Ellie", 9),), days=0)

    def _send(
        self,
        source: ReferralSource,
        answers: Mapping[str, Any],
        children: tuple[tuple[str, int], ...],
        days: int,
    ) -> None:
        at = self.now - timedelta(days=days)
        _, secret = self._begin(source, answers, at, "no")
        for name, age in children:
            front_door.add_child(self.session, secret, name, age, at)
        front_door.send(self.session, secret, at, self.today - timedelta(days=days), LINK)

    def _begin(
        self, source: ReferralSource, answers: Mapping[str, Any], at: datetime, danger: str
    ) -> tuple[Referral, str]:
        referral = front_door.make_draft(self.session, source, at, self.rng.choice)
        kind = ReferralLinkKind.BROWSER
        secret = referral_links.issue(self.session, referral, kind, at)
        for page in front_door.referral_form.pages_for(source):
            values = {"danger": danger} if page == "danger" else answers
            if page != "children":
                front_door.save_page(self.session, secret, page, values, at, LINK)
        return referral, secret

    def _call_for_help(self) -> None:
        """Somebody who is not sure about danger, and has stopped at their number."""
        answers = {"first_name": "Jo", "phone": "07700 900633", "channels": ["phone"]}
        self._begin(ReferralSource.SELF, answers, self.now - timedelta(minutes=20), "unsure")

    def _ask_for_override(self) -> None:
        """A family on a plan, for which a coordinator asks and the lead has not decided."""
        query = select(Family).where(Family.state == FamilyState.WAITING, Family.level >= 3)
        families = self.session.scalars(query.order_by(Family.id.desc()))
        family = next((one for one in families if may_see_family(self.coordinator, one)), None)
        if family is None:
            return
        set_blocks(
            self.session, self.coordinator, family.id, family.version,
            section_47_open=False, child_protection_plan=True,
        )  # fmt: skip
        reason = (
            "The core group sees a coach as part of the plan: the mother is alone with it, and "
            "the risk came from somebody who has left the home. Reviewed each month."
        )
        plan_overrides.ask(self.session, self.coordinator, family.id, reason, self.today, LINK)
