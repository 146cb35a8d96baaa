"""The safeguarding lead's work on concerns; managers see which ones nobody has read in time."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp.db import get_session
from peerapp.enums import ConcernOutcome, Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.concerns import (
    AcknowledgeForm,
    CloseConcernForm,
    ConcernNoteForm,
    ResumeForm,
)
from peerapp.forms.onboarding import MoveForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import concern_cases
from peerapp.views.parsing import page_number
from peerapp.views.refusals import show_refusals

bp = Blueprint("concern_cases", __name__, url_prefix="/staff/concerns")


@bp.get("/")
def board() -> str:
    session, actor = get_session(), current_account()
    if actor.role == Role.MANAGER:
        late = concern_cases.list_late(session, utc_now())
        return render_template("concern_cases/late.html", concerns=late)
    page = page_number(request.args.get("page"))
    lines, has_more = concern_cases.list_cases(session, actor, utc_now(), page)
    return render_template("concern_cases/list.html", lines=lines, has_more=has_more, page=page)


@bp.get("/<uuid:concern_id>")
def show(concern_id: uuid.UUID) -> str:
    case = concern_cases.get_case(get_session(), current_account(), concern_id, utc_now())
    return render_template("concern_cases/show.html", case=case, concern=case.concern)


@bp.route("/<uuid:concern_id>/acknowledge", methods=["GET", "POST"])
def acknowledge(concern_id: uuid.UUID) -> ResponseReturnValue:
    form = AcknowledgeForm()
    if form.validate_on_submit():
        given = form.words_back.data or "", utc_now(), current_settings().base_url
        try:
            concern_cases.acknowledge(get_session(), current_account(), concern_id, *given)
            return _done(concern_id, "Whoever told you can now read what happens next.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form(concern_id, form, "Say that you have read it", "Save and tell them")


@bp.route("/<uuid:concern_id>/note", methods=["GET", "POST"])
def note(concern_id: uuid.UUID) -> ResponseReturnValue:
    form = ConcernNoteForm()
    if form.validate_on_submit():
        words = form.words.data or ""
        try:
            concern_cases.note(get_session(), current_account(), concern_id, words)
            return _done(concern_id, "The note is saved.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form(concern_id, form, "Write down what was done", "Save the note")


@bp.route("/<uuid:concern_id>/close", methods=["GET", "POST"])
def close(concern_id: uuid.UUID) -> ResponseReturnValue:
    form = CloseConcernForm()
    if form.validate_on_submit():
        outcome = ConcernOutcome(form.outcome.data)
        words = form.words.data or "", form.words_back.data or ""
        given = outcome, *words, utc_now(), current_settings().base_url
        try:
            concern_cases.close(get_session(), current_account(), concern_id, *given)
            return _done(concern_id, "The concern is closed.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form(concern_id, form, "Close this concern", "Close it")


@bp.post("/<uuid:concern_id>/stop/<uuid:match_id>")
def stop(concern_id: uuid.UUID, match_id: uuid.UUID) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        given = concern_id, match_id, current_settings().base_url
        concern_cases.stop_contact(get_session(), current_account(), *given)
    return _done(concern_id, "Contact is stopped.")


@bp.route("/<uuid:concern_id>/resume/<uuid:match_id>", methods=["GET", "POST"])
def resume(concern_id: uuid.UUID, match_id: uuid.UUID) -> ResponseReturnValue:
    form = ResumeForm()
    if form.validate_on_submit():
        given = match_id, form.reason.data or "", utc_now()
        try:
            concern_cases.resume_contact(get_session(), current_account(), concern_id, *given)
            return _done(concern_id, "Contact is allowed again, if nothing else stands against it.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form(concern_id, form, "Allow contact again", "Allow it")


def _done(concern_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for(".show", concern_id=concern_id))


def _form(concern_id: uuid.UUID, form: FlaskForm, heading: str, button: str) -> ResponseReturnValue:
    concern = concern_cases.find_case(get_session(), current_account(), concern_id)
    page = render_template(
        "concern_cases/action.html", form=form, concern=concern, heading=heading, button=button
    )
    return page, 422 if form.errors else 200
