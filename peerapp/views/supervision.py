"""Supervision: the calls to make, what was heard, and who supervises whom."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import CallMood, Role
from peerapp.errors import Refused
from peerapp.forms.supervision import CallForm, CapacityForm, SkipForm, SupervisorForm
from peerapp.permissions import current_account
from peerapp.services import supervision, supervisors, volunteers
from peerapp.services.supervision import CallDetails
from peerapp.views.parsing import page_number, uuid_or_none
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page

bp = Blueprint("supervision", __name__, url_prefix="/staff")


@bp.get("/supervision/")
def board() -> str:
    session, actor = get_session(), current_account()
    mine = actor.role == Role.COORDINATOR and request.args.get("who") != "all"
    page = page_number(request.args.get("page"))
    lines, has_more = supervision.list_to_make(session, actor, today(), mine=mine, page=page)
    return render_template(
        "supervision/board.html",
        lines=lines,
        has_more=has_more,
        page=page,
        mine=mine,
        loads=supervisors.list_loads(session),
        role=actor.role,
        day=today(),
    )


@bp.get("/matches/<uuid:match_id>/calls")
def calls(match_id: uuid.UUID) -> str:
    found = supervision.get_calls(get_session(), current_account(), match_id, today())
    return render_template("supervision/calls.html", calls=found, match=found.match)


@bp.route("/matches/<uuid:match_id>/calls/new", methods=["GET", "POST"])
def record(match_id: uuid.UUID) -> ResponseReturnValue:
    form = CallForm(data={"held_on": today()})
    if form.validate_on_submit():
        spoke_to = form.spoke_to.data or []
        details = CallDetails(
            held_on=form.held_on.data,
            spoke_to_coach="coach" in spoke_to,
            spoke_to_family="family" in spoke_to,
            mood=CallMood(form.mood.data),
            note=form.note.data or "",
        )
        try:
            supervision.record(get_session(), current_account(), match_id, details, today())
            return _saved(match_id, "The call is written down. The next one is planned.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form(match_id, form, "Write down a call")


@bp.route("/matches/<uuid:match_id>/calls/skip", methods=["GET", "POST"])
def skip(match_id: uuid.UUID) -> ResponseReturnValue:
    form = SkipForm()
    if form.validate_on_submit():
        given = match_id, form.note.data or "", today()
        try:
            supervision.skip(get_session(), current_account(), *given)
            return _saved(match_id, "The call is left out. The next one is planned.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form(match_id, form, "Leave this call out")


def _saved(match_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for(".calls", match_id=match_id))


def _form(match_id: uuid.UUID, form: FlaskForm, heading: str) -> ResponseReturnValue:
    found = supervision.get_calls(get_session(), current_account(), match_id, today())
    page = render_template(
        "supervision/form.html", form=form, calls=found, match=found.match, heading=heading
    )
    return page, 422 if form.errors else 200


@bp.route("/volunteers/<uuid:volunteer_id>/supervisor", methods=["GET", "POST"])
def assign(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, actor, volunteer_id)
    form = SupervisorForm(data={"supervisor_id": str(volunteer.supervisor_id or "")})
    possible = supervisors.list_possible(session, volunteer)
    form.supervisor_id.choices = [("", "Nobody yet"), *((str(p.id), p.name) for p in possible)]
    if form.validate_on_submit():
        chosen = uuid_or_none(form.supervisor_id.data)
        try:
            supervisors.assign(session, actor, volunteer_id, chosen)
            flash("The supervisor is recorded.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    texts = (
        "The supervisor makes the calls at 3, 10 and 18 weeks of each match, and then every four "
        "weeks, unless the scheme has set other weeks.",
    )
    return action_page(form, volunteer, "Choose a supervisor", "Save", *texts)


@bp.route("/supervision/<uuid:supervisor_id>/capacity", methods=["GET", "POST"])
def capacity(supervisor_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    supervisor = supervisors.find_supervisor(session, supervisor_id)
    form = CapacityForm(data={"capacity": supervisor.supervises_up_to})
    if form.validate_on_submit():
        try:
            supervisors.set_capacity(session, actor, supervisor_id, form.capacity.data)
            flash("It counts from the next matching run.", "success")
            return redirect(url_for(".board", who="all"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("supervision/capacity.html", form=form, supervisor=supervisor)
    return page, 422 if form.errors else 200
