"""A coach's own matches: little before the introduction, the safe contact after it."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.permissions import current_account
from peerapp.services import contacts, end_surveys, first_visits, match_endings, match_offers

bp = Blueprint("coaching", __name__, url_prefix="/volunteer/matches")


@bp.get("/")
def list_matches() -> str:
    session, actor = get_session(), current_account()
    return render_template(
        "coaching/list.html",
        offers=match_offers.list_own(session, actor, today()),
        profiles=contacts.list_for_coach(session, actor),
        to_answer=end_surveys.list_open(session, actor, today()),
        thanked=end_surveys.list_thanked(session, actor),
    )


@bp.get("/<uuid:match_id>")
def show(match_id: uuid.UUID) -> str:
    session, actor = get_session(), current_account()
    view = contacts.get_coach_view(session, actor, match_id, today())
    ledger = contacts.coach_ledger(session, actor, match_id) if view.contact else []
    visit = first_visits.for_coach(session, actor, match_id)
    last = match_endings.last_session_for_coach(session, actor, match_id)
    values = {"ledger": ledger, "visit": visit, "last_session": last}
    return render_template("coaching/show.html", view=view, **values)
