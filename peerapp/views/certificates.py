"""The board of all certificates, its file, and the text of the consent to status checks."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import BoardState
from peerapp.errors import Refused
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.consents import ConsentTextForm
from peerapp.permissions import ROUTES, current_account
from peerapp.services import certificate_board, consents, volunteers
from peerapp.services.certificate_board import UPDATE_SERVICE, Filters
from peerapp.views.parsing import member_or_none, page_number, uuid_or_none
from peerapp.views.refusals import show_refusals

bp = Blueprint("certificates", __name__, url_prefix="/staff/certificates")


@bp.get("/")
def board() -> str:
    session, account = get_session(), current_account()
    filters, page = _filters(request.args), page_number(request.args.get("page"))
    return render_template(
        "certificates/board.html",
        board=certificate_board.get_board(session, account, filters, today(), page),
        filters=filters,
        page=page,
        states=list(BoardState),
        services=UPDATE_SERVICE,
        localities=volunteers.list_localities(session, account),
        values=_values(filters),
        may_write_consent=ROUTES["certificates.consent_text"].who(account),
        may_decide_risk=ROUTES["risk_assessments.list_assessments"].who(account),
    )


def _filters(given: MultiDict[str, str]) -> Filters:
    service = given.get("update_service", "")
    return Filters(
        state=member_or_none(BoardState, given.get("state")),
        locality_id=uuid_or_none(given.get("locality")),
        update_service=service if service in UPDATE_SERVICE else "",
    )


def _values(filters: Filters) -> dict[str, str]:
    """Return the filters as an address or a form carries them."""
    given = {
        "state": filters.state.value if filters.state else "",
        "locality": str(filters.locality_id or ""),
        "update_service": filters.update_service,
    }
    return {name: value for name, value in given.items() if value}


@bp.route("/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """Explain what the file holds; the button makes it."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        values = _values(_filters(request.args))
        return render_template("certificates/export.html", form=form, values=values)
    session, account = get_session(), current_account()
    text = certificate_board.export(session, account, _filters(request.form), today())
    name = f"certificates-{today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), mimetype="text/csv", headers=headers)


@bp.route("/consent-text", methods=["GET", "POST"])
def consent_text() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    current = consents.current_text(session)
    form = ConsentTextForm(data={"seen_version": current.version, "text": current.text})
    if form.validate_on_submit():
        seen = page_number(form.seen_version.data)
        again = form.asks_again.data == "yes"
        try:
            consents.write_text(session, account, form.text.data or "", seen, asks_again=again)
            flash("The new text is in use.", "success")
            return redirect(url_for("certificates.consent_text"))
        except Refused as refused:
            show_refusals(form, refused)
            form.seen_version.data = str(current.version)
    page = render_template("certificates/consent_text.html", form=form, current=current)
    return page, 422 if form.errors else 200
