"""A family's sessions: when it meets its coach, and saying that it cannot come."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.extensions import current_settings
from peerapp.forms.checks import ConfirmForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import session_changes, session_openings, sessions

bp = Blueprint("family_sessions", __name__, url_prefix="/family/sessions")


@bp.get("/")
def list_sessions() -> str:
    ahead = sessions.list_for_family(get_session(), current_account(), utc_now())
    return render_template("family_sessions/list.html", ahead=ahead)


@bp.get("/of/<uuid:match_id>/<any(times, link):what>/still")
def still_shown(match_id: uuid.UUID, what: str) -> tuple[str, int]:
    """Answer an open page: 204 while the family may see when, or by which link, the two meet."""
    ask = session_openings.shows_times if what == "times" else session_openings.shows_link
    return "", 204 if ask(get_session(), current_account(), match_id, utc_now()) else 410


@bp.route("/<uuid:session_id>/cannot-come", methods=["GET", "POST"])
def cannot_come(session_id: uuid.UUID) -> ResponseReturnValue:
    session, actor, now = get_session(), current_account(), utc_now()
    one = sessions.find_open_for_family(session, actor, session_id, now)
    form = ConfirmForm()
    if form.validate_on_submit():
        session_changes.call_off_as_family(
            session, actor, session_id, now, current_settings().base_url
        )
        flash("Thank you. We have told your coach.", "success")
        return redirect(url_for(".list_sessions"))
    return render_template("family_sessions/cannot_come.html", form=form, one=one)
