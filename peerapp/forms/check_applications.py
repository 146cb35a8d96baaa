"""What is recorded on the way of an application for a DBS check."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import ApplicationReason, FeeQuestion
from peerapp.forms.fields import GovDate, GovRadio, GovString
from peerapp.vocabulary import choices

NO_YES = [("no", "No"), ("yes", "Yes")]


class FeeForm(FlaskForm):
    """Each exclusion as a question; the check is free if all are answered no."""

    paid = GovRadio(
        "Are they paid for the role, beyond travel and other approved expenses?",
        choices=NO_YES,
        required="Say whether they are paid",
        inline=True,
    )
    course = GovRadio(
        "Is the role a work placement, or needed for a course or a qualification?",
        choices=NO_YES,
        required="Say whether it is a placement or needed for a course",
        inline=True,
    )
    trainee = GovRadio(
        "Is it a trainee post that leads to a paid role?",
        choices=NO_YES,
        required="Say whether it is a trainee post",
        inline=True,
    )
    relatives = GovRadio(
        "Does it help close relatives only?",
        choices=NO_YES,
        required="Say whether it helps close relatives only",
        inline=True,
    )
    fostering = GovRadio(
        "Are they a foster carer, or do they live in a foster carer’s household?",
        choices=NO_YES,
        required="Say whether they foster or live with somebody who does",
        hint="Only if the check is for that.",
        inline=True,
    )

    def answers(self) -> dict[FeeQuestion, bool]:
        """Return what was answered."""
        given = {question: self[question.value].data for question in FeeQuestion}
        return {question: value == "yes" for question, value in given.items() if value}


class SubmitForm(FlaskForm):
    reference = GovString(
        "Reference number",
        required="Enter the reference number",
        hint="The number by which the umbrella body finds the application.",
        width=20,
        max_length=40,
        autocomplete="off",
    )
    on = GovDate("When was it sent off?", required="Enter the day", noun="The day")
    reason = GovRadio(
        "What is it for?", choices=choices(ApplicationReason), required="Choose what it is for"
    )


class StepForm(FlaskForm):
    on = GovDate("On which day?", required="Enter the day", noun="The day")
