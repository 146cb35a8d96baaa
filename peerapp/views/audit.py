"""The audit trail, for auditors."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from peerapp.db import get_session
from peerapp.services import audit
from peerapp.views.parsing import page_number

bp = Blueprint("audit", __name__, url_prefix="/staff/audit")


@bp.get("/")
def list_events() -> str:
    page = page_number(request.args.get("page"))
    events, more = audit.list_events(get_session(), page=page)
    return render_template("audit/list.html", events=events, page=page, more=more)
