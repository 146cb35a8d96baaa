"""Recording a family by hand: the same question as of a referral, whether it is here already."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy.orm import Session

from peerapp.domain.duplicates import Traces
from peerapp.domain.family_records import FamilyDetails
from peerapp.errors import Refusal, Refused
from peerapp.models import Account, Family
from peerapp.services import audit, families
from peerapp.services.duplicates import AlikeFamily, alike_families, unanswered
from peerapp.services.schemes import lock_scheme


class PossibleDuplicates(Refused):
    """Records resemble what is to be recorded; ``alike`` are those that nobody has looked at."""

    def __init__(self, alike: Sequence[AlikeFamily]) -> None:
        self.alike = tuple(alike)
        message = "Say first whether this is a family that is here already."
        if not all(one.is_open for one in alike):
            message = (
                "A record in another locality resembles this family. Ask the safeguarding lead "
                "to look at it and to record the family."
            )
        super().__init__([Refusal("possible_duplicate", message)])


def record_family(
    session: Session,
    actor: Account,
    details: FamilyDetails,
    today: date,
    different: Collection[uuid.UUID] = (),
) -> Family:
    """Record a family that was referred; one at a time, so that two browsers make no double.

    Parameters
    ----------
    different
        Records of which the actor says, having looked, that they are of other families. Those
        that the actor may not open cannot be among them.

    Raises
    ------
    PossibleDuplicates
        Others resemble it.
    Invalid
        Something in ``details`` is wrong.
    """
    lock_scheme(session)
    traces = Traces(
        first_name=details.first_name,
        last_name=details.last_name,
        phone=details.phone,
        email=details.email,
        postcode=details.postcode,
        address=details.address,
    )
    alike = alike_families(session, actor, traces)
    seen = [one.family.id for one in alike if one.is_open and one.family.id in set(different)]
    left = unanswered(alike, seen)
    if left:
        raise PossibleDuplicates(left)
    family = families.create_family(session, actor, details, today)
    for family_id in seen:
        audit.record_change(session, actor, "family.call_different", family, family=str(family_id))
    return family
