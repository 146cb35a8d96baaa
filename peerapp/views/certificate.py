"""The volunteer's own page about the DBS certificate, the Update Service and status checks."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.checks import ConfirmForm, JoinForm
from peerapp.forms.consents import ConsentForm
from peerapp.permissions import current_account
from peerapp.services import consents, own_certificates, subscriptions
from peerapp.views.parsing import edition_number
from peerapp.views.refusals import show_refusals

bp = Blueprint("certificate", __name__, url_prefix="/volunteer/certificate")


@bp.get("/")
def show() -> str:
    own = own_certificates.get_own(get_session(), current_account(), today())
    return render_template("certificate/show.html", own=own)


@bp.route("/consent", methods=["GET", "POST"])
def consent() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    own = own_certificates.get_own(session, account, today())
    text = consents.current_text(session)
    form = ConsentForm(data={"version": text.version})
    if form.validate_on_submit():
        try:
            version = edition_number(form.version.data)
            consents.give(session, account, version, form.typed_name.data or "")
            return _done("Thank you. You have agreed to status checks.")
        except Refused as refused:
            show_refusals(form, refused)
            form.version.data = str(text.version)
    page = render_template("certificate/consent.html", form=form, own=own, text=text)
    return page, 422 if form.errors else 200


@bp.route("/consent/withdraw", methods=["GET", "POST"])
def withdraw_consent() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    own = own_certificates.get_own(session, account, today())
    if own.consent is None:
        return redirect(url_for("certificate.show"))
    form = ConfirmForm()
    if form.validate_on_submit():
        consents.withdraw(session, account, current_settings().base_url)
        return _done("You have taken back your consent. We will not ask DBS any more.")
    consequences = own_certificates.withdrawal_consequences(own)
    return render_template("certificate/withdraw.html", form=form, consequences=consequences)


@bp.route("/joined", methods=["GET", "POST"])
def join() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    own = own_certificates.get_own(session, account, today())
    form = JoinForm()
    if form.validate_on_submit():
        try:
            subscriptions.join_own(session, account, form.joined_on.data, today())
            return _done("Thank you. We know now that you are in the Update Service.")
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("certificate/join.html", form=form, own=own)
    return page, 422 if form.errors else 200


@bp.post("/renewed")
def renew() -> ResponseReturnValue:
    if ConfirmForm().validate_on_submit():
        subscriptions.renew_own(get_session(), current_account(), today())
    return _done("Thank you. We know now that you have renewed it.")


def _done(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("certificate.show"))
