"""The second factor, asked for in the one place that every request passes.

A session that owes it is nobody: `permissions` sends it here, and from here it gets no further
than the pages on which the factor is given or first set up. Sensitive routes ask again when the
last proof is some minutes old.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from flask import abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response

from peerapp import proven_browsers
from peerapp.db import SAFE_METHODS, get_session, keep_changes
from peerapp.domain.second_factors import is_recent
from peerapp.errors import Refused
from peerapp.extensions import browser_of, current_box, current_settings
from peerapp.form_tokens import FIRST_TOKEN, TOKEN, first_token
from peerapp.forms.second_factors import CodeForm
from peerapp.models import LoginSession, utc_now
from peerapp.route_access import Access
from peerapp.route_access.kinds import Owed
from peerapp.services import authenticator_apps, known_browsers, passkeys, second_factors
from peerapp.services.factor_attempts import ENDED

CHALLENGE = "passkey_challenge"
PROOF_FIELDS = frozenset({TOKEN, "factor_code", "factor_passkey", "factor_confirm", FIRST_TOKEN})


def is_half_open() -> bool:
    """Say whether this browser has given the password and still owes a second factor."""
    return not current_user.is_authenticated and bool(current_user.get_id())


def current_login() -> LoginSession:
    """Return the session of this browser, whole or half open."""
    login: LoginSession = current_user.login
    return login


def has_factor() -> bool:
    """Say whether the account of this browser has a second factor."""
    if "has_factor" not in g:
        g.has_factor = second_factors.has_factor(get_session(), current_login().account_id)
    return bool(g.has_factor)


def ask_first(access: Access) -> Response | None:
    """Let a half-open session only to where the factor that it owes is given or set up."""
    if access.owed is Owed.GIVE or (access.owed is Owed.SET_UP and not has_factor()):
        return None
    return redirect(url_for("second_factors.code", next=_target()))


def ask_again(access: Access) -> Response | None:
    """Ask for the factor again where a route wants a recent one; what a form holds is kept."""
    minutes = current_settings().recent_factor_minutes
    if not access.recent_factor or is_recent(current_login(), utc_now(), minutes):
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("second_factors.code", next=_target()))
    form = CodeForm()
    if "factor_confirm" in request.form and form.holds_proof():
        errors = prove(request.form)
        if not errors:
            keep_changes()  # the code is used up, whatever becomes of the form
            return None
        form.show(errors)
    return current_app.make_response((_confirm_page(form), 422))


def _confirm_page(form: CodeForm) -> str:
    """Return the page that keeps what was sent while the factor is asked for."""
    kept = [pair for pair in request.form.items(multi=True) if pair[0] not in PROOF_FIELDS]
    return render_template(
        "second_factors/confirm_sent.html",
        form=form,
        kept=kept,
        first_token=(FIRST_TOKEN, first_token()),
        has_factor=has_factor(),
        factors=second_factors.get_factors(get_session(), current_login().account),
        files_lost=any(one.filename for one in request.files.values()),
        demo_code=demo_code(),
    )


def _target() -> str | None:
    """Return where to go on afterwards: the page that was asked for, never a form's address."""
    if request.method not in SAFE_METHODS:
        return None
    return request.full_path.removesuffix("?")


def prove(values: Mapping[str, str]) -> list[str]:
    """Take the code or passkey that a form holds; return what is wrong, or open the session."""
    login = current_login()
    try:
        secret = _take(login, values)
    except Refused as refused:
        keep_changes()
        if ENDED in refused.refusals:
            sign_out_ended()
        return [refusal.message for refusal in refused.refusals]
    enter(login, secret)
    return []


def _take(login: LoginSession, values: Mapping[str, str]) -> str:
    """Take a passkey where one was sent, else a code."""
    db_session, now = get_session(), utc_now()
    if values.get("factor_passkey"):
        base_url, challenge = current_settings().base_url, take_challenge()
        return passkeys.give(db_session, login, challenge, values["factor_passkey"], base_url, now)
    lane = proven_browsers.lane_of(login.account)
    code = values.get("factor_code", "")
    return authenticator_apps.give_code(db_session, login, code, lane, current_box(), now)


def keep_challenge(challenge_id: uuid.UUID) -> None:
    """Remember which question was sent to this browser; the question itself stays here."""
    session[CHALLENGE] = challenge_id.hex


def take_challenge() -> uuid.UUID | None:
    """Return the id of the question that was sent to this browser, once."""
    kept = session.pop(CHALLENGE, None)
    return uuid.UUID(kept) if kept else None


def enter(login: LoginSession, secret: str) -> None:
    """Go on under the session's new secret; what the browser held before is dropped."""
    session.clear()
    login_user(browser_of(login, secret))
    proven_browsers.remember(login.account)
    here = login.known_browser_id
    if here and known_browsers.take_news(get_session(), login.account, here):
        flash(known_browsers.NEWS)


def sign_out_ended() -> None:
    """Leave for the sign-in page: the session was ended by too many wrong codes."""
    logout_user()
    session.clear()
    flash(ENDED.message, "error")
    abort(redirect(url_for("auth.sign_in")))


def demo_code(*, begun: bool = False) -> str | None:
    """Say which code to enter, in the demonstration and nowhere else."""
    if not current_settings().demo:
        return None
    account = current_login().account
    box, now = current_box(), utc_now()
    found = authenticator_apps.code_to_show(get_session(), account, box, now, begun=begun)
    if found is None:
        return None
    code, wait = found
    when = f"in {wait} seconds will be" if wait else "now is"
    return f"Demonstration: the code {when} {code[:3]} {code[3:]}"
