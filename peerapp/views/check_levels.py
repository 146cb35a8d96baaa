"""Deciding which DBS check a volunteer needs, whether it is free, and what to decide anew."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.errors import NotFound, Refused, Stale
from peerapp.forms.check_applications import FeeForm
from peerapp.forms.check_rules import ChooseRoleForm, ConfirmLevelForm
from peerapp.permissions import current_account
from peerapp.services import (
    check_fees,
    check_levels,
    check_overviews,
    check_tables,
    volunteer_roles,
    volunteers,
)
from peerapp.services.check_levels import RoleCheck, Seen
from peerapp.views.parsing import page_number
from peerapp.views.refusals import show_refusals
from peerapp.views.volunteers import action_page
from peerapp.vocabulary import check_label

bp = Blueprint("check_levels", __name__, url_prefix="/staff")


@bp.route("/volunteers/<uuid:volunteer_id>/dbs-level", methods=["GET", "POST"])
def choose(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = ChooseRoleForm()
    form.role.choices = [
        (one.role.slug, one.role.name, f"{one.role.summary} {_outcome(one)}")
        for one in check_levels.list_role_checks(session)
    ]
    if form.validate_on_submit():
        chosen = form.role.data
        return redirect(url_for(".confirm", volunteer_id=volunteer_id, slug=chosen))
    page = render_template("check_levels/choose.html", form=form, volunteer=volunteer)
    return page, 422 if form.errors else 200


def _outcome(one: RoleCheck) -> str:
    if one.rule is None:
        return "The rules give no check for it."
    return f"Check: {check_label(*one.rule.check)}."


@bp.route("/volunteers/<uuid:volunteer_id>/dbs-level/<slug>", methods=["GET", "POST"])
def confirm(volunteer_id: uuid.UUID, slug: str) -> ResponseReturnValue:
    session, account, day = get_session(), current_account(), today()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    role, table = volunteer_roles.get_role(session, slug), check_tables.current_table(session)
    if role.retired_on is not None:
        raise NotFound("this role is not offered any more")
    form = ConfirmLevelForm(data={"edition": role.edition, "table": table.number})
    if form.validate_on_submit():
        seen = Seen(slug, form.edition.data, form.table.data)
        try:
            check_levels.decide_check_level(session, account, volunteer_id, seen, day)
            return _done(volunteer_id, "The DBS check is decided.")
        except Refused as refused:
            show_refusals(form, refused)
        except Stale:
            form.form_errors.append("The role or the rules have changed. Look at them again.")
            form.edition.data, form.table.data = role.edition, table.number
    found = check_levels.check_role(role, table)
    page = render_template(
        "check_levels/confirm.html",
        form=form,
        volunteer=volunteer,
        found=found,
        answers=volunteer_roles.answers_of(role),
        table=table,
        effects=check_overviews.list_effects(volunteer, found, day),
    )
    return page, 422 if form.errors else 200


@bp.route("/volunteers/<uuid:volunteer_id>/dbs-fee", methods=["GET", "POST"])
def fee(volunteer_id: uuid.UUID) -> ResponseReturnValue:
    session, account = get_session(), current_account()
    volunteer = volunteers.find_volunteer(session, account, volunteer_id)
    form = FeeForm()
    if form.validate_on_submit():
        try:
            decided = check_fees.decide_fee(session, account, volunteer_id, form.answers(), today())
            free = "The check is free." if decided.is_free else "The check has to be paid for."
            return _done(volunteer_id, f"Your answers are saved. {free}")
        except Refused as refused:
            show_refusals(form, refused)
    text = (
        "A standard or enhanced check is free for a volunteer if every answer is no. A basic check "
        "has to be paid for in any case."
    )
    return action_page(form, volunteer, "Is the DBS check free?", "Save", text)


def _done(volunteer_id: uuid.UUID, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("volunteers.show", volunteer_id=volunteer_id))


@bp.get("/dbs-level-reviews")
def reviews() -> str:
    session, page = get_session(), page_number(request.args.get("page"))
    found, total = check_levels.list_reviews(session, current_account(), page)
    return render_template(
        "check_levels/reviews.html",
        reviews=found,
        total=total,
        page=page,
        pages=-(-total // check_levels.PAGE),
        table=check_tables.current_table(session),
    )
