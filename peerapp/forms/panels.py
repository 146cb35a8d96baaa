"""What a panel decided."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import PanelOutcome
from peerapp.forms.fields import GovCheckboxes, GovDate, GovRadio, GovSelect, GovTextarea

OUTCOMES = [
    (PanelOutcome.APPROVED.value, "Approve", "Probation starts now, with one family at most"),
    (
        PanelOutcome.APPROVED_WITH_CONDITIONS.value,
        "Approve with conditions",
        "Probation starts now; the volunteer sees the conditions",
    ),
    (PanelOutcome.DEFERRED.value, "Defer", "The panel needs more; the volunteer stays at panel"),
    (PanelOutcome.DECLINED.value, "Decline", "The volunteer’s record is closed"),
]


class PanelForm(FlaskForm):
    """``members`` and ``drop_out`` get their choices from the view."""

    outcome = GovRadio(
        "What has the panel decided?", choices=OUTCOMES, required="Choose a decision"
    )
    conditions = GovTextarea(
        "Conditions, if you approve with conditions",
        hint="In words that the volunteer can act on: they read this.",
        max_length=1000,
        rows=3,
    )
    again_on = GovDate("If you defer: when does the panel look again? (optional)", noun="The day")
    drop_out = GovSelect("If you decline: which reason fits best?", choices=[])
    reasons = GovTextarea(
        "Reasons",
        required="Give the reasons for the decision",
        hint="Kept in the history. The volunteer does not see it here, but may ask for it by law.",
        max_length=4000,
    )
    held_on = GovDate("When did the panel meet?", required="Enter the day", noun="The day")
    members = GovCheckboxes(
        "Who sat on the panel with you?",
        choices=[],
        small=True,
        hint="Nobody who interviewed the volunteer can be chosen.",
    )
    other_members = GovTextarea(
        "Members from outside the scheme (optional)",
        hint="Name and role, one on each line.",
        max_length=600,
        rows=3,
        count=False,
    )
