"""What the pages of the front door share: two wordings, and what is kept of the answers."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from flask_wtf import FlaskForm


class PageForm(FlaskForm):
    """A page of the form; ``speak_of_others`` puts it into the words for a professional.

    Attributes
    ----------
    heading, lead
        The page's heading, and a sentence below it.
    others
        For a professional: the label, and the hint, of each field that is worded otherwise.
    """

    heading: ClassVar[str] = ""
    others_heading: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    others_lead: ClassVar[str] = ""
    others: ClassVar[dict[str, tuple[str, str]]] = {}
    optional_dates: ClassVar[tuple[str, ...]] = ()

    def speak_of_others(self) -> None:
        """Word the questions for somebody who tells of a family."""
        for name, (label, hint) in self.others.items():
            self[name].label.text = label
            self[name].description = hint

    def values(self) -> dict[str, Any]:
        """Return what was answered, fit to be stored; an answer with a fault counts as none."""
        return {
            field.name: _plain(field.data)
            for field in self
            if field.type != "CSRFTokenField" and not field.errors
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
