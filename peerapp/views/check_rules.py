"""The table of rules on the level of a check: read, tried, and changed by a manager."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from peerapp.db import get_session
from peerapp.domain.check_rules import Rule, decide, lawful_checks, table_faults, unused_rules
from peerapp.enums import CHECK_ANSWERS, CheckAnswer, CheckLevel, CheckQuestion, Workforce
from peerapp.errors import Refused, Stale
from peerapp.forms.check_rules import PublishForm, RuleForm, TryForm
from peerapp.forms.onboarding import MoveForm
from peerapp.models import CheckRuleTable, utc_now
from peerapp.permissions import current_account
from peerapp.services import check_levels, check_tables
from peerapp.views.parsing import edition_number
from peerapp.views.refusals import show_refusals
from peerapp.vocabulary import check_label, label

bp = Blueprint("check_rules", __name__, url_prefix="/staff/check-rules")

NEW = "new"
CHANGED = (
    "A colleague has changed the draft meanwhile. Nothing of yours is saved: open it again, and "
    "look at what they did."
)


@bp.get("/")
def overview() -> str:
    session = get_session()
    versions = check_tables.list_versions(session)
    _, to_review = check_levels.list_reviews(session, current_account())
    return render_template(
        "check_rules/overview.html",
        table=versions[0],
        versions=versions,
        rules=_in_words(versions[0]),
        draft=check_tables.find_draft(session),
        to_review=to_review,
    )


@bp.get("/versions/<uuid:table_id>")
def version(table_id: uuid.UUID) -> str:
    table = check_tables.get_version(get_session(), table_id)
    return render_template("check_rules/version.html", table=table, rules=_in_words(table))


@bp.get("/try")
def try_rules() -> ResponseReturnValue:
    """Show what a version gives for answers; they stand in the address and are about nobody."""
    session = get_session()
    draft = check_tables.find_draft(session) if request.args.get("draft") else None
    table = draft or check_tables.current_table(session)
    form = TryForm(request.args)
    found: dict[str, Any] = {"rule": None, "refusals": [], "lawful": [], "position": 0}
    if "children" in request.args and form.validate():
        found = _try(table, form)
    return render_template("check_rules/try.html", form=form, table=table, draft=draft, **found)


def _try(table: CheckRuleTable, form: TryForm) -> dict[str, Any]:
    answers, rules = form.answers(), check_tables.rules_of(table)
    rule, refusals = decide(rules, answers)
    contradictions = [one for one in refusals if one.code in form]
    if contradictions:
        show_refusals(form, Refused(contradictions))
        return {"rule": None, "refusals": [], "lawful": [], "position": 0}
    return {
        "rule": rule,
        "refusals": refusals,
        "lawful": [_check(*one) for one in sorted(lawful_checks(answers))],
        "position": rules.index(rule) + 1 if rule else 0,
    }


def _check(level: CheckLevel, workforce: Workforce) -> str:
    return check_label(level, workforce)


def _in_words(table: CheckRuleTable) -> list[dict[str, Any]]:
    """Return the rules with their conditions as lines."""
    return [_rule_in_words(rule) for rule in check_tables.rules_of(table)]


def _rule_in_words(rule: Rule) -> dict[str, Any]:
    lines = [
        f"{label(question)}: " + " or ".join(_labels(question, rule.when[question]))
        for question in CheckQuestion
        if question in rule.when
    ]
    return {
        "id": rule.id,
        "when": lines or ["Everything else"],
        "check": _check(*rule.check),
        "reason": rule.reason,
    }


def _labels(question: CheckQuestion, fitting: frozenset[CheckAnswer]) -> list[str]:
    return [label(answer).lower() for answer in CHECK_ANSWERS[question] if answer in fitting]


@bp.post("/draft/start")
def start_draft() -> ResponseReturnValue:
    _need_token()
    check_tables.start_draft(get_session(), current_account())
    return redirect(url_for(".draft"))


@bp.get("/draft")
def draft() -> str:
    table = check_tables.get_draft(get_session())
    rules = check_tables.rules_of(table)
    return render_template(
        "check_rules/draft.html",
        table=table,
        rules=_in_words(table),
        faults=_faults(rules),
        unused={rule.id for rule in unused_rules(rules)},
    )


def _faults(rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Return what keeps a draft from being published, in words."""
    positions = {rule.id: position for position, rule in enumerate(rules, start=1)}
    return [
        {
            "position": positions[fault.rule.id] if fault.rule else None,
            "example": _answers_in_words(fault.example),
            "lawful": " or ".join(_check(*one) for one in sorted(fault.lawful)),
            "count": fault.count,
        }
        for fault in table_faults(rules)
    ]


def _answers_in_words(answers: Mapping[CheckQuestion, CheckAnswer]) -> str:
    return "; ".join(
        f"{label(question)}: {label(answer).lower()}" for question, answer in answers.items()
    )


@bp.route("/draft/rules/<rule_id>", methods=["GET", "POST"])
def rule(rule_id: str) -> ResponseReturnValue:
    session = get_session()
    table = check_tables.get_draft(session)
    known = None if rule_id == NEW else check_tables.find_rule(table, rule_id)
    place = check_tables.position_of(table, known)
    form = RuleForm(data={**_known(known), "position": place, "edition": table.edition})
    if form.validate_on_submit():
        changed = Rule(
            id=known.id if known else "",
            when=form.conditions(),
            level=CheckLevel(form.level.data),
            workforce=Workforce(form.workforce.data),
            reason=form.reason.data or "",
        )
        changed = changed if known else check_tables.new_rule(changed)
        try:
            given = changed, form.position.data
            check_tables.save_rule(session, current_account(), form.edition.data, *given)
            flash("The rule is saved in the draft.", "success")
            return redirect(url_for(".draft"))
        except Refused as refused:
            show_refusals(form, refused)
        except Stale:
            form.form_errors.append(CHANGED)
    page = render_template("check_rules/rule.html", form=form, known=known, table=table)
    return page, 422 if form.errors else 200


def _known(rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    ticked = {question.value: [one.value for one in rule.when[question]] for question in rule.when}
    return {
        "level": rule.level.value,
        "workforce": rule.workforce.value,
        "reason": rule.reason,
        **ticked,
    }


@bp.post("/draft/rules/<rule_id>/remove")
def remove_rule(rule_id: str) -> ResponseReturnValue:
    _need_token()
    check_tables.remove_rule(get_session(), current_account(), _edition(), rule_id)
    flash("The rule is taken out of the draft.", "success")
    return redirect(url_for(".draft"))


@bp.post("/draft/discard")
def discard() -> ResponseReturnValue:
    _need_token()
    check_tables.discard_draft(get_session(), current_account(), _edition())
    flash("The draft is thrown away.", "success")
    return redirect(url_for(".overview"))


@bp.route("/draft/publish", methods=["GET", "POST"])
def publish() -> ResponseReturnValue:
    session, account = get_session(), current_account()
    table = check_tables.get_draft(session)
    form = PublishForm(data={"edition": table.edition})
    if form.validate_on_submit():
        given = form.edition.data, form.note.data or ""
        try:
            check_tables.publish(session, account, *given, utc_now())
            flash(f"Version {table.number} is published.", "success")
            return redirect(url_for(".overview"))
        except Refused as refused:
            show_refusals(form, refused)
        except Stale:
            form.form_errors.append(CHANGED)
    found, total = check_levels.list_reviews(session, account, table=table)
    page = render_template(
        "check_rules/publish.html",
        form=form,
        table=table,
        reviews=found,
        total=total,
        faults=_faults(check_tables.rules_of(table)),
    )
    return page, 422 if form.errors else 200


def _need_token() -> None:
    if not MoveForm().validate_on_submit():
        abort(400)


def _edition() -> int:
    return edition_number(request.form.get("edition"))
