"""A coach's own matches: little before the introduction, the safe contact after it."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.permissions import current_account
from peerapp.services import contacts

bp = Blueprint("coaching", __name__, url_prefix="/volunteer/matches")


@bp.get("/")
def list_matches() -> str:
    profiles = contacts.list_for_coach(get_session(), current_account())
    return render_template("coaching/list.html", profiles=profiles)


@bp.get("/<uuid:match_id>")
def show(match_id: uuid.UUID) -> str:
    session, actor = get_session(), current_account()
    view = contacts.get_coach_view(session, actor, match_id, today())
    ledger = contacts.coach_ledger(session, actor, match_id) if view.contact else []
    return render_template("coaching/show.html", view=view, ledger=ledger)
