"""Forms of letting somebody in again, and of the code that they are given."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import HelpKind, ProofQuestion, ProofWay
from peerapp.forms.fields import GovCheckboxes, GovEmail, GovPassword, GovRadio, GovString
from peerapp.vocabulary import choices


class HelpForm(FlaskForm):
    """What was asked before somebody is let in, and what they need."""

    way = GovRadio(
        "How did you make sure that it is them?",
        choices=choices(ProofWay),
        required="Choose how you made sure",
    )
    answered = GovCheckboxes(
        "What did they answer rightly, without help?",
        choices=[],
        hint="Ask openly, and give no answer away. On the phone three are needed.",
    )
    kind = GovRadio("What do they need?", choices=choices(HelpKind), required="Choose what")

    @property
    def answers(self) -> list[ProofQuestion]:
        """What was answered rightly."""
        return [ProofQuestion(one) for one in self.answered.data or ()]


class CodeFromWorkerForm(FlaskForm):
    email = GovEmail("Email address", required="Enter your email address", autocomplete="username")
    code = GovString(
        "The code that we gave you",
        required="Enter the code",
        hint="12 letters and digits, such as abcd-efgh-2345.",
        autocomplete="off",
        width=20,
        max_length=60,
    )
    password = GovPassword(
        "Choose a new password", required="Enter a new password", autocomplete="new-password"
    )
