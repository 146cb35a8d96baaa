"""A family's own pages: where things stand, and how to reach its coach."""

from __future__ import annotations

from flask import Blueprint, render_template

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.permissions import current_account
from peerapp.services import contacts

bp = Blueprint("family", __name__, url_prefix="/family")


@bp.get("/")
def home() -> str:
    session, actor = get_session(), current_account()
    return render_template(
        "family/home.html",
        family=contacts.own_family(session, actor),
        has_contact=contacts.has_coach_contact(session, actor, today()),
        summary=contacts.safe_contact_summary(session, actor),
    )


@bp.get("/coach")
def coach() -> str:
    session, actor = get_session(), current_account()
    contact = contacts.coach_contact_for_family(session, actor, today())
    ledger = contacts.family_ledger(session, actor) if contact else []
    return render_template("family/coach.html", contact=contact, ledger=ledger)


@bp.get("/safe-contact")
def safe_contact() -> str:
    summary = contacts.safe_contact_summary(get_session(), current_account())
    return render_template("family/safe_contact.html", summary=summary)
