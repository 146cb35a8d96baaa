"""A volunteer's own training: what they need, and places on sessions."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import BookingState
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.onboarding import MoveForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import course_places, training, volunteers

bp = Blueprint("training", __name__, url_prefix="/volunteer/training")


@bp.get("/")
def show() -> str:
    session = get_session()
    volunteer = volunteers.get_own(session, current_account())
    own = training.list_own(session, volunteer, utc_now(), today())
    may_book = training.may_book(volunteer)
    return render_template("training/show.html", own=own, may_book=may_book)


@bp.post("/<uuid:session_id>/book")
def book(session_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        try:
            booking = course_places.book(get_session(), current_account(), session_id, utc_now())
        except Refused as refused:
            _say(refused)
        else:
            flash(SAID[booking.state], "success")
    return redirect(url_for("training.show"))


SAID = {
    BookingState.BOOKED: "You have a place.",
    BookingState.WAITING: "You are on the waiting list. We write to you when a place is free.",
}


@bp.post("/<uuid:session_id>/cancel")
def cancel(session_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        base_url = current_settings().base_url
        try:
            course_places.cancel(get_session(), current_account(), session_id, utc_now(), base_url)
        except Refused as refused:
            _say(refused)
        else:
            flash("Your place is cancelled.", "success")
    return redirect(url_for("training.show"))


def _say(refused: Refused) -> None:
    for refusal in refused.refusals:
        flash(refusal.message, "error")
