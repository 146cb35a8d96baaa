"""Second factors: giving one, setting them up, recovery codes, taking them away."""

from __future__ import annotations

from textwrap import wrap

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from peerapp import factor_gate
from peerapp.db import get_session, keep_changes
from peerapp.enums import Role
from peerapp.errors import NotFound, Refused
from peerapp.extensions import current_box, current_settings, limiter
from peerapp.factor_gate import current_login
from peerapp.forms.second_factors import CodeForm, RecoveryForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import authenticator_apps, recovery_codes, second_factors
from peerapp.views.auth import home_of, next_page

bp = Blueprint("second_factors", __name__, url_prefix="/second-factor")


def _go_on() -> ResponseReturnValue:
    return redirect(next_page() or home_of(current_login().account))


@bp.route("/code", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def code() -> ResponseReturnValue:
    """Ask for the second factor: after the password, and again before sensitive acts."""
    factors = second_factors.get_factors(get_session(), current_login().account)
    if not factors.has_any:
        return _without_factor()
    form = CodeForm()
    if form.holds_proof():
        errors = factor_gate.prove(request.form)
        if not errors:
            return _go_on()
        form.show(errors)
    page = render_template(
        "second_factors/code.html",
        form=form,
        factors=factors,
        demo_code=factor_gate.demo_code(),
        is_staff=current_login().account.is_staff,
        target=next_page(),
    )
    return page, 422 if request.method == "POST" else 200


def _without_factor() -> ResponseReturnValue:
    """Have a factor set up where it is due; else signing in again proves as much."""
    if factor_gate.is_half_open():
        return redirect(url_for("second_factors.set_up", next=next_page()))
    return render_template("second_factors/sign_in_again.html", target=next_page())


@bp.route("/recovery-code", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def recovery_code() -> ResponseReturnValue:
    form = RecoveryForm()
    login, session = current_login(), get_session()
    if form.validate_on_submit():
        given, base_url = form.recovery_code.data, current_settings().base_url
        try:
            secret = recovery_codes.use_code(session, login, given, utc_now(), base_url)
        except Refused as refused:
            keep_changes()
            form.recovery_code.errors = [one.message for one in refused.refusals]
        else:
            factor_gate.enter(login, secret)
            flash("You are signed in. That recovery code is used up.", "success")
            return redirect(url_for("second_factors.show"))
    page = render_template("second_factors/recovery_code.html", form=form, target=next_page())
    return page, 422 if form.errors else 200


@bp.get("/")
def show() -> str:
    factors = second_factors.get_factors(get_session(), current_account())
    return render_template("second_factors/show.html", factors=factors)


@bp.get("/set-up")
def set_up() -> str:
    factors = second_factors.get_factors(get_session(), current_login().account)
    return render_template(
        "second_factors/set_up.html",
        factors=factors,
        discreet=current_login().account.role is Role.FAMILY,
        target=next_page(),
    )


@bp.post("/app/start")
def start_app() -> ResponseReturnValue:
    authenticator_apps.start_app(get_session(), current_login())
    return redirect(url_for("second_factors.app", next=next_page()))


@bp.route("/app", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def app() -> ResponseReturnValue:
    """Show the secret of the app that is being set up, and take its first code."""
    login, session = current_login(), get_session()
    form = CodeForm()
    if form.validate_on_submit():
        given, base_url = form.factor_code.data, current_settings().base_url
        try:
            secret = authenticator_apps.confirm_app(
                session, login, given, current_box(), utc_now(), base_url
            )
        except Refused as refused:
            form.factor_code.errors = [one.message for one in refused.refusals]
        else:
            factor_gate.enter(login, secret)
            flash("Your authenticator app is set up.", "success")
            return redirect(url_for("second_factors.recovery_codes_page", next=next_page()))
    try:
        begun = authenticator_apps.get_begun(session, login, current_box())
    except NotFound:
        return redirect(url_for("second_factors.set_up", next=next_page()))
    page = render_template(
        "second_factors/app.html",
        form=form,
        key=" ".join(wrap(begun.secret, 4)),
        picture=Markup(begun.picture),  # made by us, of an address
        demo_code=factor_gate.demo_code(begun=True),
        discreet=login.account.role is Role.FAMILY,
        target=next_page(),
    )
    return page, 422 if form.errors else 200


@bp.route("/app/remove", methods=["GET", "POST"])
def remove_app() -> ResponseReturnValue:
    if request.method != "POST":
        return render_template("second_factors/remove.html", passkey=None)
    second_factors.remove_app(get_session(), current_login(), current_settings().base_url)
    flash("The authenticator app is removed.", "success")
    return redirect(url_for("second_factors.show"))


@bp.route("/recovery-codes", methods=["GET", "POST"])
def recovery_codes_page() -> ResponseReturnValue:
    """Make ten codes on request, and show them in the answer: nowhere else, never again."""
    if request.method != "POST":
        factors = second_factors.get_factors(get_session(), current_account())
        return render_template(
            "second_factors/recovery_codes.html", factors=factors, codes=(), target=next_page()
        )
    login, base_url = current_login(), current_settings().base_url
    codes = recovery_codes.make_codes(get_session(), login, base_url)
    return render_template(
        "second_factors/recovery_codes.html",
        factors=None,
        codes=codes,
        target=next_page() or home_of(login.account),
    )
