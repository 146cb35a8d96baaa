"""The figures of the scheme: a manager reads and sets them, group by group."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain import scheme_figures as rules
from peerapp.errors import Refused, Stale
from peerapp.forms.scheme_figures import figures_form
from peerapp.permissions import current_account
from peerapp.services import scheme_figures
from peerapp.services.schemes import get_scheme
from peerapp.views.refusals import show_refusals

bp = Blueprint("scheme_figures", __name__, url_prefix="/staff/figures")

CHANGED = (
    "A colleague has changed these figures meanwhile. Nothing of yours is saved: open the page "
    "again, and look at what they did."
)


@bp.get("/")
def overview() -> str:
    session = get_session()
    scheme = get_scheme(session)
    return render_template(
        "scheme_figures/overview.html",
        groups=[
            (group, title, rules.figures_of(group), rules.values_of(scheme, rules.FIGURES))
            for group, title in rules.GROUPS.items()
            if rules.figures_of(group)
        ],
        labels={one.column: one for one in rules.FIGURES},
        changes=scheme_figures.list_changes(session),
    )


@bp.route("/<group>", methods=["GET", "POST"])
def change(group: str) -> ResponseReturnValue:
    session = get_session()
    figures = rules.figures_of(group)
    if not figures:
        abort(404)
    scheme = get_scheme(session)
    known = {column: str(value) for column, value in rules.values_of(scheme, figures).items()}
    known |= {"edition": rules.edition_of(scheme, group)}
    form = figures_form(figures, data=known)
    if form.validate_on_submit():
        values = {one.column: int(form[one.column].data) for one in figures}
        try:
            changed = scheme_figures.set_figures(
                session,
                current_account(),
                group,
                values,
                form.edition.data or "",
                form.reason.data or "",
                today(),
                confirmed="confirmed" in form and bool(form.confirmed.data),
            )
            flash("The figures are saved." if changed else "Nothing was different.", "success")
            return redirect(url_for("scheme_figures.overview"))
        except Refused as refused:
            show_refusals(form, refused)
        except Stale:
            form.form_errors.append(CHANGED)
    title = rules.GROUPS[group]
    page = render_template("scheme_figures/change.html", form=form, title=title, figures=figures)
    return page, 422 if form.errors else 200
