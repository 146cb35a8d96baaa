"""Signing in by a link that is mailed."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, session
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.enums import SignedInBy, TokenPurpose
from peerapp.errors import Refused
from peerapp.extensions import limiter
from peerapp.forms.auth import ForgotForm
from peerapp.models import utc_now
from peerapp.services import asked_links, sign_in_links
from peerapp.services.tokens import LINK_USED
from peerapp.views import tries
from peerapp.views.auth import home_of, start

bp = Blueprint("sign_in_links", __name__, url_prefix="/sign-in/link")
ASKED = "asked_for_link"


@bp.route("", methods=["GET", "POST"])
@limiter.limit("20 per minute", methods=["POST"])
def ask() -> ResponseReturnValue:
    """Send a link; the answer is the same whether there is an account or not."""
    form = ForgotForm()
    if form.validate_on_submit():
        browser = session.setdefault(ASKED, secrets.token_urlsafe(32))
        if tries.may_mail(form.email.data):
            asked_links.ask(get_session(), form.email.data, TokenPurpose.SIGN_IN, browser)
        return render_template("sign_in_links/sent.html")
    return render_template("sign_in_links/ask.html", form=form), 422 if form.errors else 200


@bp.route("/<secret>", methods=["GET", "POST"])
@limiter.limit("30 per minute")
def use(secret: str) -> ResponseReturnValue:
    """Show a button; only pressing it uses the link up."""
    browser, now = str(session.get(ASKED, "")), utc_now()
    try:
        if request.method != "POST":
            sign_in_links.check(get_session(), secret, browser, now)
            return render_template("sign_in_links/use.html")
        account = sign_in_links.use(get_session(), secret, browser, now)
    except Refused as refused:
        if LINK_USED not in refused.refusals:
            raise
        return render_template("sign_in_links/used.html"), 409
    start(account.id, SignedInBy.LINK)
    return redirect(home_of(account))
