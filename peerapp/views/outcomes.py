"""What has helped, counted, and its file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.forms.checks import ConfirmForm
from peerapp.permissions import current_account
from peerapp.services import outcomes

bp = Blueprint("outcomes", __name__, url_prefix="/staff/outcomes")


@bp.get("/")
def show() -> str:
    found = outcomes.get_outcomes(get_session(), today())
    return render_template("outcomes/show.html", found=found)


@bp.route("/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """Explain what the file holds; the button makes it."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("outcomes/export.html", form=form)
    text = outcomes.export(get_session(), current_account(), today())
    headers = {"Content-Disposition": f'attachment; filename="outcomes-{today().isoformat()}.csv"'}
    return Response(text.encode(), mimetype="text/csv", headers=headers)
