"""Goals: the family's own pages, and the same for staff who sit beside the family."""

from __future__ import annotations

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import GoalState, Role
from peerapp.errors import Refused
from peerapp.forms.goals import FIELD, FinishForm, GoalForm, StaffGoalForm, score_form
from peerapp.forms.onboarding import MoveForm
from peerapp.permissions import current_account
from peerapp.services import goals, measures
from peerapp.services.goals import Plan
from peerapp.views.refusals import show_refusals

bp = Blueprint("goals", __name__)

OWN = "/family/goals"
STAFF = "/staff/families/<uuid:family_id>/goals"


@bp.get(OWN)
def own() -> str:
    return render_template("goals/own.html", plan=_plan(None))


@bp.get(STAFF)
def show(family_id: uuid.UUID) -> str:
    plan = _plan(family_id)
    series = measures.list_series(get_session(), family_id)
    return render_template("goals/show.html", plan=plan, series=series)


@bp.route(f"{OWN}/new", methods=["GET", "POST"])
@bp.route(f"{STAFF}/new", methods=["GET", "POST"])
def new(family_id: uuid.UUID | None = None) -> ResponseReturnValue:
    plan = _plan(family_id)
    form = GoalForm() if family_id is None else StaffGoalForm()
    if form.validate_on_submit():
        try:
            goals.add(
                get_session(),
                current_account(),
                plan.family.id,
                form.words.data or "",
                is_shared=form.is_shared.data == "yes",
                score=int(form.score.data),
                today=today(),
            )
            return _done(family_id, "The goal is saved.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form("goals/new.html", form, plan, family_id)


@bp.route(f"{OWN}/score", methods=["GET", "POST"])
@bp.route(f"{STAFF}/score", methods=["GET", "POST"])
def score(family_id: uuid.UUID | None = None) -> ResponseReturnValue:
    plan = _plan(family_id)
    form = score_form((goal.id.hex, goal.words) for goal in plan.open)()
    if plan.open and form.validate_on_submit():
        given = {goal.id: int(form[FIELD + goal.id.hex].data) for goal in plan.open}
        goals.score(get_session(), current_account(), plan.family.id, given, today())
        return _done(family_id, "Thank you. The numbers are saved.")
    return _form("goals/score.html", form, plan, family_id)


@bp.route(f"{OWN}/<uuid:goal_id>/finish", methods=["GET", "POST"])
@bp.route(f"{STAFF}/<uuid:goal_id>/finish", methods=["GET", "POST"])
def finish(goal_id: uuid.UUID, family_id: uuid.UUID | None = None) -> ResponseReturnValue:
    plan = _plan(family_id)
    goal = next((one for one in [*plan.open, *plan.done] if one.id == goal_id), None)
    if goal is None:
        abort(404)
    form = FinishForm()
    if form.validate_on_submit():
        try:
            state = GoalState(form.state.data)
            goals.finish(get_session(), current_account(), goal_id, state, today())
            return _done(family_id, "Well done!" if state == GoalState.REACHED else "It is saved.")
        except Refused as refused:
            show_refusals(form, refused)
    return _form("goals/finish.html", form, plan, family_id, goal=goal)


@bp.post(f"{OWN}/<uuid:goal_id>/share/<any(yes, no):answer>")
def share(goal_id: uuid.UUID, answer: str) -> ResponseReturnValue:
    """Let the coach read one of the family's own goals, or no longer."""
    if MoveForm().validate_on_submit():
        is_shared = answer == "yes"
        goals.share(get_session(), current_account(), goal_id, is_shared=is_shared)
        text = (
            "Your coach can read this goal now." if is_shared else "Your coach cannot read it now."
        )
        flash(text, "success")
    return redirect(url_for(".own"))


def _plan(family_id: uuid.UUID | None) -> Plan:
    """Return the goals of one's own family, or of the one that staff look at.

    The addresses differ and so does who may use them; a family's own has no id in it.
    """
    session, actor = get_session(), current_account()
    if (family_id is None) != (actor.role == Role.FAMILY):
        abort(404)
    if family_id is None:
        return goals.own_plan(session, actor, today())
    return goals.plan_of(session, actor, family_id, today())


def _done(family_id: uuid.UUID | None, text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(_back(family_id))


def _back(family_id: uuid.UUID | None) -> str:
    return url_for(".own") if family_id is None else url_for(".show", family_id=family_id)


def _form(
    template: str, form: FlaskForm, plan: Plan, family_id: uuid.UUID | None, **values: object
) -> ResponseReturnValue:
    back = _back(family_id)
    is_own = family_id is None
    page = render_template(template, form=form, plan=plan, back=back, is_own=is_own, **values)
    return page, 422 if form.errors else 200
