"""Who looked at the record of whoever is signed in, and what happened to their account."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from peerapp.db import get_session
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import own_trail
from peerapp.views.parsing import page_number

bp = Blueprint("own_trail", __name__, url_prefix="/your-account")


@bp.get("/who-looked")
def looks() -> str:
    page = page_number(request.args.get("page"))
    found, more = own_trail.list_looks(get_session(), current_account(), utc_now(), page)
    return render_template("own_trail/looks.html", looks=found, more=more, page=page)


@bp.get("/sign-ins")
def events() -> str:
    found = own_trail.list_own_events(get_session(), current_account())
    return render_template("own_trail/events.html", events=found)
