"""The funnel of volunteers, and its file."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.clock import today
from peerapp.db import get_session
from peerapp.domain.funnel import CAN_STICK
from peerapp.enums import VolunteerState
from peerapp.forms.checks import ConfirmForm
from peerapp.permissions import current_account
from peerapp.services import funnels, volunteers
from peerapp.services.funnels import Filters
from peerapp.views.parsing import member_or_none, page_number, uuid_or_none
from peerapp.views.wait_wording import waits_in_words

bp = Blueprint("funnel", __name__, url_prefix="/staff/funnel")


@bp.get("/")
def show() -> str:
    session, account, day = get_session(), current_account(), today()
    page = page_number(request.args.get("page"))
    filters = Filters(
        locality_id=uuid_or_none(request.args.get("locality")),
        state=member_or_none(VolunteerState, request.args.get("state")),
    )
    funnel = funnels.get_funnel(session, account, filters, day, page)
    return render_template(
        "funnel/show.html",
        funnel=funnel,
        figures=funnel.figures,
        filters=filters,
        page=page,
        states=CAN_STICK,
        localities=volunteers.list_localities(session, account),
        today=day,
        waits_in_words=waits_in_words,
        link=_page_link(filters),
    )


def _values(filters: Filters) -> dict[str, str]:
    given = {
        "locality": str(filters.locality_id or ""),
        "state": filters.state.value if filters.state else "",
    }
    return {name: value for name, value in given.items() if value}


def _page_link(filters: Filters) -> str:
    given = urlencode([*_values(filters).items(), ("page", "")])
    return f"{url_for('funnel.show')}?{given}"


@bp.route("/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    """Explain what the file holds; the button makes it."""
    form = ConfirmForm()
    if not form.validate_on_submit():
        return render_template("funnel/export.html", form=form)
    text = funnels.export(get_session(), current_account(), today())
    name = f"volunteers-funnel-{today().isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), mimetype="text/csv", headers=headers)
