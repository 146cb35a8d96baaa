"""Panels: who may decide on a volunteer, and what a decision needs."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from peerapp.domain.referees import email_key, is_undecided_concern, name_key
from peerapp.enums import PanelOutcome, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Account, Volunteer

APPROVING = frozenset({PanelOutcome.APPROVED, PanelOutcome.APPROVED_WITH_CONDITIONS})


@dataclass(frozen=True)
class Decision:
    """What a panel decided.

    Attributes
    ----------
    members
        Staff who sat on the panel, whoever records it among them.
    other_members
        Names of people from outside, one a line.
    again_on
        For a deferral: when the panel looks again.
    """

    held_on: date
    members: frozenset[uuid.UUID]
    other_members: tuple[str, ...]
    reasons: str
    conditions: str = ""
    again_on: date | None = None


def decider_refusals(
    actor: Account, volunteer: Volunteer, interviewers: Collection[uuid.UUID]
) -> list[Refusal]:
    """Say why somebody may not decide on this volunteer."""
    refusals = []
    if volunteer.state != VolunteerState.PANEL:
        refusals.append(Refusal("not_at_panel", "The volunteer is not at panel."))
    if actor.id in interviewers:
        message = "You interviewed this volunteer. Somebody who did not must decide."
        refusals.append(Refusal("panel_interviewer", message))
    if is_volunteer_themself(actor, volunteer):
        refusals.append(Refusal("panel_self", "Nobody decides on their own application."))
    return refusals


def is_volunteer_themself(account: Account, volunteer: Volunteer) -> bool:
    """Say whether an account is, or may be by address or name, the volunteer's own."""
    if account.id == volunteer.account_id:
        return True
    same_mail = email_key(account.email) == email_key(volunteer.account.email)
    same_name = bool(name_key(account.name)) and name_key(account.name) == name_key(volunteer.name)
    return same_mail or same_name


def decision_refusals(
    outcome: PanelOutcome,
    decision: Decision,
    actor: Account,
    volunteer: Volunteer,
    interviewers: Collection[uuid.UUID],
    today: date,
) -> list[Refusal]:
    """Say why a decision may not be recorded as it is; gates are asked by the move itself."""
    refusals = decider_refusals(actor, volunteer, interviewers)
    if decision.members & (set(interviewers) - {actor.id}):
        message = "Somebody who interviewed the volunteer cannot sit on the panel."
        refusals.append(Refusal("members", message))
    others = {name_key(name) for name in decision.other_members} - {""}
    if name_key(volunteer.name) in others:
        refusals.append(Refusal("panel_self", "Nobody decides on their own application."))
    fewest = volunteer.scheme.panel_members
    if len(decision.members | {actor.id}) + len(others) < fewest:
        refusals.append(Refusal("members", f"A panel has at least {fewest} members."))
    refusals += _date_refusals(outcome, decision, today)
    if outcome in APPROVING and any(is_undecided_concern(one) for one in volunteer.references):
        message = "A referee raised a concern. The safeguarding lead must decide on it first."
        refusals.append(Refusal("reference_concern", message))
    if not decision.reasons.strip():
        refusals.append(Refusal("reasons", "Give the reasons for the decision."))
    needs_conditions = outcome == PanelOutcome.APPROVED_WITH_CONDITIONS
    if needs_conditions and not decision.conditions.strip():
        refusals.append(Refusal("conditions", "Say what the conditions are."))
    return refusals


def _date_refusals(outcome: PanelOutcome, decision: Decision, today: date) -> list[Refusal]:
    refusals = []
    if decision.held_on > today:
        refusals.append(Refusal("held_on", "The date must be today or in the past."))
    again = decision.again_on
    if outcome == PanelOutcome.DEFERRED and again is not None and again <= today:
        refusals.append(Refusal("again_on", "The panel must look again on a later day."))
    return refusals


def approval_refusals(volunteer: Volunteer) -> list[Refusal]:
    """Say that the panel before which the volunteer stands has not approved them (yet)."""
    of_this_panel = [
        decision.outcome
        for decision in volunteer.panel_decisions
        if decision.panel_since == volunteer.state_since
    ]
    if of_this_panel and of_this_panel[-1] in APPROVING:
        return []
    return [Refusal("panel_missing", "The panel has not approved the volunteer.")]
