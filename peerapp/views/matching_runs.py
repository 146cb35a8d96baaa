"""Matching runs: start one, watch it, read what it found."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.errors import Refused
from peerapp.models import MatchingRun
from peerapp.permissions import current_account
from peerapp.services import matching_runs
from peerapp.views import match_wording

bp = Blueprint("matching_runs", __name__, url_prefix="/staff/runs")

REFRESH_SECONDS = 3
PAGE = 50


@bp.get("/")
def list_runs() -> str:
    session = get_session()
    return render_template(
        "matching_runs/list.html",
        runs=matching_runs.list_runs(session),
        has_open=matching_runs.has_open(session),
        may_start=current_account().role in matching_runs.MAY_START,
    )


@bp.post("/start")
def start() -> ResponseReturnValue:
    try:
        run = matching_runs.start(get_session(), current_account())
    except Refused as refused:
        flash(refused.refusals[0].message, "error")
        return redirect(url_for(".list_runs"))
    return redirect(url_for(".show", run_id=run.id))


@bp.get("/<uuid:run_id>")
def show(run_id: uuid.UUID) -> ResponseReturnValue:
    session = get_session()
    run = matching_runs.get_run(session, run_id)
    if run.state in matching_runs.OPEN:
        return _progress(run)
    result = matching_runs.get_result(session, current_account(), run_id)
    return render_template(
        "matching_runs/show.html",
        run=run,
        result=result,
        wording=match_wording,
        **_slice(result.proposals),
    )


@bp.get("/<uuid:run_id>/left-out")
def left_out(run_id: uuid.UUID) -> str:
    result = matching_runs.get_result(get_session(), current_account(), run_id)
    return render_template(
        "matching_runs/left_out.html",
        run=result.run,
        result=result,
        wording=match_wording,
        **_slice(result.unmatched),
    )


def _progress(run: MatchingRun) -> Response:
    """The page loads itself again until the run is over; that needs no script."""
    stage = match_wording.STAGES.get(run.stage, "Working")
    response = make_response(render_template("matching_runs/progress.html", run=run, stage=stage))
    response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _slice(rows: Sequence[object]) -> dict[str, object]:
    """Return one page of rows, with its number and how many there are."""
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return {"rows": rows[(page - 1) * PAGE : page * PAGE], "page": page, "pages": pages}
