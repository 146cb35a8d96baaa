"""Matches: review a proposal beside its reasons, decide, and follow the match to its end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import vocabulary
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import AgreementMethod, DeclineReason, EndReason, FamilyState
from peerapp.errors import Refused, Stale
from peerapp.extensions import current_settings
from peerapp.forms.matches import (
    ApproveForm,
    DeclineForm,
    EndForm,
    IntroduceForm,
    PauseForm,
    add_problems,
)
from peerapp.models import Match
from peerapp.permissions import current_account
from peerapp.services import approvals, contacts, match_life, matches
from peerapp.views import match_wording
from peerapp.views.parsing import page_number

bp = Blueprint("matches", __name__, url_prefix="/staff/matches")

GROUP_NAMES = {
    "proposed": "To review",
    "approved": "To introduce",
    "running": "Running",
    "over": "Over",
}


@bp.get("/")
def list_matches() -> str:
    group = request.args.get("state", "proposed")
    group = group if group in GROUP_NAMES else "proposed"
    page = page_number(request.args.get("page"))
    rows, has_more = matches.list_matches(get_session(), current_account(), group, page=page)
    return render_template(
        "matches/list.html",
        rows=rows,
        has_more=has_more,
        page=page,
        group=group,
        groups=GROUP_NAMES,
        counts=matches.count_groups(get_session(), current_account()),
        wording=match_wording,
    )


@bp.get("/<uuid:match_id>")
def show(match_id: uuid.UUID) -> str:
    session, actor = get_session(), current_account()
    review = matches.get_review(session, actor, match_id, today())
    return render_template(
        "matches/show.html",
        review=review,
        match=review.match,
        may_decide=matches.may_decide(actor, review.match),
        ledger=contacts.staff_ledger(session, review.match),
        wording=match_wording,
    )


@bp.route("/<uuid:match_id>/approve", methods=["GET", "POST"])
def approve(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = ApproveForm(family_version=match.family_version, coach_version=match.volunteer_version)

    def decide() -> None:
        approvals.approve(
            get_session(),
            current_account(),
            match_id,
            seen_family_version=_number(form.family_version.data),
            seen_volunteer_version=_number(form.coach_version.data),
            coach_agreed_how=AgreementMethod(form.coach_agreed_how.data),
            family_agreed_how=AgreementMethod(form.family_agreed_how.data),
            today=today(),
            base_url=current_settings().base_url,
        )

    return _decide("approve", match, form, decide, "The match is approved. Plan the first visit.")


@bp.route("/<uuid:match_id>/decline", methods=["GET", "POST"])
def decline(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = DeclineForm()
    form.reason.choices = [
        (reason.value, vocabulary.label(reason), vocabulary.label(matches.consequence_of(reason)))
        for reason in DeclineReason
    ]

    def decide() -> None:
        matches.decline(
            get_session(),
            current_account(),
            match_id,
            reason=DeclineReason(form.reason.data),
            note=form.note.data or "",
            today=today(),
        )

    return _decide("decline", match, form, decide, "The match is declined.")


@bp.route("/<uuid:match_id>/introduce", methods=["GET", "POST"])
def introduce(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = IntroduceForm()

    def decide() -> None:
        match_life.introduce(
            get_session(),
            current_account(),
            match_id,
            first_visit_on=form.first_visit_on.data,
            today=today(),
            base_url=current_settings().base_url,
        )

    done = "They are introduced. Both can now see how to reach each other."
    return _decide("introduce", match, form, decide, done)


@bp.route("/<uuid:match_id>/pause", methods=["GET", "POST"])
def pause(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = PauseForm()

    def decide() -> None:
        match_life.pause(get_session(), current_account(), match_id, note=form.note.data or "")

    done = "The match is paused. Contact details are hidden from both."
    return _decide("pause", match, form, decide, done)


@bp.route("/<uuid:match_id>/end", methods=["GET", "POST"])
def end(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = EndForm()

    def decide() -> None:
        match_life.end(
            get_session(),
            current_account(),
            match_id,
            reason=EndReason(form.reason.data),
            family_next=FamilyState(form.family_next.data),
            note=form.note.data or "",
            today=today(),
        )

    done = "The match has ended. Contact details are hidden from both."
    return _decide("end", match, form, decide, done)


@bp.post("/<uuid:match_id>/activate")
def activate(match_id: uuid.UUID) -> ResponseReturnValue:
    match_life.activate(get_session(), current_account(), match_id, today=today())
    flash("The weekly sessions have begun.", "success")
    return redirect(url_for(".show", match_id=match_id))


@bp.post("/<uuid:match_id>/resume")
def resume(match_id: uuid.UUID) -> ResponseReturnValue:
    match_life.resume(get_session(), current_account(), match_id, today=today())
    flash("The match goes on. Both can see how to reach each other again.", "success")
    return redirect(url_for(".show", match_id=match_id))


def _decide(
    name: str, match: Match, form: Any, decide: Callable[[], None], done: str
) -> ResponseReturnValue:
    """Show a decision's form; once it is complete, decide, or say why that cannot be done."""
    status, match_id = 200, match.id
    if form.validate_on_submit():
        try:
            decide()
        except Refused as refused:
            add_problems(form, [refusal.message for refusal in refused.refusals])
            status = 409
        except Stale as stale:
            add_problems(form, [str(stale)])
            status = 409
        else:
            flash(done, "success")
            return redirect(url_for(".show", match_id=match_id))
    elif form.errors:
        status = 422
    return render_template(f"matches/{name}.html", match=match, form=form), status


def _number(text: str | None) -> int:
    """Return a version from a hidden field; what is no number was never a version."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
