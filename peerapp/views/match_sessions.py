"""Staff's pages of sessions: the plan of a match, its notes, and what should be looked at."""

from __future__ import annotations

import uuid
from datetime import datetime, time

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp import wording
from peerapp.clock import LONDON, today
from peerapp.db import get_session
from peerapp.domain.session_plans import PlanDetails
from peerapp.enums import CancelReason
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.courses import clock_time
from peerapp.forms.sessions import STAFF_REASONS, CallOffForm, PlanForm
from peerapp.models import Match, utc_now
from peerapp.permissions import current_account
from peerapp.services import (
    matches,
    session_changes,
    session_notes,
    session_plans,
    session_watch,
    sessions,
)
from peerapp.views.refusals import show_refusals

bp = Blueprint("match_sessions", __name__, url_prefix="/staff")


@bp.get("/sessions/")
def list_attention() -> str:
    attention = session_watch.get_attention(get_session(), current_account(), utc_now())
    return render_template("match_sessions/list.html", attention=attention)


@bp.get("/matches/<uuid:match_id>/sessions")
def show(match_id: uuid.UUID) -> str:
    session, actor, now = get_session(), current_account(), utc_now()
    found = session_notes.get_match_sessions(session, actor, match_id, now)
    return render_template("match_sessions/show.html", found=found, match=found.match)


@bp.route("/matches/<uuid:match_id>/sessions/plan", methods=["GET", "POST"])
def plan(match_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    match = matches.get_match(session, actor, match_id)
    form = _plan_form(session_plans.suggest(session, match, today()), match)
    if form.validate_on_submit():
        given = _details(form), utc_now(), current_settings().base_url
        try:
            session_plans.save_plan(session, actor, match_id, *given)
            flash("The sessions are planned. Both see them on their own pages.", "success")
            return redirect(url_for(".show", match_id=match_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("match_sessions/plan.html", form=form, match=match)
    return page, 422 if form.errors else 200


def _plan_form(details: PlanDetails, match: Match) -> PlanForm:
    starts = datetime.combine(details.first_on, details.at, LONDON)
    form = PlanForm(
        data={
            "first_on": details.first_on,
            "at": wording.clock_time(starts),
            "minutes": details.minutes,
            "every_weeks": str(details.every_weeks),
            "skips_holidays": "yes" if details.skips_holidays else "no",
            "video_link": details.video_link,
        }
    )
    if match.mode != "remote":
        del form.video_link
    return form


def _details(form: PlanForm) -> PlanDetails:
    return PlanDetails(
        first_on=form.first_on.data,
        at=clock_time(form.at.data) or time(),
        minutes=form.minutes.data or 0,
        every_weeks=int(form.every_weeks.data),
        skips_holidays=form.skips_holidays.data == "yes",
        video_link=(form.video_link.data or "") if "video_link" in form else "",
    )


@bp.route("/sessions/<uuid:session_id>/call-off", methods=["GET", "POST"])
def call_off(session_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    one = sessions.find_for_staff(session, actor, session_id)
    form = CallOffForm()
    form.reason.choices = STAFF_REASONS
    if form.validate_on_submit():
        given = CancelReason(form.reason.data), utc_now(), current_settings().base_url
        try:
            session_changes.call_off_as_staff(session, actor, session_id, *given)
            flash("The session is called off. Both are told that there is news.", "success")
            return redirect(url_for(".show", match_id=one.match_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("match_sessions/call_off.html", form=form, one=one)
    return page, 422 if form.errors else 200
