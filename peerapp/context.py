"""What every page knows without its view saying so: the scheme, the menu, who is signed in."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for

from peerapp import new_messages
from peerapp.db import get_session
from peerapp.domain.second_factors import passkey_host
from peerapp.enums import Role
from peerapp.extensions import current_settings
from peerapp.factor_gate import is_half_open
from peerapp.models import Account
from peerapp.permissions import ROUTES, account_or_none
from peerapp.services import duty_covers
from peerapp.services.schemes import get_scheme
from peerapp.vocabulary import check_label, label, labels, languages
from peerapp.vocabulary.audit import action_words, field_words, seen_words

MENUS: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.VOLUNTEER: (
        ("volunteer.home", "Where things stand"),
        ("volunteer.check", "Your details"),
        ("training.show", "Training"),
        ("certificate.show", "Your DBS check"),
        ("coaching.list_matches", "Your families"),
        ("conversations.list_own", "Messages"),
        ("sessions.list_sessions", "Your sessions"),
    ),
    Role.FAMILY: (
        ("family.home", "Where things stand"),
        ("family.coach", "Your coach"),
        ("goals.own", "Your goals"),
        ("conversations.family", "Messages"),
        ("family_sessions.list_sessions", "When you meet"),
    ),
    Role.COORDINATOR: (
        ("dashboard.home", "Today"),
        ("referrals.list_referrals", "Referrals"),
        ("families.list_families", "Families"),
        ("volunteers.list_volunteers", "Volunteers"),
        ("courses.calendar", "Training"),
        ("certificates.board", "Certificates"),
        ("matching_runs.list_runs", "Matching"),
        ("matches.list_matches", "Matches"),
        ("supervision.board", "Supervision"),
    ),
    Role.AUDITOR: (
        ("dashboard.home", "Today"),
        ("audit.list_events", "Audit trail"),
        ("risk_assessments.ledger", "Restricted records"),
    ),
}
MENUS[Role.SAFEGUARDING_LEAD] = (
    *MENUS[Role.COORDINATOR],
    ("concern_cases.board", "Concerns"),
)
MENUS[Role.MANAGER] = (
    *MENUS[Role.COORDINATOR],
    ("outcomes.show", "Outcomes"),
    ("rights.overview", "Data"),
    ("set_up.overview", "Set-up"),
)

SECTIONS = {
    "families": "families",
    "family_consent_texts": "families",
    "plan_overrides": "families",
    "never_meet": "families",
    "referrals": "referrals",
    "levels": "set_up",
    "volunteers": "volunteers",
    "funnel": "volunteers",
    "onboarding": "volunteers",
    "checks": "volunteers",
    "status_checks": "certificates",
    "references": "volunteers",
    "identity_checks": "volunteers",
    "interviews": "volunteers",
    "panels": "volunteers",
    "breaks": "volunteers",
    "probation": "volunteers",
    "endings": "volunteers",
    "comebacks": "volunteers",
    "courses": "courses",
    "volunteer_agreements": "courses",
    "check_levels": "volunteers",
    "check_applications": "volunteers",
    "check_rules": "set_up",
    "volunteer_roles": "set_up",
    "certificates": "certificates",
    "risk_assessments": "certificates",
    "certificate": "certificate",
    "matching_runs": "matching_runs",
    "matches": "matches",
    "match_sessions": "matches",
    "school_holidays": "matches",
    "expense_claims": "volunteers",
    "match_offers": "matches",
    "first_visits": "matches",
    "match_endings": "matches",
    "match_covers": "matches",
    "localities": "set_up",
    "people": "set_up",
    "scheme_figures": "set_up",
    "set_up": "set_up",
    "coaching": "coaching",
    "concern_cases": "concern_cases",
    "goals": "families",
    "supervision": "supervision",
    "conversations": "matches",
    "duty_covers": "dashboard",
    "two_person_requests": "dashboard",
    "rights": "rights",
    "retention": "rights",
    "erasures": "rights",
    "outcomes": "outcomes",
    "measures": "outcomes",
}
"""Blueprints whose pages lie below an entry of the menu, by the blueprint of that entry."""


def init_app(app: Flask) -> None:
    """Put the names into each template."""
    app.context_processor(lambda: _context(app))
    app.jinja_env.filters |= {
        "action_words": action_words,
        "check_label": check_label,
        "field_words": field_words,
        "label": label,
        "labels": labels,
        "languages": languages,
        "seen_words": seen_words,
    }


def _context(app: Flask) -> dict[str, Any]:
    scheme = get_scheme(get_session())
    account = account_or_none()
    return {
        "scheme_name": scheme.name,
        "council_name": scheme.council or "the council",
        "support_email": scheme.email,
        "support_phone": scheme.phone,
        "danger_text": scheme.danger_text,
        "demo": scheme.is_demo,
        "exit_url": url_for("auth.leave"),
        "half_open": is_half_open(),
        "passkeys_work": passkey_host(current_settings().base_url) is not None,
        "family_page": account is None or account.role is Role.FAMILY,
        "names_scheme": account is None and request.blueprint == "public",
        "nav_items": _menu(app),
        "concern_url": _concern_url(account),
        "duty_covers": duty_covers.in_use(account) if account else [],
    }


def _concern_url(account: Account | None) -> str:
    """Return where a concern is raised about whoever this page is about."""
    known = {Role.FAMILY: (), Role.VOLUNTEER: ("match",), Role.AUDITOR: ()}
    given = request.view_args or {}
    if account is None:
        return ""
    names = known.get(account.role, ("match", "family", "volunteer"))
    about = {name: given[f"{name}_id"] for name in names if f"{name}_id" in given}
    return url_for("concerns.new", **about)


def _badge(endpoint: str, account: Account) -> str:
    """Say how many messages wait for a family or a coach; what they may not read is not counted."""
    if endpoint not in {"conversations.family", "conversations.list_own"}:
        return ""
    new = new_messages.count_once(account)
    return f" ({new} new)" if new else ""


def _section(endpoint: str | None) -> str:
    """Return the part of the staff's menu that a page belongs to; others stand for themselves."""
    blueprint = (endpoint or "").partition(".")[0]
    section = SECTIONS.get(blueprint, blueprint)
    return section if section in SECTIONS.values() else endpoint or ""


def _menu(app: Flask) -> list[dict[str, Any]]:
    account = account_or_none()
    if account is None:
        return []
    return [
        {
            "text": text + _badge(endpoint, account),
            "href": url_for(endpoint),
            "current": request.endpoint == endpoint,
            "active": _section(request.endpoint) == _section(endpoint),
        }
        for endpoint, text in MENUS[account.role]
        if endpoint in app.view_functions and ROUTES[endpoint].who(account)
    ]
