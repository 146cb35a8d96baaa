"""What volunteers and families open of their own."""

from __future__ import annotations

from peerapp.enums import Role
from peerapp.route_access.kinds import (
    FAMILY,
    PUBLIC,
    SIGNED_IN,
    VOLUNTEER,
    Access,
    has_role,
)

ROUTES: dict[str, Access] = {
    # a family: its own pages, and its coach
    "family.still_shown": FAMILY,
    "family.ledger": FAMILY,
    "family.home": FAMILY,
    "family.coach": Access(FAMILY.who, audited_read=True),
    "family.safe_contact": FAMILY,
    "family.volunteer": FAMILY,
    # who looked at one's record, and what happened to one's account
    "own_trail.looks": Access(has_role(Role.FAMILY, Role.VOLUNTEER)),
    "own_trail.events": SIGNED_IN,
    # a family says how it may be reached
    "own_safe_contact.change": FAMILY,
    # a family's own choices
    "family_consents.list_choices": FAMILY,
    "family_consents.show": FAMILY,
    "family_consents.stop": FAMILY,
    # a volunteer's own pages
    "volunteer.home": VOLUNTEER,
    "volunteer.profile": VOLUNTEER,
    "volunteer.check": VOLUNTEER,
    "volunteer.sent": VOLUNTEER,
    "volunteer.withdraw": VOLUNTEER,
    # a volunteer's own certificate
    "certificate.show": VOLUNTEER,
    "certificate.consent": VOLUNTEER,
    "certificate.withdraw_consent": VOLUNTEER,
    "certificate.join": VOLUNTEER,
    "certificate.renew": VOLUNTEER,
    # training
    "training.show": VOLUNTEER,
    "training.book": VOLUNTEER,
    "training.cancel": VOLUNTEER,
    # a volunteer's own referees
    "referees.list_referees": VOLUNTEER,
    "referees.new": VOLUNTEER,
    "referees.take_back": VOLUNTEER,
    # a coach's matches
    "coaching.still_shown": VOLUNTEER,
    "coaching.ledger": VOLUNTEER,
    "coaching.list_matches": VOLUNTEER,
    "coaching.show": Access(VOLUNTEER.who, audited_read=True),
    # a coach's sessions
    "sessions.list_sessions": VOLUNTEER,
    "sessions.still_shown": VOLUNTEER,
    "sessions.held": VOLUNTEER,
    "sessions.missed": VOLUNTEER,
    "sessions.noted": VOLUNTEER,
    "sessions.other": VOLUNTEER,
    "sessions.move": VOLUNTEER,
    "sessions.call_off": VOLUNTEER,
    "sessions.video_link": VOLUNTEER,
    # a family's sessions
    "family_sessions.list_sessions": FAMILY,
    "family_sessions.still_shown": FAMILY,
    "family_sessions.cannot_come": FAMILY,
    # calendars
    "own_data.show": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "own_data.ask": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.show": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.make": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.stop": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.read": PUBLIC,
    # expenses
    "expenses.list_own": VOLUNTEER,
    "expenses.new": VOLUNTEER,
    "expenses.withdraw": VOLUNTEER,
    # safeguarding concerns, as anybody raises them
    "concerns.new": SIGNED_IN,
    "concerns.sent": SIGNED_IN,
    "concerns.list_own": SIGNED_IN,
}
