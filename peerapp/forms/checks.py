"""What staff copy from a DBS certificate, and what they learn about it later."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import CheckLevel, RiskDecision, Workforce
from peerapp.forms.fields import GovDate, GovRadio, GovString, GovTextarea
from peerapp.vocabulary import choices

YES_NO = [("yes", "Yes"), ("no", "No")]


class CertificateForm(FlaskForm):
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
    name_matches = GovRadio(
        "Are name and date of birth those of the volunteer?",
        choices=YES_NO,
        required="Choose yes if name and date of birth match",
        inline=True,
    )
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


class RiskForm(FlaskForm):
    decision = GovRadio(
        "What have you decided?",
        choices=choices(RiskDecision),
        required="Choose your decision",
        hint="Talk with the volunteer first. Keep your reasons in the restricted record.",
    )
