"""Certificates with content: the safeguarding lead's own pages, and the ledger of its records."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.risk_assessments import Assessment
from peerapp.enums import RiskDecision, RiskViewReason
from peerapp.errors import Refused
from peerapp.forms.risk_assessments import AssessmentForm, ViewForm
from peerapp.permissions import current_account
from peerapp.services import checks, risk_assessments, volunteers
from peerapp.views.parsing import page_number
from peerapp.views.refusals import show_refusals

bp = Blueprint("risk_assessments", __name__, url_prefix="/staff/risk-assessments")


@bp.get("/")
def list_assessments() -> str:
    session, account = get_session(), current_account()
    return render_template(
        "risk_assessments/list.html",
        to_decide=risk_assessments.list_to_decide(session, account, today()),
        kept=risk_assessments.list_kept(session, account),
        months=risk_assessments.months_kept(session),
        reference=volunteers.reference,
        day=today(),
    )


@bp.route("/new/<uuid:volunteer_id>/<uuid:certificate_id>", methods=["GET", "POST"])
def assess(volunteer_id: uuid.UUID, certificate_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    certificate = checks.find_certificate(volunteer, certificate_id)
    form = AssessmentForm()
    if form.validate_on_submit():
        ids = volunteer_id, certificate_id
        try:
            risk_assessments.assess(session, account, *ids, _assessment(form), today())
            flash("Your decision is recorded.", "success")
            return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "risk_assessments/assess.html",
        form=form,
        volunteer=volunteer,
        certificate=certificate,
        purge_on=risk_assessments.would_be_purged(session, today()),
    )
    return page, 422 if form.errors else 200


def _assessment(form: AssessmentForm) -> Assessment:
    return Assessment(
        talked_on=form.talked_on.data,
        relevance=form.relevance.data or "",
        age=form.age.data or "",
        pattern=form.pattern.data or "",
        rationale=form.rationale.data or "",
        conditions=form.conditions.data or "",
        decision=RiskDecision(form.decision.data),
        review_on=form.review_on.data,
    )


@bp.route("/<uuid:assessment_id>", methods=["GET", "POST"])
def show(assessment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask why, then show the text in the answer to that form: its view is in the ledger first."""
    session, account = get_session(), current_account()
    found = risk_assessments.find_kept(session, account, assessment_id)
    form = ViewForm()
    if form.validate_on_submit():
        reason = RiskViewReason(form.reason.data)
        found = risk_assessments.view(session, account, assessment_id, reason)
        return render_template("risk_assessments/show.html", kept=found, reason=reason)
    page = render_template("risk_assessments/reason.html", form=form, kept=found)
    return page, 422 if form.errors else 200


@bp.get("/ledger")
def ledger() -> str:
    page = page_number(request.args.get("page"))
    events, more = risk_assessments.list_ledger(get_session(), current_account(), page)
    return render_template("risk_assessments/ledger.html", events=events, page=page, more=more)
