"""What a volunteer's record waits for now: the one line above the task list, and in the funnel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from peerapp.domain.gate_steps import GateStep
from peerapp.enums import Gate, PanelOutcome, VolunteerState, WaitsFor
from peerapp.models import Volunteer
from peerapp.wording import date as in_words
from peerapp.wording import day_of

S = VolunteerState
W = WaitsFor


@dataclass(frozen=True)
class Wait:
    """One thing that a record waits for.

    Attributes
    ----------
    since
        Since when, where that is known; ``gate`` where it is a gate.
    """

    who: WaitsFor
    text: str
    since: date | None
    gate: Gate | None = None

    def days(self, today: date) -> int | None:
        """Return for how many days."""
        return None if self.since is None else max(0, (today - self.since).days)


_ONE_STEP: dict[VolunteerState, tuple[WaitsFor, str]] = {
    S.ENQUIRY: (W.VOLUNTEER, "The application has not been sent."),
    S.APPLIED: (W.COORDINATOR, "Read the application and move it on to screening."),
    S.INTERVIEWED: (W.COORDINATOR, "Begin the checks."),
    S.PAUSED: (W.VOLUNTEER, "On a break."),
    S.SUSPENDED: (W.LEAD, "Suspended, until a second person lifts it."),
}
CHECKED = frozenset({S.VETTING, S.TRAINING, S.PANEL})
"""States in which the open gates are what keeps a volunteer."""


def list_waits(volunteer: Volunteer, steps: Sequence[GateStep]) -> list[Wait]:
    """Return what a record waits for, longest first; several things go on side by side.

    Parameters
    ----------
    steps
        The gates as ``domain.gate_steps`` gives them.
    """
    state = volunteer.state
    since = day_of(volunteer.state_since)
    if state in _ONE_STEP:
        who, text = _ONE_STEP[state]
        return [Wait(who, text, since)]
    open_steps = [one for one in steps if not one.is_met]
    if state == S.SCREENING:
        held_up = [one for one in open_steps if one.gate == Gate.INTERVIEW]
        return _of(held_up) or [Wait(W.COORDINATOR, "Move on: the interview is recorded.", since)]
    if state in CHECKED and open_steps:
        return _of(open_steps)
    if state in {S.VETTING, S.TRAINING}:
        return [Wait(W.COORDINATOR, "Take to panel: every gate is passed.", since)]
    if state == S.PANEL:
        return [_panel(volunteer, since)]
    return _of(open_steps)


def _of(steps: Sequence[GateStep]) -> list[Wait]:
    waits = [Wait(one.who, one.text, one.since, one.gate) for one in steps]
    return sorted(waits, key=lambda one: one.since or date.max)


def _panel(volunteer: Volunteer, since: date) -> Wait:
    deferred = [
        one
        for one in volunteer.panel_decisions
        if one.outcome == PanelOutcome.DEFERRED and one.panel_since == volunteer.state_since
    ]
    again_on = deferred[-1].again_on if deferred else None
    if deferred:
        when = f" It looks again on {in_words(again_on)}." if again_on else ""
        return Wait(W.PANEL, f"The panel has deferred its decision.{when}", since)
    return Wait(W.PANEL, "The panel decides.", since)
