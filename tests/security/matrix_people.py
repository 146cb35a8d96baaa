"""Who asks in the access matrix, and whose objects are whose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SIGNED_OUT = ("anonymous", "unconfirmed", "disabled")
HALF_OPEN = "half_open"
"""A coordinator who has given the password and owes the second factor."""
VOLUNTEERS = ("volunteer", "coach", "other_coach", "backup")
FAMILIES = ("family", "other_family", "waiting_family", "ended_family")
COVER = "cover"
"""A coordinator of a third locality who covers one family of this one tonight, for reading only."""
COORDINATORS = ("coordinator", "stranger", COVER)
BOTH_SIDES = (*VOLUNTEERS, *FAMILIES)
FAMILY_WORK = (*COORDINATORS, "lead")
CASEWORK = (*FAMILY_WORK, "manager")
STAFF = (*CASEWORK, "auditor")
SIGNED_IN = (*BOTH_SIDES, *STAFF)
EVERYBODY = (*SIGNED_OUT, HALF_OPEN, *SIGNED_IN)
OWES_OR_NOT = (HALF_OPEN, *SIGNED_IN)

READING = frozenset({"GET", "HEAD", "OPTIONS"})

Reach = Mapping[str, tuple[str, ...]]
BOTH = ("here", "there")
CASELOAD: Reach = {
    "coordinator": ("here",),
    "stranger": ("there",),
    "lead": BOTH,
    "manager": BOTH,
}
"""Coordinators of a locality its records; lead and manager those of the scheme."""
STARTED: Reach = {"coordinator": ("here",), "stranger": ("there",)}
"""What one has begun oneself."""
SCHEME: Reach = dict.fromkeys(EVERYBODY, BOTH)
"""What belongs to the scheme and to no person."""
ANYWHERE: Reach = dict.fromkeys(EVERYBODY, ("here", "there", "foreign"))
"""What a secret opens: an unknown one gets the page that says so."""
NOT_NAMED: Reach = dict.fromkeys(EVERYBODY, ("here",))
"""Pages whose address names no record."""
COACHES: Reach = {"coach": ("here",), "other_coach": ("there",)}
VOLUNTEERS_OWN: Reach = {"volunteer": ("here",)}
BACKUPS: Reach = {"backup": ("here",)}
MATCHED: Reach = {"family": ("here",), "other_family": ("there",)}
OWN_PAGES: Reach = dict.fromkeys(FAMILIES, ("here",))
"""A family's own pages; staff, who share the route, have a family in the address."""
THE_TWO: Reach = {**COACHES, **MATCHED}
WITH_BACKUP: Reach = {**BACKUPS, **MATCHED}
OPEN_CONTACT: Reach = dict.fromkeys(("family", "other_family"), ("here",))
"""Own pages that close with the match."""
DUTY_COVERS: Reach = {**STARTED, "manager": BOTH}
COORDINATED: Reach = STARTED
"""What the lead, who shares the route, is only shown where there is a worry."""
OFFERED: Reach = {"waiting_family": ("here",)}
ENDED: Reach = {"ended_family": ("here",)}


@dataclass(frozen=True)
class Rule:
    """Who may use a route, and over what."""

    who: tuple[str, ...]
    over: Reach
    covered: bool = False

    def outcome(self, identity: str, place: str, method: str = "GET") -> str:
        """Return how a request of this identity for an object of this place must end."""
        if identity not in self.who:
            turned_away = dict.fromkeys(SIGNED_OUT, "sign-in") | {HALF_OPEN: "factor"}
            return turned_away.get(identity, "403")
        if self.covered and identity == COVER and place == "here":
            return "allowed" if method in READING else "403"
        return "allowed" if place in self.over.get(identity, ()) else "404"
