"""The own account: its password, how one signs in, and where one is signed in."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from peerapp.db import get_session
from peerapp.errors import TooManyTries
from peerapp.extensions import current_settings, limiter
from peerapp.forms.auth import ChangePasswordForm, LinkChoiceForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import calendar_addresses, own_accounts
from peerapp.services import sign_in as sessions
from peerapp.views import new_passwords, tries

bp = Blueprint("account", __name__, url_prefix="/account")
WRONG = "This is not your password"
YES, NO = "yes", "no"


def idle_limits() -> tuple[timedelta, timedelta]:
    """Return how long a session may idle: anybody's, and staff's."""
    settings = current_settings()
    return (
        timedelta(minutes=settings.idle_minutes),
        timedelta(minutes=settings.staff_idle_minutes),
    )


@bp.get("/")
def show() -> str:
    return render_template("account/show.html", account=current_account())


@bp.route("/password", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def password() -> ResponseReturnValue:
    """Change the own password; the present one is asked for, as somebody else may sit here."""
    session, account = get_session(), current_account()
    form, minimum = ChangePasswordForm(), new_passwords.minimum_of(account)
    if form.validate_on_submit():
        errors = new_passwords.errors_of(form.password.data, account)
        if errors:
            form.password.errors = errors
        elif _is_own_password(form):
            own_accounts.change_password(
                session,
                current_account(),
                form.password.data,
                current_user.get_id(),
                current_settings().base_url,
            )
            flash("Your password is changed. Every other browser is signed out.", "success")
            return redirect(url_for(".show"))
    page = render_template("account/password.html", form=form, minimum=minimum, email=account.email)
    return page, 422 if form.errors else 200


def _is_own_password(form: ChangePasswordForm) -> bool:
    """Say whether the present password is right; wrong ones are counted, and soon one waits."""
    account = current_account()
    try:
        with tries.counted(tries.own_password_tries(account)) as taken:
            if sessions.is_password(account, form.current.data):
                tries.was_right(taken)
                return True
    except TooManyTries as error:
        form.current.errors = [f"There were too many tries. Wait {tries.in_words(error.wait)}"]
        return False
    form.current.errors = [WRONG]
    return False


@bp.route("/sign-in-link", methods=["GET", "POST"])
def link() -> ResponseReturnValue:
    """Choose whether a link by mail signs one in."""
    account = current_account()
    form = LinkChoiceForm(data={"by_link": YES if account.signs_in_by_link else NO})
    if form.validate_on_submit():
        own_accounts.choose_links(get_session(), account, form.by_link.data == YES)
        flash("Saved.", "success")
        return redirect(url_for(".show"))
    page = render_template("account/link.html", form=form)
    return page, 422 if form.errors else 200


@bp.get("/signed-in")
def signed_in() -> str:
    session, actor = get_session(), current_account()
    found = own_accounts.list_sessions(session, actor, utc_now(), *idle_limits())
    here = own_accounts.this_one(found, current_user.get_id())
    feed = calendar_addresses.find_feed(session, actor)
    return render_template(
        "account/signed_in.html", sessions=found, here=here, has_calendar=feed is not None
    )


@bp.post("/signed-in/<uuid:login_id>/end")
def end_one(login_id: uuid.UUID) -> ResponseReturnValue:
    own_accounts.end_one(get_session(), current_account(), login_id)
    flash("That browser is signed out.", "success")
    return redirect(url_for(".signed_in"))


@bp.post("/signed-in/end-others")
def end_others() -> ResponseReturnValue:
    own_accounts.end_others(get_session(), current_account(), current_user.get_id())
    flash("Every other browser is signed out.", "success")
    return redirect(url_for(".signed_in"))
