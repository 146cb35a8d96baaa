"""Outside measures by name, and their totals for a family."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import Occasion
from peerapp.errors import Refused
from peerapp.forms.goals import MeasureForm, TotalForm
from peerapp.forms.onboarding import MoveForm
from peerapp.permissions import current_account
from peerapp.services import goals, measures
from peerapp.views.refusals import show_refusals

bp = Blueprint("measures", __name__, url_prefix="/staff")


@bp.get("/measures/")
def list_measures() -> str:
    return render_template("measures/list.html", measures=measures.list_measures(get_session()))


@bp.route("/measures/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = MeasureForm()
    if form.validate_on_submit():
        try:
            measures.add_measure(
                get_session(),
                current_account(),
                form.name.data or "",
                lowest=form.lowest.data,
                highest=form.highest.data,
                higher_is_better=form.higher_is_better.data == "yes",
            )
            flash("The measure can be used.", "success")
            return redirect(url_for(".list_measures"))
        except Refused as refused:
            show_refusals(form, refused)
    return _form(form, "Add a measure", url_for(".list_measures"))


@bp.post("/measures/<uuid:measure_id>/use/<any(yes, no):answer>")
def use(measure_id: uuid.UUID, answer: str) -> ResponseReturnValue:
    if MoveForm().validate_on_submit():
        session, actor = get_session(), current_account()
        measures.set_used(session, actor, measure_id, is_used=answer == "yes")
        flash("It is saved.", "success")
    return redirect(url_for(".list_measures"))


@bp.route("/families/<uuid:family_id>/totals/new", methods=["GET", "POST"])
def record(family_id: uuid.UUID) -> ResponseReturnValue:
    session, actor = get_session(), current_account()
    family = goals.plan_of(session, actor, family_id, today()).family
    in_use = measures.list_measures(session, used_only=True)
    form = TotalForm(data={"taken_on": today()})
    form.measure_id.choices = [("", "Choose a measure"), *((str(m.id), m.name) for m in in_use)]
    back = url_for("goals.show", family_id=family_id)
    if form.validate_on_submit():
        try:
            measures.record_total(
                session,
                actor,
                family_id,
                uuid.UUID(form.measure_id.data),
                total=form.total.data,
                taken_on=form.taken_on.data,
                occasion=Occasion(form.occasion.data),
                today=today(),
            )
            flash("The total is saved.", "success")
            return redirect(back)
        except Refused as refused:
            show_refusals(form, refused)
    caption = f"{family.reference} {family.name}"
    return _form(form, "Record a total", back, caption=caption, is_empty=not in_use)


def _form(
    form: FlaskForm, heading: str, back: str, *, caption: str = "", is_empty: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "measures/form.html",
        form=form,
        heading=heading,
        back=back,
        caption=caption,
        is_empty=is_empty,
    )
    return page, 422 if form.errors else 200
