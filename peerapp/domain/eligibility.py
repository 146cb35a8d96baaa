"""Which families may be matched, and what their needs ask of a coach."""

from __future__ import annotations

from datetime import date

from peerapp.domain.family_consents import sharing_refusals, standing_consent
from peerapp.domain.plan_overrides import standing_override
from peerapp.enums import SENSITIVE_NEEDS, ConsentPurpose, FamilyState
from peerapp.errors import Refusal
from peerapp.models import Agreement, Family

STATUTORY_LEVEL = 4
OPEN_STATES = frozenset({FamilyState.WAITING, FamilyState.MATCHED})


def standing_agreement(family: Family) -> Agreement | None:
    """Return the family's newest agreement to take part that has not been withdrawn."""
    return standing_consent(family, ConsentPurpose.TAKE_PART)


def support_refusals(family: Family, today: date) -> list[Refusal]:
    """Say why the family may not be supported by a coach at all, matched or waiting."""
    refusals = []
    if family.state not in OPEN_STATES:
        refusals.append(Refusal("family_not_open", "The family is not waiting or matched."))
    refusals += _agreement_refusals(family) or sharing_refusals(family)
    refusals += block_refusals(family, today)
    return [*refusals, *_lead_refusals(family)]


def acceptance_refusals(family: Family, today: date) -> list[Refusal]:
    """Say why a referral may not be accepted, so that the family waits for a coach."""
    refusals = []
    if family.state != FamilyState.REFERRED:
        refusals.append(
            Refusal("not_referred", "Only a referral that nobody has accepted yet can be accepted.")
        )
    return [*refusals, *_agreement_refusals(family), *block_refusals(family, today)]


def _agreement_refusals(family: Family) -> list[Refusal]:
    if standing_agreement(family) is None:
        return [Refusal("no_agreement", "The family’s agreement is not recorded.")]
    return []


def block_refusals(family: Family, today: date) -> list[Refusal]:
    """Say which child protection work keeps the family from being supported.

    Two people together may override a plan (``domain.plan_overrides``); nobody a section 47.
    """
    refusals = []
    if family.section_47_open:
        refusals.append(Refusal("section_47", "A section 47 enquiry is open."))
    if family.child_protection_plan and standing_override(family, today) is None:
        refusals.append(Refusal("child_protection", "There is a child protection plan."))
    return refusals


def _lead_refusals(family: Family) -> list[Refusal]:
    if family.level >= STATUTORY_LEVEL and not family.lead_practitioner:
        return [Refusal("no_lead_practitioner", "A lead practitioner must be named.")]
    return []


def matching_refusals(family: Family, today: date) -> list[Refusal]:
    """Say why the family is not part of a matching run; empty means that it is."""
    refusals = support_refusals(family, today)
    if family.state == FamilyState.MATCHED:
        refusals.append(Refusal("already_matched", "The family already has a coach."))
    if family.details_query:
        refusals.append(Refusal("details_query", "The family’s details are to be corrected."))
    return refusals


def required_training(family: Family) -> frozenset[str]:
    """Return the courses that the family's sensitive needs ask of a coach."""
    return frozenset(
        SENSITIVE_NEEDS[need.need].value for need in family.needs if need.need in SENSITIVE_NEEDS
    )


def default_priority(level: int) -> int:
    """Return the matching priority of a level of need: level 4 is 1, the most urgent."""
    return STATUTORY_LEVEL + 1 - level
