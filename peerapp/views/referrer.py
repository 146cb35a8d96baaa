"""A professional's two links: the form they were sent, and what came of it. No account."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain import referral_form
from peerapp.domain.referrals import outcome_of
from peerapp.enums import Outcome, ReferralLinkKind
from peerapp.errors import Refused
from peerapp.extensions import limiter
from peerapp.forms.front_door import ButtonForm
from peerapp.models import utc_now
from peerapp.services import referral_links, tokens
from peerapp.views.front_door import HELD, SENT, find_draft

bp = Blueprint("referrer", __name__, url_prefix="/referral")

NEXT = {
    Outcome.RECEIVED: "A coordinator reads it and talks with the family.",
    Outcome.ACCEPTED: "The scheme has taken the family on. Some things are still to be settled.",
    Outcome.WAITING: "We look for a coach who fits and lives nearby.",
    Outcome.MATCHED: "A coach has been found.",
    Outcome.CLOSED: "This referral is closed. Ask us if you have a question.",
}


@bp.route("/form/<secret>", methods=["GET", "POST"])
@limiter.limit("60 per minute")
def form(secret: str) -> ResponseReturnValue:
    """Begin or take up the form; its link works until the form is sent or time is up."""
    kind = ReferralLinkKind.FORM
    button = ButtonForm()
    try:
        if button.validate_on_submit():
            session[HELD] = referral_links.open_draft(get_session(), secret, kind, utc_now())
            session.pop(SENT, None)
            draft = find_draft()
            missing = referral_form.missing_pages(draft.source, draft.answers, today())
            if not missing:
                return redirect(url_for("front_door.check"))
            return redirect(url_for("front_door.page", page=missing[0]))
        draft = referral_links.find_draft(get_session(), secret, kind, utc_now())
    except Refused as refused:
        if tokens.LINK_USED not in refused.refusals:
            raise
        return render_template("referrer/gone.html"), 409
    pages = len(referral_form.pages_for(draft.source))
    has_begun = bool(draft.answers)
    return render_template("referrer/form.html", form=button, pages=pages, has_begun=has_begun)


@bp.get("/outcome/<secret>")
@limiter.limit("60 per minute")
def outcome(secret: str) -> ResponseReturnValue:
    try:
        referral = referral_links.find_outcome(get_session(), secret, utc_now())
    except Refused:
        return render_template("referrer/gone.html"), 409
    state = outcome_of(referral)
    return render_template(
        "referrer/outcome.html",
        reference=referral.reference,
        sent_at=referral.sent_at,
        state=state,
        text=NEXT[state],
    )
