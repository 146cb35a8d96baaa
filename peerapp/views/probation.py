"""Reviews at the end of probation: who is due, and the review itself."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp import wording
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import ReviewOutcome
from peerapp.errors import Refused
from peerapp.forms.coaching_life import ReviewForm
from peerapp.permissions import current_account
from peerapp.services import probation, volunteers
from peerapp.services.probation import ReviewDetails
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page

bp = Blueprint("probation", __name__, url_prefix="/staff/volunteers")

DONE = {
    ReviewOutcome.PASSED: "Probation is passed. The volunteer is active.",
    ReviewOutcome.EXTENDED: "Probation goes on to the next review.",
    ReviewOutcome.ENDED: "The review is recorded, and the record is closed.",
}


@bp.get("/reviews")
def list_due() -> str:
    due = probation.list_due(get_session(), current_account(), today())
    return render_template("probation/list.html", due=due)


@bp.route("/<uuid:volunteer_id>/review", methods=["GET", "POST"])
def review(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = ReviewForm()
    if form.validate_on_submit():
        outcome = ReviewOutcome(form.outcome.data)
        details = ReviewDetails(
            outcome, form.held_on.data, form.reason.data or "", form.extended_to.data
        )
        try:
            probation.review(session, account, volunteer_id, details, today())
            flash(DONE[outcome], "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    due = probation.standing_review(volunteer, today())
    texts = [f"The review is due on {wording.date(due.due_on)}."] if due else []
    return action_page(form, volunteer, "Review the probation", "Save the review", *texts)
