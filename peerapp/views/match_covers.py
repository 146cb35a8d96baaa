"""Backup coaches: named and called in by coordinators, and what a backup sees."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import AgreementMethod
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.match_covers import BackupForm, StepInForm
from peerapp.models import Match, MatchCover
from peerapp.permissions import current_account
from peerapp.services import breaks, cover_contacts, match_covers, matches
from peerapp.views.refusals import show_refusals
from peerapp.wording import miles

bp = Blueprint("match_covers", __name__)

STAFF = "/staff/matches/<uuid:match_id>"


@bp.route(f"{STAFF}/backup", methods=["GET", "POST"])
def name_backup(match_id: uuid.UUID) -> ResponseReturnValue:
    """Name a backup coach, with the yes of both."""
    session, actor = get_session(), current_account()
    match = matches.get_match(session, actor, match_id)
    form = BackupForm()
    found = match_covers.list_candidates(session, actor, match, today())
    form.volunteer.choices = [
        (str(one.id), one.name, f"{miles(match_covers.metres_apart(match, one))} away")
        for one in found[:20]
    ]
    if form.validate_on_submit():
        try:
            match_covers.arrange(
                session,
                actor,
                match_id,
                volunteer_id=uuid.UUID(form.volunteer.data),
                coach_agreed_how=AgreementMethod(form.coach_agreed_how.data),
                family_agreed_how=AgreementMethod(form.family_agreed_how.data),
                today=today(),
            )
        except Refused as refused:
            show_refusals(form, refused)
        else:
            flash("The backup coach is named. They see nothing until they step in.", "success")
            return redirect(url_for("matches.show", match_id=match_id))
    page = render_template("match_covers/backup.html", match=match, form=form, found=found)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route(f"{STAFF}/step-in", methods=["GET", "POST"])
def step_in(match_id: uuid.UUID) -> ResponseReturnValue:
    """Say from when to when the backup coach steps in."""
    match = matches.get_match(get_session(), current_account(), match_id)
    cover = match_covers.standing_cover(match)
    form = StepInForm(data=_days(match, cover))
    if form.validate_on_submit():
        try:
            match_covers.step_in(
                get_session(),
                current_account(),
                match_id,
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                today=today(),
                base_url=current_settings().base_url,
            )
        except Refused as refused:
            show_refusals(form, refused)
        else:
            flash("The backup coach steps in. Both are told that there is news.", "success")
            return redirect(url_for("matches.show", match_id=match_id))
    page = render_template("match_covers/step_in.html", match=match, form=form, cover=cover)
    return page, 422 if form.errors or form.form_errors else 200


def _days(match: Match, cover: MatchCover | None) -> dict[str, object]:
    """Return what the form starts with: the days that stand, or when the coach is away."""
    if cover is not None and cover.starts_on is not None:
        return {"starts_on": cover.starts_on, "ends_on": cover.ends_on}
    away = breaks.next_break(get_session(), match.volunteer)
    if away is None:
        return {}
    return {"starts_on": max(away.starts_on, today()), "ends_on": away.ends_on}


@bp.post(f"{STAFF}/backup/stop")
def stop(match_id: uuid.UUID) -> ResponseReturnValue:
    match_covers.stop(get_session(), current_account(), match_id)
    flash("The match has no backup coach any more.", "success")
    return redirect(url_for("matches.show", match_id=match_id))


@bp.get("/volunteer/covers/<uuid:cover_id>")
def show(cover_id: uuid.UUID) -> str:
    """What a backup coach may know of the family."""
    found = cover_contacts.for_backup(get_session(), current_account(), cover_id, today())
    cover, profile, contact = found
    return render_template("match_covers/show.html", cover=cover, profile=profile, contact=contact)


@bp.get("/volunteer/covers/<uuid:cover_id>/still")
def still_shown(cover_id: uuid.UUID) -> tuple[str, int]:
    """Answer an open page: 204 while a backup coach may see the family's contact details."""
    shown = cover_contacts.is_shown_to_backup(get_session(), current_account(), cover_id, today())
    return "", 204 if shown else 410
