"""Forms about staff accounts."""

from __future__ import annotations

from flask_wtf import FlaskForm

from peerapp.enums import Role
from peerapp.forms.fields import GovCheckboxes, GovEmail, GovRadio, GovString

STAFF_CHOICES = [
    (Role.COORDINATOR.value, "Coordinator", "Works with the families and volunteers of localities"),
    (Role.SAFEGUARDING_LEAD.value, "Safeguarding lead", "Decides on disclosures and concerns"),
    (Role.MANAGER.value, "Manager", "Sees the whole scheme, and invites staff"),
    (Role.AUDITOR.value, "Auditor", "Reads the audit trail only"),
]


class InviteStaffForm(FlaskForm):
    name = GovString("Name", required="Enter their name", autocomplete="off")
    email = GovEmail("Work email address", required="Enter their email", autocomplete="off")
    role = GovRadio("Role", choices=STAFF_CHOICES, required="Choose a role")
    localities = GovCheckboxes("Localities in which a coordinator works", choices=[])
