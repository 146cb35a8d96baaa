"""Staff's pages of claims: approve or send back, and files for whoever pays."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.domain.expenses import needs_receipt
from peerapp.enums import ClaimState, Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.expenses import ApproveClaimForm, ReturnClaimForm
from peerapp.forms.two_person_requests import AskExportForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import bulk_exports, expense_exports, expenses
from peerapp.views.parsing import member_or_none, page_number
from peerapp.views.refusals import show_refusals

bp = Blueprint("expense_claims", __name__, url_prefix="/staff/expenses")

SHOWN = (ClaimState.SENT, ClaimState.APPROVED, ClaimState.RETURNED)


@bp.get("/")
def list_claims() -> str:
    session, actor = get_session(), current_account()
    state = member_or_none(ClaimState, request.args.get("state")) or ClaimState.SENT
    page = page_number(request.args.get("page"))
    rows, pages = expenses.list_claims(session, actor, state, page)
    return render_template(
        "expense_claims/list.html",
        rows=rows,
        page=page,
        pages=pages,
        state=state,
        counts={one: expenses.count_claims(session, actor, one) for one in SHOWN},
        to_pay=expense_exports.to_pay(session, actor),
    )


@bp.get("/<uuid:claim_id>")
def show(claim_id: uuid.UUID) -> str:
    return _claim_page(claim_id, ApproveClaimForm(), ReturnClaimForm())


def _claim_page(claim_id: uuid.UUID, approving: ApproveClaimForm, back: ReturnClaimForm) -> str:
    actor = current_account()
    claim = expenses.get_claim(get_session(), actor, claim_id)
    return render_template(
        "expense_claims/show.html",
        claim=claim,
        form=back if back.errors else approving,
        approving=approving,
        back=back,
        needs_receipt=needs_receipt(claim.kind),
        may_decide=actor.role == Role.COORDINATOR and claim.state == ClaimState.SENT,
    )


@bp.post("/<uuid:claim_id>/approve")
def approve(claim_id: uuid.UUID) -> ResponseReturnValue:
    form = ApproveClaimForm()
    if form.validate_on_submit():
        seen, base_url = bool(form.receipt_seen.data), current_settings().base_url
        try:
            expenses.approve(
                get_session(), current_account(), claim_id, receipt_seen=seen, base_url=base_url
            )
            flash("The claim is approved. It will be in the next payment file.", "success")
            return redirect(url_for(".list_claims"))
        except Refused as refused:
            show_refusals(form, refused)
    return _claim_page(claim_id, form, ReturnClaimForm(formdata=None)), 422


@bp.post("/<uuid:claim_id>/send-back")
def send_back(claim_id: uuid.UUID) -> ResponseReturnValue:
    form = ReturnClaimForm()
    if form.validate_on_submit():
        given = form.reason.data or "", current_settings().base_url
        try:
            expenses.send_back(get_session(), current_account(), claim_id, *given)
            flash("The claim is sent back, and the coach is told.", "success")
            return redirect(url_for(".list_claims"))
        except Refused as refused:
            show_refusals(form, refused)
    return _claim_page(claim_id, ApproveClaimForm(formdata=None), form), 422


@bp.get("/files/")
def list_files() -> str:
    session, actor = get_session(), current_account()
    return render_template(
        "expense_claims/files.html",
        rows=expense_exports.list_exports(session, actor),
        to_pay=expense_exports.to_pay(session, actor),
    )


@bp.post("/files/new")
def make_file() -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        expense_exports.make(get_session(), current_account())
        flash("The payment file is made. Ask for it below.", "success")
    return redirect(url_for(".list_files"))


@bp.route("/files/<uuid:export_id>", methods=["GET", "POST"])
def ask_for_file(export_id: uuid.UUID) -> ResponseReturnValue:
    """Ask a second person; they agree on a page of their own, and the file is fetched there."""
    session, account = get_session(), current_account()
    expense_exports.get_export(session, account, export_id)
    form = AskExportForm()
    if form.validate_on_submit():
        given = form.reason.data or "", utc_now(), current_settings().base_url
        try:
            asked = bulk_exports.ask_for_payment_file(session, account, export_id, *given)
            flash("Those who may agree have been told.", "success")
            return redirect(url_for("two_person_requests.show", request_id=asked.id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("expense_claims/ask_for_file.html", form=form)
    return page, 422 if form.errors or form.form_errors else 200
