"""What is kept and for how long; legal holds."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.forms.checks import ConfirmForm
from peerapp.forms.rights import HoldForm, LiftHoldForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import legal_holds, retention
from peerapp.views.refusals import show_refusals

bp = Blueprint("retention", __name__, url_prefix="/staff/retention")


@bp.get("/")
def show() -> str:
    session, account = get_session(), current_account()
    return render_template(
        "retention/show.html",
        classes=retention.preview(session, account, today()),
        runs=retention.list_runs(session, account),
        titles={one.code: one.title for one in retention.CLASSES},
    )


@bp.post("/run")
def run() -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        report = retention.run(get_session(), current_account(), today(), utc_now())
        flash(f"Done. Records deleted or emptied: {sum(report.counts.values())}.", "success")
    return redirect(url_for(".show"))


@bp.get("/holds/")
def list_holds() -> str:
    holds = legal_holds.list_holds(get_session(), current_account())
    return render_template("retention/holds.html", holds=holds, today=today())


@bp.route("/holds/new", methods=["GET", "POST"])
def new_hold() -> ResponseReturnValue:
    form = HoldForm()
    if form.validate_on_submit():
        given = form.reference.data or "", form.reason.data or "", form.review_on.data, today()
        try:
            legal_holds.set_hold(get_session(), current_account(), *given)
            flash("The hold stands: nothing of this person is deleted.", "success")
            return redirect(url_for(".list_holds"))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("retention/new_hold.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
def lift_hold(hold_id: uuid.UUID) -> ResponseReturnValue:
    form = LiftHoldForm()
    hold = legal_holds.get_hold(get_session(), current_account(), hold_id)
    if form.validate_on_submit():
        given = hold_id, form.why.data or "", utc_now()
        legal_holds.lift(get_session(), current_account(), *given)
        flash("The hold is lifted.", "success")
        return redirect(url_for(".list_holds"))
    page = render_template("retention/lift_hold.html", form=form, hold=hold)
    return page, 422 if form.errors else 200
