"""The gate: may this volunteer be matched with, and known to, a family today?

There is no stored flag. The matching problem, the page that explains, the approval inside its
transaction and each view of contact details ask here, and get the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from peerapp.domain.certificates import certificate_refusals
from peerapp.enums import Gate, GateItem, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import TrainingRecord, Volunteer

COACHING_STATES = frozenset({VolunteerState.PROBATION, VolunteerState.ACTIVE})


@dataclass(frozen=True)
class GateStatus:
    """One gate of a volunteer's task list: open while there are refusals."""

    gate: Gate
    refusals: tuple[Refusal, ...]

    @property
    def is_met(self) -> bool:
        return not self.refusals


def clearance_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Say why a volunteer may not coach today.

    Parameters
    ----------
    volunteer
        The volunteer with certificates, gate records, training, account and scheme.
    today
        The day in Europe/London on which is asked.

    Returns
    -------
    list of Refusal
        Every reason, most serious first; empty means cleared.
    """
    refusals = state_refusals(volunteer)
    if volunteer.account.disabled_at is not None:
        refusals.append(Refusal("account_disabled", "The volunteer’s account is closed."))
    if not volunteer.coaches_families:
        message = "The volunteer’s role is not to support single families."
        refusals.append(Refusal("role_not_coaching", message))
    for status in gate_statuses(volunteer, today):
        refusals.extend(status.refusals)
    return refusals


def state_refusals(volunteer: Volunteer) -> list[Refusal]:
    """Say whether the volunteer's state alone keeps them from coaching."""
    if volunteer.state in COACHING_STATES:
        return []
    if volunteer.state == VolunteerState.SUSPENDED:
        return [Refusal("suspended", "The volunteer is suspended.")]
    if volunteer.state == VolunteerState.PAUSED:
        return [Refusal("paused", "The volunteer is taking a break.")]
    return [Refusal("not_active", "The volunteer has not finished onboarding.")]


def gate_statuses(volunteer: Volunteer, today: date) -> list[GateStatus]:
    """Return each gate in the order of the task list, with what it still lacks."""
    refusals = {
        Gate.IDENTITY: _item_refusals(volunteer, GateItem.IDENTITY, today),
        Gate.REFERENCES: [
            *_item_refusals(volunteer, GateItem.FIRST_REFERENCE, today),
            *_item_refusals(volunteer, GateItem.SECOND_REFERENCE, today),
        ],
        Gate.INTERVIEW: _item_refusals(volunteer, GateItem.INTERVIEW, today),
        Gate.DBS_LEVEL: _level_refusals(volunteer),
        Gate.CERTIFICATE: certificate_refusals(volunteer, today),
        Gate.CORE_TRAINING: training_refusals(volunteer, today),
        Gate.AGREEMENT: _item_refusals(volunteer, GateItem.AGREEMENT, today),
    }
    return [GateStatus(gate, tuple(refusals[gate])) for gate in Gate]


def courses_in_date(volunteer: Volunteer, today: date) -> frozenset[str]:
    """Return the courses that count today; one counts on its last day, and not after."""
    return frozenset(record.course for record in volunteer.training if counts_on(record, today))


def counts_on(record: TrainingRecord, today: date) -> bool:
    """Say whether what was done of a course counts on a day."""
    if record.completed_on > today:
        return False
    return record.valid_until is None or today <= record.valid_until


def training_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Name each core course that is missing or out of date."""
    held = courses_in_date(volunteer, today)
    return [
        Refusal(
            f"training_{course}",
            f"Training in {course.replace('_', ' ')} is missing or out of date.",
        )
        for course in volunteer.scheme.core_courses
        if course not in held
    ]


_ITEM_MESSAGES = {
    GateItem.IDENTITY: "Identity documents have not been checked.",
    GateItem.FIRST_REFERENCE: "The first reference has not been received and verified.",
    GateItem.SECOND_REFERENCE: "The second reference has not been received and verified.",
    GateItem.INTERVIEW: "The interview has not been recorded.",
    GateItem.AGREEMENT: "The volunteer agreement has not been signed.",
}


def _item_refusals(volunteer: Volunteer, item: GateItem, today: date) -> list[Refusal]:
    """Ask for a record that counts today: one counts on its last day, and not after."""
    found = [record for record in volunteer.gate_records if record.item == item]
    if not found:
        return [Refusal(f"{item.value}_missing", _ITEM_MESSAGES[item])]
    if any(one.valid_until is None or today <= one.valid_until for one in found):
        return []
    if item == GateItem.AGREEMENT:
        message = "The volunteer agreement has changed and must be signed again."
        return [Refusal("agreement_outdated", message)]
    return [Refusal(f"{item.value}_outdated", "This is too old and must be done again.")]


def _level_refusals(volunteer: Volunteer) -> list[Refusal]:
    if volunteer.check_level is None or volunteer.check_workforce is None:
        return [Refusal("dbs_level_missing", "The DBS level for the role has not been decided.")]
    return []
