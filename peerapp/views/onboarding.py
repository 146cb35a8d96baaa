"""What staff do with a volunteer: gates, training, the DBS level, and moves with their reasons."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp.clock import today
from peerapp.db import SchemeSession, get_session
from peerapp.enums import GateItem, TrainingMethod, VolunteerState
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.courses import RecordTrainingForm
from peerapp.forms.onboarding import GateForm, MoveForm, NoteForm, ReasonForm
from peerapp.models import Account, TwoPersonRequest, Volunteer, utc_now
from peerapp.permissions import current_account
from peerapp.services import (
    breaks,
    courses,
    gates,
    onboarding,
    suspension_lifts,
    volunteer_agreements,
    volunteers,
)
from peerapp.services import training as training_records
from peerapp.views.parsing import member_or_none
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import label

bp = Blueprint("onboarding", __name__, url_prefix="/staff/volunteers/<uuid:volunteer_id>")

Verb = Callable[[SchemeSession, Account, uuid.UUID, str, date], object]


def _suspend(
    session: SchemeSession, actor: Account, volunteer_id: uuid.UUID, reason: str, day: date
) -> Volunteer:
    base_url = current_settings().base_url
    return onboarding.suspend(session, actor, volunteer_id, reason, day, base_url)


def _propose_to_lift(
    session: SchemeSession, actor: Account, volunteer_id: uuid.UUID, reason: str, _: date
) -> TwoPersonRequest:
    given = reason, utc_now(), current_settings().base_url
    return suspension_lifts.propose(session, actor, volunteer_id, *given)


@dataclass(frozen=True)
class Step:
    """A move that has a page of its own to give a reason."""

    verb: Verb
    heading: str
    text: str
    button: str
    done: str
    form: type[FlaskForm] = ReasonForm
    is_warning: bool = False


STEPS = {
    "suspend": Step(
        _suspend,
        "Suspend this volunteer",
        "Families stop seeing the volunteer’s contact details at once, and the volunteer stops "
        "seeing theirs. Open proposals are withdrawn. The safeguarding lead is told. It takes two "
        "people to lift the suspension.",
        "Suspend now",
        "The volunteer is suspended.",
        is_warning=True,
    ),
    "lift": Step(
        _propose_to_lift,
        "Propose to lift the suspension",
        "Somebody else has to agree. Then the volunteer goes back to where they were. Every gate "
        "is asked again before they can coach.",
        "Propose it",
        "Proposed. Those who may agree have been told.",
    ),
    "resume": Step(
        breaks.come_back,
        "End the break",
        "The volunteer goes back to coaching, if every gate is still in date.",
        "End the break",
        "The break has ended.",
        form=NoteForm,
    ),
}


@bp.post("/move")
def move(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    """Move on to the state that the button named; sent twice, it moves once."""
    state = member_or_none(VolunteerState, request.form.get("to"))
    if not MoveForm().validate_on_submit() or state is None:
        abort(400)
    onboarding.move(get_session(), current_account(), volunteer_id, state, "", today())
    return _done(volunteer_id, f"Moved on to: {label(state).lower()}.")


def _done(volunteer_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


@bp.route("/<any(" + ", ".join(STEPS) + "):name>", methods=["GET", "POST"])
def step(volunteer_id: uuid.UUID, name: str) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    asked = STEPS[name]
    form = asked.form()
    if form.validate_on_submit():
        try:
            asked.verb(session, account, volunteer_id, form.reason.data or "", today())
            return _done(volunteer_id, asked.done)
        except Refused as refused:
            show_refusals(form, refused)
    return action_page(
        form, volunteer, asked.heading, asked.button, asked.text, is_warning=asked.is_warning
    )


RECORDED_ELSEWHERE = frozenset(GateItem) - {GateItem.AGREEMENT}
"""Facts that follow from references, interviews and identity checks, and from nothing else."""


@bp.route("/gates/<item>", methods=["GET", "POST"])
def gate(volunteer_id: uuid.UUID, item: str) -> ResponseReturnValue:
    fact = member_or_none(GateItem, item)
    if fact is None or fact in RECORDED_ELSEWHERE:
        abort(404)
    session, account = get_session(), current_account()
    volunteers.find_volunteer(session, account, volunteer_id)
    if fact == GateItem.AGREEMENT and volunteer_agreements.newest_text(session):
        return redirect(url_for("volunteer_agreements.signatures", volunteer_id=volunteer_id))
    volunteer = volunteers.get_volunteer(session, account, volunteer_id, ("gates",))
    known = gates.find_record(volunteer, fact)
    form = GateForm(data={"done_on": known.done_on, "note": known.note} if known else {})
    form.word_for(fact)
    if form.validate_on_submit():
        given = form.done_on.data, form.note.data or ""
        try:
            gates.record_gate_item(session, account, volunteer_id, fact, *given, today())
            return _done(volunteer_id, f"Recorded: {label(fact).lower()}.")
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "volunteers/gate.html", form=form, volunteer=volunteer, item=fact, known=known
    )
    return page, 422 if form.errors else 200


@bp.post("/gates/<item>/remove")
def remove_gate(volunteer_id: uuid.UUID, item: str) -> ResponseReturnValue:
    fact = member_or_none(GateItem, item)
    if fact is None or fact in RECORDED_ELSEWHERE or not MoveForm().validate_on_submit():
        abort(404)
    gates.remove_gate_item(get_session(), current_account(), volunteer_id, fact, today())
    return _done(volunteer_id, f"Taken back: {label(fact).lower()}.")


@bp.route("/training", methods=["GET", "POST"])
def training(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = RecordTrainingForm()
    known = [(one.code, one.title) for one in courses.list_courses(session)]
    form.course.choices = [("", "Choose a course"), *known]
    if form.validate_on_submit():
        given = form.completed_on.data, TrainingMethod(form.method.data), form.evidence.data or ""
        try:
            record = form.course.data, *given, form.valid_until.data
            training_records.record_by_hand(session, account, volunteer_id, *record, today())
            return _done(volunteer_id, "The course is recorded.")
        except Refused as refused:
            show_refusals(form, refused)
    text = "A course that is recorded again replaces what was recorded by hand before."
    return action_page(form, volunteer, "Record training", "Record the course", text)


@bp.route("/training/<uuid:record_id>/remove", methods=["GET", "POST"])
def remove_training(volunteer_id: uuid.UUID, record_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    training_records.find_by_hand(volunteer, record_id)
    form = MoveForm()
    if form.validate_on_submit():
        training_records.take_back(session, account, volunteer_id, record_id, today())
        return _done(volunteer_id, "Taken back: the course counts no more.")
    text = (
        "For a course that was recorded by mistake. A coach who is not cleared any more is not "
        "shown to families from that moment."
    )
    heading, button = "Take back a course", "Take it back"
    return action_page(form, volunteer, heading, button, text, is_warning=True)
