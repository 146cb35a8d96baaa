"""Saying yes, taking it back, and writing the words that are agreed to."""

from __future__ import annotations

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import HiddenField

from peerapp.forms.families import Choice
from peerapp.forms.fields import GovRadio, GovSelect, GovTextarea


class SeenForm(FlaskForm):
    """One button; ``seen`` says which words stood on the page."""

    seen = HiddenField()


class WordsForm(SeenForm):
    """A new version of the English words."""

    text = GovTextarea(
        "The words",
        required="Enter the words",
        hint="Short words, short sentences. A line left empty begins a new paragraph.",
        rows=14,
        max_length=6000,
    )
    asks_again = GovRadio(
        "Must families who have agreed read the new words?",
        choices=[
            ("yes", "Yes, ask them", "Their page asks them. What they said counts until then."),
            ("no", "No, it says the same in better words"),
        ],
        required="Choose whether families are asked to read the new words",
    )


class TranslationForm(SeenForm):
    """The words that stand, in another language."""

    language = GovSelect("Language", required="Choose the language")
    text = GovTextarea(
        "The words in this language",
        required="Enter the words",
        hint="Have somebody who speaks it as a first language check them.",
        rows=14,
        max_length=6000,
    )

    def offer(self, languages: Sequence[Choice]) -> None:
        """Set what can be chosen."""
        self.language.choices = [("", "Choose a language"), *languages]
