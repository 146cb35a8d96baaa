"""The first page of staff: what waits for them."""

from __future__ import annotations

from flask import Blueprint, render_template

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import Role
from peerapp.permissions import current_account
from peerapp.services import dashboard

bp = Blueprint("dashboard", __name__, url_prefix="/staff")


@bp.get("/")
def home() -> str:
    account = current_account()
    if account.role == Role.AUDITOR:
        return render_template("dashboard/auditor.html")
    waiting = dashboard.whats_waiting(get_session(), account, today())
    return render_template("dashboard/home.html", waiting=waiting, account=account)
