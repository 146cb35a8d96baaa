"""Planning the first visit of a match."""

from __future__ import annotations

import uuid
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import LONDON, today
from peerapp.db import get_session
from peerapp.domain.first_visits import planned_visit
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.first_visits import FirstVisitForm
from peerapp.models import FirstVisit, Match, utc_now
from peerapp.permissions import current_account
from peerapp.services import first_visits, matches
from peerapp.views.refusals import show_refusals
from peerapp.wording import clock_time

bp = Blueprint("first_visits", __name__)


@bp.route("/staff/matches/<uuid:match_id>/visit", methods=["GET", "POST"])
def plan(match_id: uuid.UUID) -> ResponseReturnValue:
    """Plan the first visit, or move it."""
    match = matches.get_match(get_session(), current_account(), match_id)
    before = planned_visit(match)
    form = _form(match, before)
    if form.validate_on_submit():
        try:
            _plan(match_id, form)
        except Refused as refused:
            show_refusals(form, refused)
        else:
            flash("The visit is planned. Both are told that there is news.", "success")
            return redirect(url_for("matches.show", match_id=match_id))
    page = render_template("matches/visit.html", match=match, form=form, before=before)
    return page, 422 if form.errors or form.form_errors else 200


def _form(match: Match, before: FirstVisit | None) -> FirstVisitForm:
    staff = first_visits.list_attending(get_session(), match)
    preset = {"staff": str(before.staff_id if before else current_account().id)}
    if before:
        local = before.starts_at.astimezone(LONDON)
        preset |= {"on": local.date(), "at": clock_time(before.starts_at)}
    form = FirstVisitForm(data=preset)
    form.staff.choices = [("", "Choose"), *((str(one.id), one.name) for one in staff)]
    if before is None:
        del form.note
    return form


def _plan(match_id: uuid.UUID, form: FirstVisitForm) -> None:
    first_visits.plan(
        get_session(),
        current_account(),
        match_id,
        starts_at=datetime.combine(form.on.data, form.clock, LONDON),
        staff_id=uuid.UUID(form.staff.data),
        note=(form.note.data or "") if "note" in form else "",
        now=utc_now(),
        today=today(),
        base_url=current_settings().base_url,
    )
