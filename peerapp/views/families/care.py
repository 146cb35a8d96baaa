"""Who stands by a family, what it agreed to, and the conversation about its needs."""

from __future__ import annotations

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from peerapp import vocabulary
from peerapp.clock import today
from peerapp.db import get_session
from peerapp.enums import Heading, WorkerChange
from peerapp.errors import Refused
from peerapp.extensions import current_settings
from peerapp.forms.family_care import TopicForm, WorkerForm
from peerapp.models import Family
from peerapp.permissions import current_account
from peerapp.services import family_consents, family_workers, needs_guide
from peerapp.services.family_workers import NewWorker
from peerapp.views.families.blueprint import back_to, bp, get_family, page, tell
from peerapp.views.parsing import member_or_none, uuid_or_none
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary.guide import GUIDE


@bp.get("/<uuid:family_id>/consents")
def consents(family_id: uuid.UUID) -> str:
    family = get_family(family_id)
    standings = family_consents.list_standings(get_session(), family)
    return render_template("families/consents.html", family=family, standings=standings)


@bp.route("/<uuid:family_id>/worker", methods=["GET", "POST"])
def worker(family_id: uuid.UUID) -> ResponseReturnValue:
    session, family = get_session(), get_family(family_id)
    form = WorkerForm(version=family.version)
    candidates = family_workers.list_candidates(session, family)
    form.offer([(str(one.id), one.name) for one in candidates], _reasons(family))
    if form.validate_on_submit():
        worker_id = uuid_or_none(form.worker.data) or uuid.UUID(int=0)
        new = NewWorker(worker_id, WorkerChange(form.reason.data), form.note.data or "")
        given = (form.seen_version, new, today(), current_settings().base_url)
        try:
            changed = family_workers.assign(session, current_account(), family_id, *given)
        except Refused as error:
            show_refusals(form, error)
        else:
            return _after_handover(changed)
    history = family_workers.list_history(session, family)
    return page("worker", form, family=family, candidates=candidates, history=history)


def _reasons(family: Family) -> list[tuple[str, str]]:
    first = {WorkerChange.FIRST}
    offered = set(WorkerChange) - first if family.worker_id else first
    return vocabulary.choices(one for one in WorkerChange if one in offered)


def _after_handover(family: Family) -> ResponseReturnValue:
    """Return to the family, unless whoever handed it over may not see it any more."""
    flash("The family has a new worker.", "success")
    if family_workers.still_sees(current_account(), family):
        return back_to(family.id)
    return redirect(url_for("families.list_families"), code=303)


@bp.get("/<uuid:family_id>/needs/guide")
def guide(family_id: uuid.UUID) -> str:
    family = get_family(family_id)
    conversation = needs_guide.get_conversation(get_session(), family)
    return render_template("families/guide.html", family=family, conversation=conversation)


@bp.route("/<uuid:family_id>/needs/guide/<heading>", methods=["GET", "POST"])
def topic(family_id: uuid.UUID, heading: str) -> ResponseReturnValue:
    """Talk about one heading; saved at once, then the next one that nobody talked about."""
    asked = member_or_none(Heading, heading)
    if asked is None:
        abort(404)
    family = get_family(family_id)
    form = _topic_form(family, asked)
    if form.validate_on_submit():
        given = (form.seen_version, asked, form.words.data or "", form.weights(), today())
        try:
            needs_guide.record_topic(get_session(), current_account(), family_id, *given)
            return _next_topic(family_id)
        except Refused as error:
            tell(form, error)
    position = list(Heading).index(asked) + 1
    return page("topic", form, family=family, heading=asked, prompt=GUIDE[asked], position=position)


def _topic_form(family: Family, heading: Heading) -> TopicForm:
    conversation = needs_guide.get_conversation(get_session(), family)
    said = next(one.said for one in conversation.topics if one.heading == heading)
    weights = {row.need.value: str(row.weight) for row in family.needs}
    form = TopicForm(version=family.version, words=said.words if said else "", **weights)
    under = needs_guide.needs_under(heading)
    form.keep_needs({need: vocabulary.label(need) for need in under})
    return form


def _next_topic(family_id: uuid.UUID) -> ResponseReturnValue:
    family = get_family(family_id)
    following = needs_guide.get_conversation(get_session(), family).following
    if following is None:
        return redirect(url_for("families.guide", family_id=family_id), code=303)
    where = url_for("families.topic", family_id=family_id, heading=following.value)
    return redirect(where, code=303)
