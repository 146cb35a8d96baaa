"""Matches: review a proposal beside its reasons, decide, and follow the match to its end."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp import vocabulary
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.first_visits import planned_visit
from peerapp.domain.match_endings import standing_ending
from peerapp.enums import AgreementMethod, DeclineReason, EndReason, FamilyState
from peerapp.extensions import current_settings
from peerapp.forms.matches import (
    ApproveForm,
    DeclineForm,
    EndForm,
    IntroduceForm,
    PauseForm,
)
from peerapp.models import FirstVisit
from peerapp.permissions import current_account
from peerapp.services import (
    approvals,
    breaks,
    contacts,
    first_visits,
    match_life,
    match_offers,
    match_snapshots,
    matches,
)
from peerapp.views import match_wording
from peerapp.views.match_forms import ask_about_changes, decide_page, number
from peerapp.views.parsing import page_number, uuid_or_none
from peerapp.wording import day_of

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
        visit=planned_visit(review.match),
        ending=standing_ending(review.match),
        away=breaks.next_break(session, review.match.volunteer),
        standing=match_offers.get_standing(session, review.match),
        changes=match_wording.changes(
            match_snapshots.changes_for(session, actor, review.match, today())
        ),
        ledger=contacts.staff_ledger(session, review.match),
        wording=match_wording,
    )


@bp.route("/<uuid:match_id>/approve", methods=["GET", "POST"])
def approve(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = ApproveForm(family_version=match.family.version, coach_version=match.volunteer.version)
    standing = match_offers.get_standing(get_session(), match)
    lines = ask_about_changes(form, match)
    if standing.coach_said_yes or not standing.staff_may_record:
        del form.coach_agreed_how
    if standing.family_said_yes or not standing.staff_may_record:
        del form.family_agreed_how

    def decide() -> None:
        approvals.approve(
            get_session(),
            current_account(),
            match_id,
            seen_family_version=number(form.family_version.data),
            seen_volunteer_version=number(form.coach_version.data),
            coach_agreed_how=_how(form, "coach_agreed_how"),
            family_agreed_how=_how(form, "family_agreed_how"),
            accept_changes="accept_changes" in form,
            today=today(),
            base_url=current_settings().base_url,
        )

    done = "The match is approved. Plan the first visit."
    return decide_page("matches/approve", match, form, decide, done, changes=lines)


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

    return decide_page("matches/decline", match, form, decide, "The match is declined.")


@bp.route("/<uuid:match_id>/introduce", methods=["GET", "POST"])
def introduce(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    visit = planned_visit(match)
    form = IntroduceForm(data=_visit_values(visit))
    attending = first_visits.list_attending(get_session(), match)
    form.attended_by.choices = [(str(one.id), one.name) for one in attending]

    def decide() -> None:
        match_life.introduce(
            get_session(),
            current_account(),
            match_id,
            first_visit_on=form.first_visit_on.data,
            attended_by_id=uuid_or_none(form.attended_by.data),
            today=today(),
            base_url=current_settings().base_url,
        )

    done = "They are introduced. Both can now see how to reach each other."
    return decide_page("matches/introduce", match, form, decide, done)


@bp.route("/<uuid:match_id>/pause", methods=["GET", "POST"])
def pause(match_id: uuid.UUID) -> ResponseReturnValue:
    match = matches.get_match(get_session(), current_account(), match_id)
    form = PauseForm()

    def decide() -> None:
        match_life.pause(get_session(), current_account(), match_id, note=form.note.data or "")

    done = "The match is paused. Contact details are hidden from both."
    return decide_page("matches/pause", match, form, decide, done)


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
            base_url=current_settings().base_url,
        )

    done = "The match has ended. Contact details are hidden from both."
    return decide_page("matches/end", match, form, decide, done)


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


def _visit_values(visit: FirstVisit | None) -> dict[str, object]:
    """Return what the form starts with: the visit that was planned, where its day has come."""
    if visit is None:
        return {"attended_by": str(current_account().id)}
    on = day_of(visit.starts_at)
    return {
        "attended_by": str(visit.staff_id),
        **({"first_visit_on": on} if on <= today() else {}),
    }


def _how(form: ApproveForm, name: str) -> AgreementMethod | None:
    return AgreementMethod(form[name].data) if name in form else None
