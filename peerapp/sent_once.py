"""A form that makes something is taken once, however often it is sent.

A second click, the back button, a browser that repeats what was not answered in time: each sends
the same fields with the same token from the same page. What the first one made is not made again;
the answer is the same, also where a code was asked for in between. A form that is opened anew has
another token, and counts as another one.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import Flask, Response, current_app, flash, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from peerapp.db import get_session
from peerapp.form_tokens import TOKEN, first_token
from peerapp.models import SentForm, utc_now
from peerapp.permissions import account_or_none
from peerapp.services import sent_forms

ONCE = frozenset(
    {
        "auth.sign_up",
        "check_applications.submit",
        "checks.record",
        "concern_cases.note",
        "concerns.new",
        "courses.new_course",
        "courses.new_session",
        "duty_covers.new",
        "expenses.new",
        "families.new",
        "first_visits.plan",
        "goals.new",
        "goals.score",
        "identity_checks.record",
        "interviews.start",
        "match_endings.coach_survey",
        "match_endings.family_survey",
        "match_endings.plan",
        "match_offers.coach_no",
        "match_offers.coach_yes",
        "match_offers.family_no",
        "match_offers.family_yes",
        "match_offers.offer",
        "match_offers.record_yes",
        "match_sessions.plan",
        "matches.approve",
        "matches.decline",
        "matches.introduce",
        "measures.new",
        "measures.record",
        "own_data.ask",
        "people.invite",
        "plan_overrides.ask",
        "probation.review",
        "referees.new",
        "referrals.accept",
        "referrals.decline",
        "referrals.send_form",
        "retention.new_hold",
        "rights.new",
        "rights.note",
        "risk_assessments.assess",
        "school_holidays.new",
        "sessions.held",
        "sessions.missed",
        "sessions.other",
        "supervision.record",
        "volunteer_roles.new",
    }
)
"""Routes whose forms make or answer something. Not those that switch to and fro: there the same
form may be meant a second time."""
BEFORE = "You sent this before. It was saved once."


def init_app(app: Flask) -> None:
    """Look at each form once who sends it is let in, and at each answer before it is committed."""
    app.before_request(_answer_again)
    app.after_request(_keep)


def _answer_again() -> AnyResponse | None:
    if request.method != "POST" or request.endpoint not in ONCE or TOKEN not in request.form:
        return None
    form = sent_forms.take(get_session(), _key(), utc_now())
    if form.location:
        flash(BEFORE, "success")
        return redirect(form.location)
    g.sent_form = form
    return None


def _keep(response: Response) -> Response:
    form: SentForm | None = g.pop("sent_form", None)
    if form is not None and response.status_code < 400:
        is_page = response.status_code in {302, 303}
        sent_forms.keep_answer(get_session(), form, (response.location or "") if is_page else "")
    return response


def _key() -> str:
    """Return what stands for a form: who sent it, from where to where, with what fields."""
    account = account_or_none()
    given = [one for one in request.form.items(multi=True) if one[0] != TOKEN]
    fields = sorted(one for one in given if not one[0].startswith("factor_"))  # codes change
    files = sorted((name, one.filename or "") for name, one in request.files.items(multi=True))
    who = str(account.id) if account else ""
    parts = (who, first_token(), request.full_path, *map(repr, fields), *map(repr, files))
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
