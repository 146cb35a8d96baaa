"""Closing a volunteer's record: declined, withdrawn, left, each with a reason from a list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import DropOutReason, VolunteerState
from peerapp.errors import Refused
from peerapp.forms.coaching_life import DropOutForm
from peerapp.permissions import current_account
from peerapp.services import onboarding, volunteers
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import choices

bp = Blueprint("endings", __name__, url_prefix="/staff/volunteers/<uuid:volunteer_id>")


@dataclass(frozen=True)
class Ending:
    """A way to close a record, and its page."""

    verb: Any
    state: VolunteerState
    heading: str
    text: str
    button: str
    done: str


def _decline(*given: Any, drop_out: DropOutReason) -> Any:
    session, actor, volunteer_id, *rest = given
    to = VolunteerState.DECLINED
    return onboarding.move(session, actor, volunteer_id, to, *rest, drop_out=drop_out)


ENDINGS = {
    "decline": Ending(
        _decline,
        VolunteerState.DECLINED,
        "Decline this application",
        "The record is closed. The volunteer sees that it was declined, not why. Talk with them "
        "first. Places on training sessions are given up.",
        "Decline",
        "The application is declined.",
    ),
    "withdraw": Ending(
        onboarding.withdraw_for,
        VolunteerState.WITHDRAWN,
        "Record that they withdraw",
        "For a volunteer who told you that they do not want to go on, or who does not reply. "
        "The record is closed. They can start again when they like.",
        "Close the record",
        "The record is closed.",
    ),
    "leave": Ending(
        onboarding.leave,
        VolunteerState.LEFT,
        "Record that the volunteer has left",
        "The record is closed. Matches with families must have ended.",
        "Close the record",
        "The record is closed.",
    ),
}


@bp.route("/<any(" + ", ".join(ENDINGS) + "):name>", methods=["GET", "POST"])
def end(volunteer_id: uuid.UUID, name: str) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    asked, form = ENDINGS[name], DropOutForm()
    form.drop_out.choices = choices(volunteers.drop_out_reasons(asked.state))
    if form.validate_on_submit():
        verb = partial(asked.verb, drop_out=DropOutReason(form.drop_out.data))
        try:
            verb(session, account, volunteer_id, form.reason.data or "", today())
            flash(asked.done, "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    return action_page(form, volunteer, asked.heading, asked.button, asked.text, is_warning=True)
