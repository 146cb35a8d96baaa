"""Forms of second factors."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.forms.fields import GovRadio, GovString

RESET_CHOICES = [
    ("lost", "They lost it"),
    ("broken", "It is broken, or was replaced"),
    ("stolen", "It was stolen", "Close the account first if somebody else may use it"),
]


class CodeForm(FlaskForm):
    factor_code = GovString(
        "Code from your authenticator app",
        required="Enter the code that your app shows",
        hint="6 digits. It changes every 30 seconds.",
        autocomplete="one-time-code",
        inputmode="numeric",
        width=10,
        max_length=40,
    )
    factor_passkey = HiddenField()

    def holds_proof(self) -> bool:
        """Say whether a passkey or a well-formed code was sent."""
        return self.is_submitted() and (bool(self.factor_passkey.data) or self.validate())

    def show(self, errors: list[str]) -> None:
        """Show what was wrong; neither a code nor a passkey's answer is good twice."""
        self.factor_code.errors = errors
        self.factor_code.data = self.factor_passkey.data = ""


class RecoveryForm(FlaskForm):
    recovery_code = GovString(
        "Recovery code",
        required="Enter one of your recovery codes",
        hint="16 letters and digits, such as abcd-efgh-2345-6789.",
        autocomplete="off",
        width=20,
        max_length=60,
    )


class ConfirmForm(FlaskForm):
    """Only a token: for a button that changes something."""


class ResetForm(FlaskForm):
    reason = GovRadio(
        "What happened to their phone or key?", choices=RESET_CHOICES, required="Choose a reason"
    )
