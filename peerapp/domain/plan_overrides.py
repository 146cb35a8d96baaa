"""Whether two people have said that a family on a child protection plan may be matched."""

from __future__ import annotations

from datetime import date

from peerapp.errors import Refusal
from peerapp.models import Account, Family, PlanOverride


def standing_override(family: Family, today: date) -> PlanOverride | None:
    """Return the override that stands: asked by one, agreed by another, not ended nor over."""
    standing = [
        one
        for one in family.plan_overrides
        if one.ended_at is None
        and one.agreed_at is not None
        and one.agreed_by_id is not None
        and one.agreed_by_id != one.asked_by_id
        and today < one.until
    ]
    return standing[-1] if standing else None


def asked_override(family: Family) -> PlanOverride | None:
    """Return the override that waits for a second person."""
    asked = [one for one in family.plan_overrides if one.ended_at is None and not one.agreed_at]
    return asked[-1] if asked else None


def asking_refusals(family: Family, today: date) -> list[Refusal]:
    """Say why no override may be asked for."""
    refusals = []
    if not family.child_protection_plan:
        refusals.append(Refusal("no_plan", "There is no child protection plan to override."))
    if family.section_47_open:
        refusals.append(
            Refusal("section_47", "A section 47 enquiry is open. Nobody can override that.")
        )
    if standing_override(family, today) or asked_override(family):
        refusals.append(Refusal("override_there", "An override stands, or waits, already."))
    return refusals


def agreement_refusals(family: Family, actor: Account, today: date) -> list[Refusal]:
    """Say why somebody may not be the second person."""
    override = asked_override(family)
    if override is None:
        return [Refusal("no_override", "No override waits for a second person.")]
    refusals = []
    if override.asked_by_id == actor.id:
        message = "You asked for it yourself. Somebody else has to agree."
        refusals.append(Refusal("same_person", message))
    if not family.child_protection_plan:
        refusals.append(Refusal("no_plan", "There is no child protection plan any more."))
    if family.section_47_open:
        refusals.append(
            Refusal("section_47", "A section 47 enquiry is open. Nobody can override that.")
        )
    if override.until <= today:
        refusals.append(Refusal("override_over", "The time it was asked for is over. Ask anew."))
    return refusals
