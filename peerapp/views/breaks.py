"""Breaks of a coach, recorded by staff or by the coach."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import PauseReason
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.coaching_life import BreakEndForm, BreakForm, OwnBreakForm
from peerapp.forms.onboarding import MoveForm
from peerapp.permissions import current_account
from peerapp.services import breaks, volunteers
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page

bp = Blueprint("breaks", __name__)

STAFF = "/staff/volunteers/<uuid:volunteer_id>/breaks"
OWN = "/volunteer/breaks"
TEXTS = (
    "It begins and ends by itself on the day. During a break families do not see the "
    "volunteer’s contact details, and open proposals are withdrawn.",
    "After the last day every gate is asked again. If one is not in date, the break goes on and "
    "you are told.",
)


@bp.route(f"{STAFF}/new", methods=["GET", "POST"])
def plan(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = BreakForm(data={"starts_on": today()})
    if form.validate_on_submit():
        given = PauseReason(form.reason.data), form.starts_on.data, form.ends_on.data
        note = form.note.data or ""
        try:
            breaks.plan(session, account, volunteer_id, *given, note, today())
            flash("The break is recorded.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    return action_page(form, volunteer, "Record a break", "Record the break", *TEXTS)


@bp.route(f"{STAFF}/<uuid:pause_id>/end", methods=["GET", "POST"])
def change_end(volunteer_id: uuid.UUID, pause_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    pause = breaks.find_break(session, volunteer, pause_id)
    form = BreakEndForm(data={"ends_on": pause.ends_on})
    if form.validate_on_submit():
        last_day = form.ends_on.data
        try:
            breaks.change_end(session, account, volunteer_id, pause_id, last_day, today())
            flash("The break is changed.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    return action_page(form, volunteer, "Change the last day of the break", "Save")


@bp.post(f"{STAFF}/<uuid:pause_id>/cancel")
def cancel(volunteer_id: uuid.UUID, pause_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        breaks.cancel(get_session(), current_account(), volunteer_id, pause_id)
        flash("The break is called off.", "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


@bp.route(f"{OWN}/", methods=["GET", "POST"])
def own() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.get_own(session, account)
    form = OwnBreakForm()
    if form.validate_on_submit():
        given = PauseReason(form.reason.data), form.starts_on.data, form.ends_on.data
        note, base_url = form.note.data or "", current_settings().base_url
        try:
            breaks.plan_own(session, account, *given, note, today(), base_url)
            flash("Thank you. We know about your break.", "success")
            return redirect(url_for("breaks.own"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "breaks/own.html",
        form=form,
        breaks=breaks.list_breaks(session, volunteer),
        may_plan=breaks.may_plan(volunteer),
        account=account,
    )
    return page, 422 if form.errors else 200


@bp.post(f"{OWN}/<uuid:pause_id>/cancel")
def cancel_own(pause_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        breaks.cancel_own(get_session(), current_account(), pause_id)
        flash("Your break is called off.", "success")
    return redirect(url_for("breaks.own"))
