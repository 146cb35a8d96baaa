"""A coach's own matches: little before the introduction, the safe contact after it."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.permissions import current_account
from peerapp.services import (
    contacts,
    cover_contacts,
    end_surveys,
    first_visits,
    match_endings,
    match_offers,
)
from peerapp.views import match_wording

bp = Blueprint("coaching", __name__, url_prefix="/volunteer/matches")


@bp.get("/")
def list_matches() -> str:
    session, actor = get_session(), current_account()
    return render_template(
        "coaching/list.html",
        offers=match_offers.list_own(session, actor, today()),
        profiles=contacts.list_for_coach(session, actor, today()),
        to_answer=end_surveys.list_open(session, actor, today()),
        thanked=end_surveys.list_thanked(session, actor),
        covers=cover_contacts.list_for_backup(session, actor, today()),
    )


@bp.get("/<uuid:match_id>")
def show(match_id: uuid.UUID) -> str:
    session, actor = get_session(), current_account()
    view = contacts.get_coach_view(session, actor, match_id, today())
    ledger = contacts.coach_ledger(session, actor, match_id) if view.contact else []
    visit = first_visits.for_coach(session, actor, match_id)
    last = match_endings.last_session_for_coach(session, actor, match_id, today())
    values = {"ledger": ledger, "visit": visit, "last_session": last}
    return render_template("coaching/show.html", view=view, **values)


@bp.get("/<uuid:match_id>/still")
def still_shown(match_id: uuid.UUID) -> tuple[str, int]:
    """Answer an open page: 204 while the coach may see the family's contact details."""
    shown = contacts.has_family_contact(get_session(), current_account(), match_id, today())
    return "", 204 if shown else 410


@bp.get("/ledger")
def ledger() -> str:
    """Who has looked at contact details, in every match of the coach."""
    entries = contacts.own_ledger(get_session(), current_account())
    return render_template("coaching/ledger.html", ledger=entries, wording=match_wording)
