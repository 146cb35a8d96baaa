"""Passkeys: questions for the browser as JSON, and forms that carry its answers back."""

from __future__ import annotations

import uuid

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from peerapp import factor_gate
from peerapp.db import get_session, keep_changes
from peerapp.enums import FactorKind, SignedInBy
from peerapp.errors import Refused
from peerapp.extensions import current_settings, limiter
from peerapp.factor_gate import current_login
from peerapp.forms.auth import SignInForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import passkeys, second_factors
from peerapp.services.passkeys import Asked
from peerapp.views.auth import home_of, next_page, sign_in_page, start

bp = Blueprint("passkeys", __name__, url_prefix="/second-factor/passkeys")


def _ask(asked: Asked) -> Response:
    """Send a question to the browser; its challenge is kept here, under an id in its session."""
    factor_gate.keep_challenge(asked.challenge_id)
    return current_app.response_class(asked.options, mimetype="application/json")


@bp.post("/options-to-add")
@limiter.limit("30 per minute")
def ask_for_new() -> ResponseReturnValue:
    base_url = current_settings().base_url
    return _ask(passkeys.ask_for_new(get_session(), current_login(), base_url, utc_now()))


@bp.post("/add")
def add() -> ResponseReturnValue:
    login, answer = current_login(), request.form.get("factor_passkey", "")
    name, base_url = request.form.get("name", ""), current_settings().base_url
    challenge = factor_gate.take_challenge()
    try:
        secret = passkeys.add(get_session(), login, challenge, answer, name, base_url, utc_now())
    except Refused as refused:
        keep_changes()
        flash(refused.refusals[0].message, "error")
        return redirect(url_for("second_factors.set_up", next=next_page()))
    factor_gate.enter(login, secret)
    flash("Your passkey is set up.", "success")
    return redirect(url_for("second_factors.recovery_codes_page", next=next_page()))


@bp.post("/options-to-confirm")
@limiter.limit("30 per minute")
def ask_for_factor() -> ResponseReturnValue:
    base_url = current_settings().base_url
    return _ask(passkeys.ask_for_factor(get_session(), current_login(), base_url, utc_now()))


@bp.post("/options-to-sign-in")
@limiter.limit("30 per minute")
def ask_for_sign_in() -> ResponseReturnValue:
    base_url = current_settings().base_url
    return _ask(passkeys.ask_for_sign_in(get_session(), base_url, utc_now()))


@bp.post("/sign-in")
@limiter.limit("30 per minute")
def sign_in() -> ResponseReturnValue:
    """Sign somebody in by a passkey alone: it is what they have, and asks for what they are."""
    answer, base_url = request.form.get("factor_passkey", ""), current_settings().base_url
    try:
        account = passkeys.sign_in(
            get_session(), factor_gate.take_challenge(), answer, base_url, utc_now()
        )
    except Refused as refused:
        keep_changes()
        flash(refused.refusals[0].message, "error")
        return sign_in_page(SignInForm(formdata=None)), 422
    start(account.id, SignedInBy.PASSKEY)
    login = current_login()
    kind, now = FactorKind.PASSKEY, utc_now()
    factor_gate.enter(login, second_factors.pass_factor(get_session(), login, kind, now))
    return redirect(next_page() or home_of(account))


@bp.route("/<uuid:passkey_id>/remove", methods=["GET", "POST"])
def remove(passkey_id: uuid.UUID) -> ResponseReturnValue:
    if request.method != "POST":
        found = second_factors.get_passkey(get_session(), current_account(), passkey_id)
        return render_template("second_factors/remove.html", passkey=found)
    base_url = current_settings().base_url
    second_factors.remove_passkey(get_session(), current_login(), passkey_id, base_url)
    flash("The passkey is removed.", "success")
    return redirect(url_for("second_factors.show"))
