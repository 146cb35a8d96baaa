"""Signing up, in and out; links that arrive by mail or from a coordinator's hand."""

from __future__ import annotations

import uuid
from datetime import timedelta
from math import ceil

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from peerapp import refused_requests
from peerapp.db import current_scheme_id, get_database, get_session, write_aside
from peerapp.enums import Role, SignedInBy, TokenPurpose
from peerapp.errors import Refused, TooManyTries
from peerapp.extensions import browser_of, current_settings, limiter
from peerapp.forms.auth import ForgotForm, NewPasswordForm, SignInForm, SignUpForm
from peerapp.models import Account, utc_now
from peerapp.services import accounts, asked_links, known_browsers, tokens
from peerapp.services import sign_in as sessions
from peerapp.services.rows import lock_row
from peerapp.views import browsers, new_passwords, tries

bp = Blueprint("auth", __name__)

SAFE_PAGE = "https://www.bbc.co.uk/weather"
HOMES = {
    Role.VOLUNTEER: "volunteer.home",
    Role.FAMILY: "family.home",
    Role.COORDINATOR: "dashboard.home",
    Role.SAFEGUARDING_LEAD: "dashboard.home",
    Role.MANAGER: "dashboard.home",
    Role.AUDITOR: "dashboard.home",
}
SIGN_IN_FAILED = "The email address or the password is not right"
TOO_MANY = "There were too many tries. Wait {}, or choose a new password by email"


def home_of(account: Account) -> str:
    """Return the address of the page on which an account starts."""
    return url_for(HOMES[account.role])


@bp.route("/sign-in", methods=["GET", "POST"])
@limiter.limit("30 per minute", methods=["POST"])
def sign_in() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(home_of(current_user.account))
    form = SignInForm()
    if form.validate_on_submit():
        try:
            account = _right_account(form.email.data, form.password.data)
        except TooManyTries as error:
            return _wait(form, error.wait)
        if account is not None:
            sessions.renew_hash(get_session(), account.id, form.password.data)
            start(account.id, SignedInBy.PASSWORD)
            return redirect(next_page() or home_of(account))
        refused_requests.note_sign_in(form.email.data)
        form.password.errors = [SIGN_IN_FAILED]
    status = 422 if form.errors or form.password.errors else 200
    return sign_in_page(form), status


def sign_in_page(form: SignInForm) -> str:
    """Render the page on which one signs in, by whatever way there is."""
    council = current_settings().council
    return render_template("auth/sign_in.html", form=form, council=council, target=next_page())


def _right_account(email: str, password: str) -> Account | None:
    """Return the account that may sign in with these; the try is counted before it is made."""
    with tries.counted(tries.sign_in_tries(email)) as taken:
        with get_database().reading(current_scheme_id()) as reading:
            account = sessions.check_credentials(reading, email, password)
        if account is not None:
            tries.was_right(taken)
    return account


def _wait(form: SignInForm, wait: timedelta) -> ResponseReturnValue:
    """Say how long to wait; nothing was tried, so nothing is said about the password."""
    form.password.errors = [TOO_MANY.format(tries.in_words(wait))]
    return sign_in_page(form), 429, {"Retry-After": str(ceil(wait.total_seconds()))}


def start(account_id: uuid.UUID, how: SignedInBy) -> Account:
    """Start a server-side session under a new secret; what the browser held before is ended."""
    settings, now, db_session = current_settings(), utc_now(), get_session()
    if current_user.get_id():
        sessions.end_session(db_session, current_user.get_id())
    account = lock_row(db_session, Account, account_id)
    lifetime, browser = settings.session_lifetime(account.is_staff), browsers.current_browser()
    known = known_browsers.remember(db_session, account, browser, now, settings.base_url)
    secret = sessions.start_session(db_session, account, now, lifetime, known=known, how=how)
    db_session.flush()
    login = sessions.find_session(db_session, secret, now, lifetime)
    if login is None:
        raise RuntimeError("a session that was just started must be there")
    session.clear()
    login_user(browser_of(login, secret))
    browsers.keep(browser, account.role)
    if not login.is_half_open and known_browsers.take_news(db_session, account, known.id):
        flash(known_browsers.NEWS)
    return account


def next_page() -> str | None:
    """Return the page that was asked for before signing in, if it is one of ours."""
    target = request.args.get("next", "")
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if ours and target.isprintable() else None


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    _end()
    flash("You have signed out.", "success")
    return redirect(url_for("public.index"))


def _end() -> None:
    with write_aside() as writing:
        sessions.end_session(writing, current_user.get_id())
    logout_user()
    session.clear()


@bp.get("/leave")
def leave() -> ResponseReturnValue:
    """Exit this page: end the session and go where nobody asks questions."""
    if current_user.get_id():
        _end()
    session.clear()
    response = redirect(SAFE_PAGE, 303)
    browsers.forget(response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route("/volunteer/sign-up", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def sign_up() -> ResponseReturnValue:
    form = SignUpForm()
    if form.validate_on_submit():
        if tries.may_mail(form.email.data):
            asked_links.ask(get_session(), form.email.data, TokenPurpose.CONFIRM_EMAIL)
        return redirect(url_for("auth.sign_up_sent"))
    return render_template("auth/sign_up.html", form=form), 422 if form.errors else 200


@bp.get("/volunteer/sign-up/sent")
def sign_up_sent() -> str:
    return render_template("auth/sign_up_sent.html")


@bp.route("/confirm/<secret>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def confirm(secret: str) -> ResponseReturnValue:
    return _choose_password(secret, TokenPurpose.CONFIRM_EMAIL, "auth/confirm.html")


@bp.route("/invitation/<secret>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def invitation(secret: str) -> ResponseReturnValue:
    return _choose_password(secret, TokenPurpose.INVITATION, "auth/invitation.html")


@bp.route("/reset-password/<secret>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def reset(secret: str) -> ResponseReturnValue:
    return _choose_password(secret, TokenPurpose.RESET_PASSWORD, "auth/reset.html")


_VERBS = {
    TokenPurpose.CONFIRM_EMAIL: accounts.confirm_email,
    TokenPurpose.INVITATION: accounts.accept_invitation,
    TokenPurpose.RESET_PASSWORD: accounts.reset_password,
}


def _choose_password(secret: str, purpose: TokenPurpose, template: str) -> ResponseReturnValue:
    """Show the form behind a single-use link, or what to do where the link works no more."""
    try:
        return _password_page(secret, purpose, template)
    except Refused as refused:
        if tokens.LINK_USED not in refused.refusals:
            raise
        return render_template("auth/link_used.html", purpose=purpose), 409


def _password_page(secret: str, purpose: TokenPurpose, template: str) -> ResponseReturnValue:
    """Show the form; the link is used up only when it is sent."""
    now = utc_now()
    owner = tokens.find_account(get_session(), secret, purpose, now)
    form = NewPasswordForm()
    if form.validate_on_submit():
        errors = new_passwords.errors_of(form.password.data, owner)
        if not errors:
            account = _VERBS[purpose](get_session(), secret, form.password.data, now)
            start(account.id, SignedInBy.PASSWORD)
            return redirect(home_of(account))
        form.password.errors = errors
    status = 422 if request.method == "POST" else 200
    minimum = new_passwords.minimum_of(owner)
    return render_template(template, form=form, email=owner.email, minimum=minimum), status


@bp.route("/forgot-password", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if form.validate_on_submit():
        if tries.may_mail(form.email.data):
            asked_links.ask(get_session(), form.email.data, TokenPurpose.RESET_PASSWORD)
        return render_template("auth/forgot_sent.html")
    return render_template("auth/forgot.html", form=form), 422 if form.errors else 200
