"""Starting again: by the volunteer, or by the safeguarding lead for somebody who may not."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.forms.onboarding import MoveForm, ReasonForm
from peerapp.permissions import current_account
from peerapp.services import comebacks, volunteers
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page

bp = Blueprint("comebacks", __name__)


@bp.route("/volunteer/apply-again", methods=["GET", "POST"])
def apply_again() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_own(session, account)
    if volunteers.is_open(volunteer):
        return redirect(url_for("volunteer.home"))
    form = MoveForm()
    if form.validate_on_submit():
        comebacks.apply_again(session, account, today())
        flash("Welcome back. Check your answers, then send us your application.", "success")
        return redirect(url_for("volunteer.check"))
    return render_template(
        "comebacks/apply_again.html",
        form=form,
        refusals=comebacks.return_refusals(volunteer, today()),
        from_day=comebacks.may_return_from(volunteer),
    )


@bp.route("/staff/volunteers/<uuid:volunteer_id>/reopen", methods=["GET", "POST"])
def reopen(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            comebacks.reopen(session, account, volunteer_id, form.reason.data or "", today())
            flash("The record is open: the volunteer can apply again.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    text = (
        "The volunteer starts again with an application. The history stays. Checks that are too "
        "old have to be done again, and so has the interview after a decline."
    )
    return action_page(form, volunteer, "Let them start again", "Open the record", text)
