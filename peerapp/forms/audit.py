"""Filters of the audit trail; they stand in the address, so they hold ids and codes only."""

from __future__ import annotations

import uuid
from typing import Any

from flask_wtf import FlaskForm
from wtforms.validators import ValidationError

from peerapp.enums import AuditKind
from peerapp.forms.fields import GovDate, GovSelect, GovString
from peerapp.vocabulary import choices

ALL = ("", "All")


class AuditFilterForm(FlaskForm):
    """What is looked for; empty fields let everything through."""

    class Meta:
        csrf = False  # it is sent by GET, and changes nothing

    since = GovDate("From", noun="The first day")
    until = GovDate("To", noun="The last day")
    kind = GovSelect("Kind", choices=[ALL, *choices(AuditKind)])
    action = GovSelect("What was done")
    actor = GovSelect("By a member of staff")
    record = GovString(
        "Id of a record, a match, or an account that is not staff",
        hint="As it stands in the list",
    )

    def offer(self, actions: list[tuple[str, str]], staff: list[tuple[str, str]]) -> None:
        """Set what can be chosen."""
        self.action.choices = [ALL, *actions]
        self.actor.choices = [ALL, *staff]

    def validate_record(self, field: Any) -> None:
        if field.data:
            try:
                uuid.UUID(field.data.strip())
            except ValueError:
                raise ValidationError("Enter the whole id, such as it stands in the list") from None
