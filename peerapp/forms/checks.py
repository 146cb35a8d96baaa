"""What staff copy from a DBS certificate, and what they learn about it later."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import CheckLevel, NameReason, Workforce
from peerapp.forms.fields import GovCheckbox, GovDate, GovRadio, GovString, GovTextarea, GovYesNo
from peerapp.vocabulary import choices


def _name_reason() -> GovRadio:
    return GovRadio(
        "Why is another name printed?",
        choices=choices(NameReason),
        required="Choose why another name is printed",
    )


def _name_evidence() -> GovString:
    return GovString(
        "What did you see that shows it?",
        hint="For example a marriage certificate, or a passport in the earlier name.",
        required="Say what you saw that shows that the name is theirs",
        max_length=200,
        autocomplete="off",
    )


class CertificateForm(FlaskForm):
    """``name_reason`` and ``name_evidence`` are asked for only where the printed name differs."""

    number = GovString(
        "Certificate number",
        required="Enter the certificate number",
        hint="12 digits, with any zeros at the front.",
        width=20,
        max_length=20,
        inputmode="numeric",
        autocomplete="off",
    )
    issue_date = GovDate("Issue date", required="Enter the issue date", noun="The issue date")
    level = GovRadio("Level", choices=choices(CheckLevel), required="Choose the level")
    workforce = GovRadio("Workforce", choices=choices(Workforce), required="Choose the workforce")
    name_as_printed = GovString(
        "Name as printed",
        required="Enter the name as it is printed",
        max_length=160,
        autocomplete="off",
    )
    name_matches = GovYesNo(
        "Are name and date of birth those of the volunteer?",
        required="Choose yes if name and date of birth match",
    )
    name_reason = _name_reason()
    name_evidence = _name_evidence()
    has_content = GovRadio(
        "Does the certificate have any content?",
        choices=[("no", "No, it is blank"), ("yes", "Yes")],
        required="Choose whether the certificate has content",
        hint="Never write down what it says. The safeguarding lead decides on it.",
    )
    seen_on = GovDate(
        "When did you see the original?",
        required="Enter the day you saw the original",
        noun="The day you saw it",
    )


class StatusForm(FlaskForm):
    """``status`` gets the choices that may follow the present one."""

    status = GovRadio("What is known now?", choices=[], required="Choose a status")
    note = GovTextarea(
        "Note (optional)",
        hint="Never write down what a certificate says.",
        max_length=500,
        rows=3,
    )


class NameForm(FlaskForm):
    """What makes a name that is printed otherwise the volunteer's."""

    name_reason = _name_reason()
    name_evidence = _name_evidence()
    is_theirs = GovCheckbox(
        "Name and date of birth on the certificate are the volunteer’s",
        required="Confirm that name and date of birth are the volunteer’s",
    )


class JoinForm(FlaskForm):
    joined_on = GovDate(
        "On which day did it join?",
        required="Enter the day on which it joined",
        noun="The day",
        hint="The day stands in the email from DBS.",
    )


class ConfirmForm(FlaskForm):
    """Nothing but the button."""
