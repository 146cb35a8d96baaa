"""Overriding a child protection plan, by two people."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.plan_overrides import (
    agreement_refusals,
    asked_override,
    asking_refusals,
    standing_override,
)
from peerapp.enums import Role
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.referrals import AgreeOverrideForm, AskOverrideForm, EndOverrideForm
from peerapp.models import utc_now
from peerapp.permissions import current_account
from peerapp.services import families, plan_overrides
from peerapp.services.schemes import get_scheme
from peerapp.views.refusals import show_refusals

bp = Blueprint(
    "plan_overrides", __name__, url_prefix="/staff/families/<uuid:family_id>/plan-override"
)


@bp.get("")
def show(family_id: uuid.UUID) -> str:
    account = current_account()
    family = families.get_family(get_session(), account, family_id)
    is_lead = account.role == Role.SAFEGUARDING_LEAD
    return render_template(
        "plan_overrides/show.html",
        family=family,
        standing=standing_override(family, today()),
        asked=asked_override(family),
        why_not_ask=asking_refusals(family, today()),
        may_agree=is_lead and not agreement_refusals(family, account, today()),
        earlier=[one for one in family.plan_overrides if one.ended_at is not None],
    )


@bp.route("/ask", methods=["GET", "POST"])
def ask(family_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    family = families.get_family(session, account, family_id)
    form = AskOverrideForm()
    if form.validate_on_submit():
        base_url = current_settings().base_url
        try:
            given = form.reason.data or "", today(), base_url
            plan_overrides.ask(session, account, family_id, *given)
            flash("The safeguarding leads have been told. One of them decides.", "success")
            return redirect(url_for(".show", family_id=family_id))
        except Refused as refused:
            show_refusals(form, refused)
    days = get_scheme(session).plan_override_days
    page = render_template("plan_overrides/ask.html", form=form, family=family, days=days)
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/agree", methods=["GET", "POST"])
def agree(family_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    family = families.get_family(session, account, family_id)
    form = AgreeOverrideForm()
    if form.validate_on_submit():
        try:
            given = form.note.data or "", utc_now(), today()
            plan_overrides.agree(session, account, family_id, *given)
            flash("The override stands from now on. The family can be matched.", "success")
            return redirect(url_for(".show", family_id=family_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template(
        "plan_overrides/agree.html", form=form, family=family, asked=asked_override(family)
    )
    return page, 422 if form.errors or form.form_errors else 200


@bp.route("/end", methods=["GET", "POST"])
def end(family_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    family = families.get_family(session, account, family_id)
    form = EndOverrideForm()
    if form.validate_on_submit():
        try:
            plan_overrides.end(session, account, family_id, form.why.data or "", utc_now())
            flash("The override has ended. The plan keeps the family from matching.", "success")
            return redirect(url_for(".show", family_id=family_id))
        except Refused as refused:
            show_refusals(form, refused)
    page = render_template("plan_overrides/end.html", form=form, family=family)
    return page, 422 if form.errors or form.form_errors else 200
