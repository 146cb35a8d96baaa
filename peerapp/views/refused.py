"""Accounts that were refused many pages, for managers: what it means, and what to do."""

from __future__ import annotations

from flask import Blueprint, render_template

from peerapp.db import get_session
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import refused_access

bp = Blueprint("refused", __name__, url_prefix="/staff/refused")


@bp.get("/")
def list_patterns() -> str:
    found = refused_access.list_patterns(get_session(), current_account(), utc_now())
    return render_template("refused/list.html", found=found)
