"""The way of a volunteer from enquiry to active, and the states beside it."""

from __future__ import annotations

from datetime import date

from peerapp.domain.panels import approval_refusals
from peerapp.domain.vetting import gate_statuses
from peerapp.enums import DropOutReason, GateItem, VolunteerState
from peerapp.errors import Refusal
from peerapp.models import Volunteer

S = VolunteerState

PATH = (
    S.ENQUIRY,
    S.APPLIED,
    S.SCREENING,
    S.INTERVIEWED,
    S.VETTING,
    S.TRAINING,
    S.PANEL,
    S.PROBATION,
    S.ACTIVE,
)
"""The states in which onboarding goes forward, one step at a time."""

BEFORE_COACHING = frozenset(PATH[: PATH.index(S.PROBATION)])
FINAL = frozenset({S.DECLINED, S.WITHDRAWN, S.LEFT})
NEEDS_GATES = frozenset({S.PANEL, S.PROBATION, S.ACTIVE})

D = DropOutReason
WITHDRAW_REASONS = (
    D.NO_TIME,
    D.WORK_OR_STUDY,
    D.HEALTH,
    D.FAMILY_REASONS,
    D.MOVED_AWAY,
    D.TOOK_TOO_LONG,
    D.OTHER_ROLE,
    D.NOT_AS_EXPECTED,
    D.CHECKS_TOO_MUCH,
    D.OTHER,
    D.NOT_SAID,
)
DECLINE_REASONS = (D.NOT_SUITABLE, D.REFERENCES, D.CHECK_RESULT, D.SAFEGUARDING, D.NO_TIME, D.OTHER)
LEAVE_REASONS = (
    D.FINISHED,
    *WITHDRAW_REASONS[:8],
    D.NO_REPLY,
    D.PROBATION,
    D.SAFEGUARDING,
    D.OTHER,
    D.NOT_SAID,
)
DROP_OUT_REASONS = {
    S.WITHDRAWN: (*WITHDRAW_REASONS[:-2], D.NO_REPLY, *WITHDRAW_REASONS[-2:]),
    S.DECLINED: DECLINE_REASONS,
    S.LEFT: LEAVE_REASONS,
}
"""Why a record may be closed, by the state in which it closes."""


def next_state(volunteer: Volunteer) -> VolunteerState | None:
    """Return the state after the volunteer's present one, or None at the end or beside the path."""
    if volunteer.state not in PATH or volunteer.state == PATH[-1]:
        return None
    return PATH[PATH.index(volunteer.state) + 1]


def allowed_moves(
    state: VolunteerState, before: VolunteerState | None
) -> frozenset[VolunteerState]:
    """Return the states that may follow ``state``; ``before`` is the one it was reached from.

    Leaving suspension is not a move: it is lifted by a second person (see
    ``lift_refusals``). A closed record opens only to start again (see ``domain.comebacks``).
    """
    if state in FINAL:
        return frozenset({S.ENQUIRY})
    if state == S.SUSPENDED:
        return frozenset({S.LEFT})
    moves = {S.SUSPENDED}
    if state in PATH and state != PATH[-1]:
        moves.add(PATH[PATH.index(state) + 1])
    if state in BEFORE_COACHING:
        moves |= {S.DECLINED, S.WITHDRAWN}
    else:
        moves.add(S.LEFT)
    if state in {S.PROBATION, S.ACTIVE}:
        moves.add(S.PAUSED)
    if state == S.PAUSED and before is not None:
        moves.add(before)
    return frozenset(moves)


def move_refusals(volunteer: Volunteer, to: VolunteerState, today: date) -> list[Refusal]:
    """Say why a volunteer may not move to a state today; empty means that they may."""
    if to not in allowed_moves(volunteer.state, volunteer.state_before):
        return [
            Refusal(
                "no_such_move",
                f"A volunteer who is {volunteer.state.value} cannot become {to.value} next.",
            )
        ]
    if to == S.APPLIED:
        return profile_refusals(volunteer, today)
    if to == S.INTERVIEWED and not _has(volunteer, GateItem.INTERVIEW):
        return [Refusal("interview_missing", "Record the interview first.")]
    if to in NEEDS_GATES:
        statuses = gate_statuses(volunteer, today)
        gates = [refusal for status in statuses for refusal in status.refusals]
        return [*gates, *approval_refusals(volunteer)] if volunteer.state == S.PANEL else gates
    return []


def lift_refusals(volunteer: Volunteer) -> list[Refusal]:
    """Say why there is nothing to lift; who may, see ``domain.two_person_requests``."""
    if volunteer.state != S.SUSPENDED:
        return [Refusal("not_suspended", "The volunteer is not suspended.")]
    return []


def drop_out_refusals(to: VolunteerState, reason: DropOutReason) -> list[Refusal]:
    """Say why a record cannot be closed for this reason."""
    if reason in DROP_OUT_REASONS[to]:
        return []
    return [Refusal("drop_out", "Choose a reason from the list.")]


def profile_refusals(volunteer: Volunteer, today: date) -> list[Refusal]:
    """Name each part of the profile that an application still lacks, and an age below the limit."""
    refusals = [
        Refusal(f"profile_{code}", message)
        for lacks, code, message in _profile_gaps(volunteer)
        if lacks
    ]
    youngest = volunteer.scheme.minimum_age
    if volunteer.date_of_birth and age_on(volunteer.date_of_birth, today) < youngest:
        refusals.append(Refusal("too_young", f"Volunteers must be {youngest} or older."))
    return refusals


def _profile_gaps(volunteer: Volunteer) -> list[tuple[bool, str, str]]:
    return [
        (not volunteer.first_name or not volunteer.last_name, "name", "Enter your full name."),
        (volunteer.date_of_birth is None, "date_of_birth", "Enter your date of birth."),
        (not volunteer.phone, "phone", "Enter a phone number."),
        (volunteer.easting is None, "postcode", "Enter your postcode."),
        (volunteer.max_distance_m is None, "travel", "Say how far you can travel."),
        (not volunteer.slots, "slots", "Choose at least one time when you are free."),
        (not volunteer.languages, "languages", "Choose at least one language that you speak."),
        (volunteer.capacity is None, "capacity", "Say how many families you could support."),
        (volunteer.gender is None, "gender", "Say how you describe yourself."),
        (volunteer.offers_remote is None, "remote", "Say whether you could coach by video."),
    ]


def age_on(born: date, today: date) -> int:
    """Return the age in whole years; one born on 29 February has a birthday on 1 March."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _has(volunteer: Volunteer, item: GateItem) -> bool:
    return any(record.item == item for record in volunteer.gate_records)
