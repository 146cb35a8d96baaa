"""Planned endings for coordinators; how it was, and thanks, for family and coach."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.match_endings import standing_ending
from peerapp.enums import EndReason, FamilyState
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.match_endings import PlanEndForm, SurveyForm
from peerapp.permissions import current_account
from peerapp.services import end_surveys, match_endings, matches
from peerapp.views.refusals import show_refusals

bp = Blueprint("match_endings", __name__)

STAFF = "/staff/matches/<uuid:match_id>/ending"


@bp.route(STAFF, methods=["GET", "POST"])
def plan(match_id: uuid.UUID) -> ResponseReturnValue:
    """Plan the end of a match with notice, or another day for it."""
    match = matches.get_match(get_session(), current_account(), match_id)
    before = standing_ending(match)
    days = match.family.scheme.ending_notice_days
    start = None if before else {"last_session_on": today() + timedelta(days=days)}
    form = PlanEndForm(obj=before, data=start)
    if form.validate_on_submit():
        try:
            _plan(match_id, form)
        except Refused as refused:
            show_refusals(form, refused)
        else:
            flash("The ending is planned. Both are told that there is news.", "success")
            return redirect(url_for("matches.show", match_id=match_id))
    page = render_template("matches/ending.html", match=match, form=form, before=before, days=days)
    return page, 422 if form.errors or form.form_errors else 200


def _plan(match_id: uuid.UUID, form: PlanEndForm) -> None:
    match_endings.plan(
        get_session(),
        current_account(),
        match_id,
        last_session_on=form.last_session_on.data,
        reason=EndReason(form.reason.data),
        family_next=FamilyState(form.family_next.data),
        note=form.note.data or "",
        short_notice=form.short_notice.data or "",
        today=today(),
        base_url=current_settings().base_url,
    )


@bp.post(f"{STAFF}/call-off")
def call_off(match_id: uuid.UUID) -> ResponseReturnValue:
    base_url = current_settings().base_url
    match_endings.call_off(
        get_session(), current_account(), match_id, today=today(), base_url=base_url
    )
    flash("The ending is called off.", "success")
    return redirect(url_for("matches.show", match_id=match_id))


@bp.route("/volunteer/matches/<uuid:match_id>/how-it-was", methods=["GET", "POST"])
def coach_survey(match_id: uuid.UUID) -> ResponseReturnValue:
    return _survey(match_id, "coaching.list_matches", is_family=False)


@bp.route("/family/matches/<uuid:match_id>/how-it-was", methods=["GET", "POST"])
def family_survey(match_id: uuid.UUID) -> ResponseReturnValue:
    return _survey(match_id, "family.home", is_family=True)


def _survey(match_id: uuid.UUID, home: str, *, is_family: bool) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    end_surveys.get_open(session, actor, match_id, today())
    form = SurveyForm()
    if is_family:
        form.would_again.label.text = "Would you want a coach again?"
    if form.validate_on_submit():
        given = end_surveys.Answers(
            helped=int(form.helped.data),
            ended_well=form.ended_well.data == "yes",
            would_again=form.would_again.data == "yes",
            words=form.words.data or "",
        )
        try:
            end_surveys.answer(session, actor, match_id, given, today())
        except Refused as refused:
            show_refusals(form, refused)
        else:
            flash("Thank you for telling us.", "success")
            return redirect(url_for(home))
    values = {"form": form, "home": url_for(home), "is_family": is_family}
    page = render_template("match_endings/survey.html", **values)
    return page, 422 if form.errors or form.form_errors else 200


@bp.get("/volunteer/matches/<uuid:match_id>/thanks")
def thanks(match_id: uuid.UUID) -> str:
    """A certificate of thanks, to print."""
    found = end_surveys.get_thanks(get_session(), current_account(), match_id)
    return render_template("match_endings/thanks.html", thanks=found, today=today())
