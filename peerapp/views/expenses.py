"""A coach's claims for miles and money."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import LONDON, today
from peerapp.db import get_session
from peerapp.domain.expenses import ClaimDetails
from peerapp.enums import ExpenseKind
from peerapp.errors import Refused
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.expenses import ClaimForm, pence_of, tenths_of
from peerapp.models import CoachingSession, utc_now
from peerapp.permissions import current_account
from peerapp.services import expenses
from peerapp.services.schemes import get_scheme
from peerapp.views.parsing import uuid_or_none
from peerapp.views.refusals import show_refusals

bp = Blueprint("expenses", __name__, url_prefix="/volunteer/expenses")


@bp.get("/")
def list_own() -> str:
    session = get_session()
    mine = expenses.list_own(session, current_account())
    return render_template("expenses/list.html", mine=mine, scheme=get_scheme(session))


@bp.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    session_id = uuid_or_none(request.args.get("session"))
    form = ClaimForm(data=_suggested(expenses.find_session(session, actor, session_id, utc_now())))
    if form.validate_on_submit():
        try:
            expenses.send(session, actor, _details(form), today(), session_id)
            flash("Your claim is with your coordinator.", "success")
            return redirect(url_for(".list_own"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("expenses/new.html", form=form, scheme=get_scheme(session))
    return page, 422 if form.errors else 200


def _suggested(one: CoachingSession | None) -> dict[str, object]:
    """Return what a claim for a session most likely says."""
    if one is None:
        return {"spent_on": today()}
    day = one.starts_at.astimezone(LONDON).date()
    return {"spent_on": day, "kind": ExpenseKind.CAR.value, "purpose": "Visit"}


def _details(form: ClaimForm) -> ClaimDetails:
    return ClaimDetails(
        kind=ExpenseKind(form.kind.data),
        spent_on=form.spent_on.data,
        tenths=tenths_of(form.miles.data) if form.by_mile else None,
        pence=None if form.by_mile else pence_of(form.amount.data),
        purpose=form.purpose.data or "",
    )


@bp.post("/<uuid:claim_id>/withdraw")
def withdraw(claim_id: uuid.UUID) -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        expenses.withdraw(get_session(), current_account(), claim_id)
        flash("Your claim is withdrawn.", "success")
    return redirect(url_for(".list_own"))
