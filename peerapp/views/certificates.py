"""The board of all certificates, its file, and the text of the consent to status checks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import BoardState
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.consents import ConsentTextForm
from peerapp.forms.two_person_requests import AskExportForm
from peerapp.models import utc_now
from peerapp.permissions import ROUTES, current_account
from peerapp.services import bulk_exports, certificate_board, consents, volunteers
from peerapp.services.certificate_board import UPDATE_SERVICE, Filters
from peerapp.views.parsing import edition_number, member_or_none, page_number, uuid_or_none
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
    """Explain what the file holds, and ask a second person for it."""
    session, account = get_session(), current_account()
    filters, form = _filters(request.args), AskExportForm()
    if form.validate_on_submit():
        given = form.reason.data or "", utc_now(), current_settings().base_url
        try:
            asked = bulk_exports.ask_for_certificates(session, account, filters, *given)
            flash("Those who may agree have been told.", "success")
            return redirect(url_for("two_person_requests.show", request_id=asked.id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("certificates/export.html", form=form, values=_values(filters))
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/consent-text", methods=["GET", "POST"])
def consent_text() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    current = consents.current_text(session)
    form = ConsentTextForm(data={"seen_version": current.version, "text": current.text})
    if form.validate_on_submit():
        seen = edition_number(form.seen_version.data)
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
