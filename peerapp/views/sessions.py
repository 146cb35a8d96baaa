"""A coach's sessions: what is to come, a note in two minutes, moving one, calling one off."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp import wording
from peerapp.clock import LONDON, today
from peerapp.db import get_session
from peerapp.domain.sessions import NoteDetails
from peerapp.enums import CancelReason, NotHeldReason, SessionMood
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.courses import clock_time
from peerapp.forms.sessions import (
    COACH_REASONS,
    CallOffForm,
    HeldForm,
    MissedForm,
    MoveSessionForm,
    OtherSessionForm,
    VideoLinkForm,
)
from peerapp.models import CoachingSession, utc_now
from peerapp.permissions import current_account
from peerapp.services import (
    contacts,
    session_changes,
    session_notes,
    session_openings,
    session_plans,
    sessions,
)
from peerapp.views.refusals import show_refusals

bp = Blueprint("sessions", __name__, url_prefix="/volunteer/sessions")


def london_moment(day: date | None, text: str | None) -> datetime:
    """Return the moment of a day and a time that a form has found to be ones."""
    at = clock_time(text)
    if day is None or at is None:
        raise ValueError("the form let through what is no time")
    return datetime.combine(day, at, LONDON)


def _page(name: str, form: FlaskForm, **values: object) -> ResponseReturnValue:
    page = render_template(f"sessions/{name}.html", form=form, **values)
    return page, 422 if form.errors else 200


@bp.get("/")
def list_sessions() -> str:
    session, actor = get_session(), current_account()
    return render_template(
        "sessions/list.html",
        mine=sessions.list_for_coach(session, actor, utc_now()),
        profiles=contacts.list_for_coach(session, actor, today()),
    )


ASKED = {
    "times": session_openings.shows_times,
    "link": session_openings.shows_link,
    "plan": session_openings.shows_plan,
}


@bp.get("/of/<uuid:match_id>/<any(times, link, plan):what>/still")
def still_shown(match_id: uuid.UUID, what: str) -> tuple[str, int]:
    """Answer an open page: 204 while the coach may see when, or by which link, the two meet."""
    is_shown = ASKED[what](get_session(), current_account(), match_id, utc_now())
    return "", 204 if is_shown else 410


@bp.route("/<uuid:session_id>/held", methods=["GET", "POST"])
def held(session_id: uuid.UUID) -> ResponseReturnValue:
    one = sessions.find_to_note(get_session(), current_account(), session_id, utc_now())
    last = one.notes[-1] if one.notes else None
    given = {"minutes": (last.minutes if last else 0) or one.minutes, "mood": last and last.mood}
    form = HeldForm(data=given)
    if form.validate_on_submit():
        mood, text = SessionMood(form.mood.data), form.text.data or ""
        note = NoteDetails(True, minutes=form.minutes.data, mood=mood, text=text)
        if _record(form, one, note):
            return redirect(url_for(".noted", session_id=session_id))
    return _page("held", form, one=one)


@bp.route("/<uuid:session_id>/missed", methods=["GET", "POST"])
def missed(session_id: uuid.UUID) -> ResponseReturnValue:
    one = sessions.find_to_note(get_session(), current_account(), session_id, utc_now())
    last = one.notes[-1] if one.notes else None
    form = MissedForm(data={"reason": last and last.reason})
    if form.validate_on_submit():
        reason, text = NotHeldReason(form.reason.data), form.text.data or ""
        if _record(form, one, NoteDetails(False, reason=reason, text=text)):
            return redirect(url_for(".noted", session_id=session_id))
    return _page("missed", form, one=one)


def _record(form: FlaskForm, one: CoachingSession, note: NoteDetails) -> bool:
    base_url = current_settings().base_url
    try:
        session_notes.record(get_session(), current_account(), one.id, note, utc_now(), base_url)
    except Refused as refused:
        show_refusals(form, refused)
        return False
    return True


@bp.get("/<uuid:session_id>/noted")
def noted(session_id: uuid.UUID) -> ResponseReturnValue:
    one = sessions.find_to_note(get_session(), current_account(), session_id, utc_now())
    if not one.notes:
        return redirect(url_for(".list_sessions"))
    return render_template("sessions/noted.html", one=one)


@bp.route("/other/<uuid:match_id>", methods=["GET", "POST"])
def other(match_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    sessions.standing_match(session, actor, match_id)
    form = OtherSessionForm()
    if form.validate_on_submit():
        starts_at = london_moment(form.on.data, form.at.data)
        mood, text = SessionMood(form.mood.data), form.text.data or ""
        note = NoteDetails(True, minutes=form.minutes.data, mood=mood, text=text)
        given = starts_at, note, utc_now(), current_settings().base_url
        try:
            one = session_notes.record_other(session, actor, match_id, *given)
            return redirect(url_for(".noted", session_id=one.id))
        except Refused as refused:
            show_refusals(form, refused)
    return _page("other", form)


@bp.route("/<uuid:session_id>/move", methods=["GET", "POST"])
def move(session_id: uuid.UUID) -> ResponseReturnValue:
    session, actor, now = get_session(), current_account(), utc_now()
    one = sessions.find_open_for_coach(session, actor, session_id, now)
    local = one.starts_at.astimezone(LONDON)
    form = MoveSessionForm(data={"on": local.date(), "at": wording.clock_time(one.starts_at)})
    if form.validate_on_submit():
        starts_at = london_moment(form.on.data, form.at.data)
        try:
            session_changes.move(
                session, actor, session_id, starts_at, now, current_settings().base_url
            )
            flash("The session is moved. We tell the family that there is news.", "success")
            return redirect(url_for(".list_sessions"))
        except Refused as refused:
            show_refusals(form, refused)
    return _page("move", form, one=one)


@bp.route("/<uuid:session_id>/call-off", methods=["GET", "POST"])
def call_off(session_id: uuid.UUID) -> ResponseReturnValue:
    session, actor, now = get_session(), current_account(), utc_now()
    one = sessions.find_open_for_coach(session, actor, session_id, now)
    form = CallOffForm()
    form.reason.choices = COACH_REASONS
    if form.validate_on_submit():
        given = CancelReason(form.reason.data), now, current_settings().base_url
        try:
            session_changes.call_off_as_coach(session, actor, session_id, *given)
            flash("The session is called off. We tell the family that there is news.", "success")
            return redirect(url_for(".list_sessions"))
        except Refused as refused:
            show_refusals(form, refused)
    return _page("call_off", form, one=one)


@bp.route("/link/<uuid:match_id>", methods=["GET", "POST"])
def video_link(match_id: uuid.UUID) -> ResponseReturnValue:
    session, actor, now = get_session(), current_account(), utc_now()
    plan = session_plans.find_open_plan(session, actor, match_id, now)
    form = VideoLinkForm(data={"video_link": plan.video_link})
    if form.validate_on_submit():
        given = form.video_link.data or "", now, current_settings().base_url
        try:
            session_plans.set_video_link(session, actor, match_id, *given)
            flash("The link is saved. The family sees it on its own page.", "success")
            return redirect(url_for(".list_sessions"))
        except Refused as refused:
            show_refusals(form, refused)
    return _page("video_link", form, match_id=match_id)
