"""The panel: all it must know on one page, and its decision."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.onboarding import DECLINE_REASONS
from peerapp.domain.panels import Decision
from peerapp.enums import DropOutReason, PanelOutcome
from peerapp.errors import Refusal, Refused
from peerapp.extensions import current_settings
from peerapp.forms.panels import PanelForm
from peerapp.permissions import current_account
from peerapp.services import panels
from peerapp.services.panels import Papers
from peerapp.views.referee import answer_sections
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import choices, label

bp = Blueprint("panels", __name__, url_prefix="/staff/volunteers/<uuid:volunteer_id>/panel")


def _papers(volunteer_id: uuid.UUID) -> Papers:
    return panels.get_papers(get_session(), current_account(), volunteer_id, today())


@bp.get("/")
def show(volunteer_id: uuid.UUID) -> str:
    papers = _papers(volunteer_id)
    return render_template(
        "panels/show.html",
        papers=papers,
        person=papers.volunteer,
        texts={
            one.reference.id: answer_sections(one.reference)
            for one in papers.references
            if one.may_read
        },
    )


@bp.route("/decision", methods=["GET", "POST"])
def decide(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    papers = _papers(volunteer_id)
    if papers.refusals:
        raise Refused(papers.refusals)
    form = PanelForm(data={"held_on": today()})
    form.members.choices = [
        (str(one.id), f"{one.name or one.email}, {label(one.role).lower()}")
        for one in papers.candidates
    ]
    form.drop_out.choices = [("", "Choose a reason"), *choices(DECLINE_REASONS)]
    if form.validate_on_submit() and _decide(volunteer_id, form):
        return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
    page = render_template("panels/decide.html", form=form, papers=papers, person=papers.volunteer)
    return page, 422 if form.errors else 200


def _decide(volunteer_id: uuid.UUID, form: PanelForm) -> bool:
    """Carry the decision out, or put what is wrong on the form."""
    outcome = PanelOutcome(form.outcome.data)
    given = get_session(), current_account(), volunteer_id, _decision(form)
    base_url = current_settings().base_url
    try:
        if outcome == PanelOutcome.APPROVED:
            panels.approve(*given, today(), base_url)
        elif outcome == PanelOutcome.APPROVED_WITH_CONDITIONS:
            panels.approve_with_conditions(*given, today(), base_url)
        elif outcome == PanelOutcome.DEFERRED:
            panels.defer(*given, today())
        else:
            panels.decline(*given, _drop_out(form), today(), base_url)
    except Refused as refused:
        show_refusals(form, refused)
        return False
    flash(f"The panel’s decision is recorded: {label(outcome).lower()}.", "success")
    return True


def _drop_out(form: PanelForm) -> DropOutReason:
    if not form.drop_out.data:
        raise Refused([Refusal("drop_out", "Choose the reason that fits best.")])
    return DropOutReason(form.drop_out.data)


def _decision(form: Any) -> Decision:
    return Decision(
        held_on=form.held_on.data,
        members=frozenset(uuid.UUID(one) for one in form.members.data or ()),
        other_members=tuple(
            line.strip() for line in (form.other_members.data or "").splitlines() if line.strip()
        ),
        reasons=form.reasons.data or "",
        conditions=form.conditions.data or "",
        again_on=form.again_on.data,
    )
