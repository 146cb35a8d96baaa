"""The audit trail, for auditors: look for events, save them as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import AuditKind
from peerapp.forms.audit import AuditFilterForm
from peerapp.forms.checks import ConfirmForm
from peerapp.permissions import current_account
from peerapp.services import audit_browsing
from peerapp.services.audit_browsing import Filters
from peerapp.views.parsing import member_or_none, page_number, uuid_or_none

bp = Blueprint("audit", __name__, url_prefix="/staff/audit")


def _form() -> AuditFilterForm:
    session = get_session()
    form = AuditFilterForm(request.args)
    staff = audit_browsing.list_staff(session)
    form.offer(
        audit_browsing.list_actions(session),
        [(str(one.id), one.name or "Somebody without a name") for one in staff],
    )
    return form


def _filters(form: AuditFilterForm) -> Filters:
    return Filters(
        since=form.since.data,
        until=form.until.data,
        kind=member_or_none(AuditKind, form.kind.data),
        action=form.action.data or "",
        actor_id=uuid_or_none(form.actor.data),
        record_id=uuid_or_none((form.record.data or "").strip()),
    )


def _given() -> dict[str, str]:
    """Return what is looked for as it stands in the address, without the page."""
    known = tuple(AuditFilterForm()._fields)
    return {
        name: value
        for name, value in request.args.items()
        if value and name.partition("-")[0] in known
    }


def _link(**changes: Any) -> str:
    """Return the address of the list with what is looked for, and more."""
    return url_for("audit.list_events", **{**_given(), **changes})


@bp.get("/")
def list_events() -> ResponseReturnValue:
    form = _form()
    is_valid = form.validate()
    page = page_number(request.args.get("page"))
    filters = _filters(form) if is_valid else Filters()
    found = audit_browsing.browse(get_session(), current_account(), filters, page)
    text = render_template(
        "audit/list.html", form=form, found=found, page=page, link=_link, given=_given()
    )
    return text, 200 if is_valid else 422


@bp.route("/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """Explain what the file holds; the button makes it."""
    form, confirm = _form(), ConfirmForm()
    if not form.validate():
        return list_events()
    if not confirm.validate_on_submit():
        return render_template(
            "audit/export.html", form=confirm, back=_link(), given=_given(),
            most=audit_browsing.MOST_EXPORTED,
        )  # fmt: skip
    text = audit_browsing.export(get_session(), current_account(), _filters(form))
    headers = {"Content-Disposition": f'attachment; filename="audit-{today().isoformat()}.csv"'}
    return Response(text.encode(), mimetype="text/csv", headers=headers)
