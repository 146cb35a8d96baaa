"""Who may use which route: the whole access policy by role, in one table. Default: nobody.

Whose single record is whose stands in ``domain.access`` and is asked by the services.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from peerapp.enums import Role
from peerapp.models import Account

Predicate = Callable[[Account | None], bool]


@dataclass(frozen=True)
class Access:
    """Access to one route.

    Attributes
    ----------
    who
        Predicate on the signed-in account (None: nobody is signed in).
    audited_read
        The route shows sensitive data on GET: it may write audit rows, and only those.
    """

    who: Predicate
    audited_read: bool = False


def anyone(_: Account | None) -> bool:
    """Allow everybody, signed in or not."""
    return True


def signed_in(account: Account | None) -> bool:
    """Allow every account."""
    return account is not None


def has_role(*roles: Role) -> Predicate:
    """Allow accounts with one of ``roles``."""
    allowed = frozenset(roles)
    return lambda account: account is not None and account.role in allowed


PUBLIC = Access(anyone)
SIGNED_IN = Access(signed_in)
VOLUNTEER = Access(has_role(Role.VOLUNTEER))
FAMILY = Access(has_role(Role.FAMILY))
STAFF = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.AUDITOR))
CASEWORK = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD, Role.MANAGER))
CASEWORK_READ = Access(CASEWORK.who, audited_read=True)
COORDINATOR = Access(has_role(Role.COORDINATOR))
FAMILY_WORK = Access(has_role(Role.COORDINATOR, Role.SAFEGUARDING_LEAD))
FAMILY_WORK_READ = Access(FAMILY_WORK.who, audited_read=True)
OWN_OR_FAMILY_WORK = Access(
    has_role(Role.FAMILY, Role.COORDINATOR, Role.SAFEGUARDING_LEAD), audited_read=True
)
LEAD = Access(has_role(Role.SAFEGUARDING_LEAD))
MANAGER = Access(has_role(Role.MANAGER))
AUDITOR = Access(has_role(Role.AUDITOR))
RISK_LEDGER = Access(has_role(Role.SAFEGUARDING_LEAD, Role.AUDITOR))
PAYMENTS = Access(has_role(Role.COORDINATOR, Role.MANAGER))

ROUTES: dict[str, Access] = {
    "static": PUBLIC,
    # public
    "public.index": PUBLIC,
    "public.accessibility": PUBLIC,
    "public.privacy": PUBLIC,
    "public.cookies": PUBLIC,
    "public.danger": PUBLIC,
    "health.live": PUBLIC,
    "health.ready": PUBLIC,
    # the front door
    "front_door.start": PUBLIC,
    "front_door.professional": PUBLIC,
    "front_door.page": PUBLIC,
    "front_door.remove_child": PUBLIC,
    "front_door.danger_now": PUBLIC,
    "front_door.saved": PUBLIC,
    "front_door.check": PUBLIC,
    "front_door.sent": PUBLIC,
    "front_door.stop": PUBLIC,
    "front_door.go_on": PUBLIC,
    "referrer.form": PUBLIC,
    "referrer.outcome": PUBLIC,
    # auth
    "auth.sign_in": PUBLIC,
    "auth.sign_out": SIGNED_IN,
    "auth.leave": PUBLIC,
    "auth.sign_up": PUBLIC,
    "auth.sign_up_sent": PUBLIC,
    "auth.confirm": PUBLIC,
    "auth.invitation": PUBLIC,
    "auth.forgot": PUBLIC,
    "auth.reset": PUBLIC,
    # dashboard
    "dashboard.home": STAFF,
    # people
    "people.list_staff": MANAGER,
    "people.invite": MANAGER,
    "people.close": MANAGER,
    # figures of the scheme
    "scheme_figures.overview": MANAGER,
    "scheme_figures.change": MANAGER,
    # families
    "families.list_families": CASEWORK,
    "families.show": CASEWORK_READ,
    "families.new": FAMILY_WORK,
    "families.edit": FAMILY_WORK_READ,
    "families.needs": FAMILY_WORK_READ,
    "families.wishes": FAMILY_WORK_READ,
    "families.agreement": FAMILY_WORK_READ,
    "families.withdraw_agreement": FAMILY_WORK_READ,
    "families.consents": CASEWORK_READ,
    "families.worker": CASEWORK_READ,
    "families.guide": FAMILY_WORK_READ,
    "families.topic": FAMILY_WORK_READ,
    "families.answer_safe_contact": FAMILY_WORK_READ,
    "families.blocks": FAMILY_WORK_READ,
    "families.close": FAMILY_WORK_READ,
    "families.accept": FAMILY_WORK,
    "families.resolve_query": FAMILY_WORK,
    "families.invite": FAMILY_WORK_READ,
    "families.upload": FAMILY_WORK,
    "families.import_template": FAMILY_WORK,
    "families.check_import": FAMILY_WORK_READ,
    "families.confirm_import": FAMILY_WORK,
    "families.discard_import": FAMILY_WORK,
    "families.export": FAMILY_WORK,
    "families.export_file": FAMILY_WORK,
    # referrals, as staff read and decide on them
    "referrals.list_referrals": FAMILY_WORK,
    "referrals.list_forms": FAMILY_WORK,
    "referrals.send_form": FAMILY_WORK,
    "referrals.resend_form": FAMILY_WORK,
    "referrals.revoke_form": FAMILY_WORK,
    "referrals.show": FAMILY_WORK_READ,
    "referrals.accept": FAMILY_WORK_READ,
    "referrals.call_different": FAMILY_WORK,
    "referrals.call_same": FAMILY_WORK,
    "referrals.decline": FAMILY_WORK_READ,
    "referrals.take_danger_on": Access(LEAD.who, audited_read=True),
    # a child protection plan, overridden by two people
    "plan_overrides.show": FAMILY_WORK_READ,
    "plan_overrides.ask": FAMILY_WORK_READ,
    "plan_overrides.agree": Access(LEAD.who, audited_read=True),
    "plan_overrides.end": FAMILY_WORK_READ,
    # levels of need
    "levels.edit": MANAGER,
    # localities
    "localities.list_localities": CASEWORK,
    "localities.show": CASEWORK,
    "localities.new": MANAGER,
    "localities.edit": MANAGER,
    # matching runs
    "matching_runs.list_runs": CASEWORK,
    "matching_runs.start": Access(has_role(Role.COORDINATOR, Role.MANAGER)),
    "matching_runs.show": CASEWORK,
    "matching_runs.left_out": CASEWORK,
    # matches
    "matches.list_matches": CASEWORK,
    "matches.show": CASEWORK_READ,
    "matches.approve": COORDINATOR,
    "matches.decline": COORDINATOR,
    "matches.introduce": COORDINATOR,
    "matches.activate": COORDINATOR,
    "matches.pause": COORDINATOR,
    "matches.resume": COORDINATOR,
    "matches.end": COORDINATOR,
    "match_offers.offer": COORDINATOR,
    "match_offers.record_yes": COORDINATOR,
    "first_visits.plan": COORDINATOR,
    "match_endings.plan": COORDINATOR,
    "match_covers.name_backup": COORDINATOR,
    "match_covers.step_in": COORDINATOR,
    "match_covers.stop": COORDINATOR,
    "match_covers.show": Access(VOLUNTEER.who, audited_read=True),
    "match_covers.still_shown": VOLUNTEER,
    "coaching.still_shown": VOLUNTEER,
    "coaching.ledger": VOLUNTEER,
    "family.still_shown": FAMILY,
    "family.ledger": FAMILY,
    "match_endings.call_off": COORDINATOR,
    "match_endings.coach_survey": VOLUNTEER,
    "match_endings.family_survey": FAMILY,
    "match_endings.thanks": VOLUNTEER,
    "match_offers.coach_offer": VOLUNTEER,
    "match_offers.coach_yes": VOLUNTEER,
    "match_offers.coach_no": VOLUNTEER,
    "match_offers.family_offer": FAMILY,
    "match_offers.family_yes": FAMILY,
    "match_offers.family_no": FAMILY,
    # a coach's matches
    "coaching.list_matches": VOLUNTEER,
    "coaching.show": Access(VOLUNTEER.who, audited_read=True),
    # a family's own pages
    "family.home": FAMILY,
    "family.coach": Access(FAMILY.who, audited_read=True),
    "family.safe_contact": FAMILY,
    "own_safe_contact.change": FAMILY,
    "family_consent_texts.list_texts": CASEWORK,
    "family_consent_texts.show": CASEWORK,
    "family_consent_texts.write": MANAGER,
    "family_consent_texts.translate": MANAGER,
    "family_consents.list_choices": FAMILY,
    "family_consents.show": FAMILY,
    "family_consents.stop": FAMILY,
    "family.volunteer": FAMILY,
    # a volunteer's own pages
    "volunteer.home": VOLUNTEER,
    "volunteer.profile": VOLUNTEER,
    "volunteer.check": VOLUNTEER,
    "volunteer.sent": VOLUNTEER,
    "volunteer.withdraw": VOLUNTEER,
    # volunteers
    "volunteers.list_volunteers": CASEWORK,
    "volunteers.search": CASEWORK,
    "volunteers.show": CASEWORK_READ,
    "volunteers.timeline": CASEWORK_READ,
    "volunteers.scheme_phone": CASEWORK,
    "volunteers.identity": CASEWORK_READ,
    "volunteers.resolve_query": CASEWORK,
    # how many volunteers stand where
    "funnel.show": CASEWORK,
    "funnel.export": CASEWORK,
    # onboarding
    "onboarding.move": CASEWORK,
    "onboarding.step": CASEWORK,
    "onboarding.gate": CASEWORK_READ,
    "onboarding.remove_gate": CASEWORK,
    "onboarding.training": CASEWORK,
    "onboarding.remove_training": CASEWORK,
    # which check is needed, and applications for it
    "check_levels.choose": CASEWORK,
    "check_levels.confirm": CASEWORK,
    "check_levels.fee": CASEWORK,
    "check_levels.reviews": CASEWORK,
    "check_applications.list_applications": CASEWORK,
    "check_applications.submit": CASEWORK,
    "check_applications.advance": CASEWORK,
    "check_applications.withdraw": CASEWORK,
    "volunteer_roles.list_roles": CASEWORK,
    "volunteer_roles.new": MANAGER,
    "volunteer_roles.edit": MANAGER,
    "volunteer_roles.retire": MANAGER,
    "check_rules.overview": CASEWORK,
    "check_rules.version": CASEWORK,
    "check_rules.try_rules": CASEWORK,
    "check_rules.start_draft": MANAGER,
    "check_rules.draft": MANAGER,
    "check_rules.rule": MANAGER,
    "check_rules.remove_rule": MANAGER,
    "check_rules.discard": MANAGER,
    "check_rules.publish": MANAGER,
    # checks
    "checks.record": CASEWORK,
    "checks.correct": CASEWORK_READ,
    "checks.accept": CASEWORK,
    "checks.status": CASEWORK,
    "checks.match_name": CASEWORK_READ,
    "checks.join": CASEWORK,
    "checks.renew": CASEWORK,
    "checks.end_subscription": CASEWORK,
    # status checks with DBS
    "status_checks.list_flagged": CASEWORK,
    "status_checks.ask": FAMILY_WORK,
    "status_checks.show": CASEWORK_READ,
    "status_checks.set_up": MANAGER,
    # the board of certificates
    "certificates.board": CASEWORK,
    "certificates.export": CASEWORK,
    "certificates.consent_text": MANAGER,
    # certificates with content
    "risk_assessments.list_assessments": LEAD,
    "risk_assessments.assess": LEAD,
    "risk_assessments.show": LEAD,
    "risk_assessments.ledger": RISK_LEDGER,
    # a volunteer's own certificate
    "certificate.show": VOLUNTEER,
    "certificate.consent": VOLUNTEER,
    "certificate.withdraw_consent": VOLUNTEER,
    "certificate.join": VOLUNTEER,
    "certificate.renew": VOLUNTEER,
    # training
    "courses.calendar": CASEWORK,
    "courses.new_session": CASEWORK,
    "courses.show": CASEWORK,
    "courses.edit_session": CASEWORK,
    "courses.cancel_session": CASEWORK,
    "courses.mark": CASEWORK,
    "courses.book_for": CASEWORK,
    "courses.list_courses": CASEWORK,
    "courses.new_course": MANAGER,
    "courses.edit_course": MANAGER,
    "training.show": VOLUNTEER,
    "training.book": VOLUNTEER,
    "training.cancel": VOLUNTEER,
    # the volunteer agreement
    "volunteer_agreements.list_texts": CASEWORK,
    "volunteer_agreements.show_text": CASEWORK,
    "volunteer_agreements.publish": MANAGER,
    "volunteer_agreements.signatures": CASEWORK_READ,
    "volunteer_agreements.take_back": CASEWORK,
    "volunteer_agreements.sign": VOLUNTEER,
    # breaks, probation, endings, starting again
    "breaks.plan": CASEWORK,
    "breaks.change_end": CASEWORK,
    "breaks.cancel": CASEWORK,
    "breaks.own": VOLUNTEER,
    "breaks.cancel_own": VOLUNTEER,
    "probation.list_due": CASEWORK,
    "probation.review": CASEWORK,
    "endings.end": CASEWORK,
    "comebacks.apply_again": VOLUNTEER,
    "comebacks.reopen": LEAD,
    # a referee, by a link
    "referee.start": PUBLIC,
    "referee.page": PUBLIC,
    "referee.saved": PUBLIC,
    "referee.check": PUBLIC,
    "referee.sent": PUBLIC,
    "referee.decline": PUBLIC,
    "referee.declined": PUBLIC,
    # a volunteer's own referees
    "referees.list_referees": VOLUNTEER,
    "referees.new": VOLUNTEER,
    "referees.take_back": VOLUNTEER,
    # references
    "references.list_references": CASEWORK_READ,
    "references.show": FAMILY_WORK_READ,
    "references.enter": COORDINATOR,
    "references.verify": FAMILY_WORK_READ,
    "references.reject": FAMILY_WORK_READ,
    "references.resend": CASEWORK,
    "references.revoke": CASEWORK,
    "references.remove_older": CASEWORK,
    # identity checks
    "identity_checks.show": CASEWORK_READ,
    "identity_checks.choose": CASEWORK,
    "identity_checks.record": CASEWORK_READ,
    "identity_checks.withdraw": CASEWORK,
    # interviews
    "interviews.show": CASEWORK_READ,
    "interviews.start": CASEWORK,
    "interviews.edit": CASEWORK_READ,
    "interviews.discard": CASEWORK,
    "interviews.questions": CASEWORK,
    "interviews.edit_questions": MANAGER,
    # panels
    "panels.show": CASEWORK_READ,
    "panels.decide": CASEWORK_READ,
    # goals of families, totals of outside measures
    "goals.own": FAMILY,
    "goals.share": FAMILY,
    "goals.show": FAMILY_WORK_READ,
    "goals.new": OWN_OR_FAMILY_WORK,
    "goals.score": OWN_OR_FAMILY_WORK,
    "goals.finish": OWN_OR_FAMILY_WORK,
    "measures.list_measures": MANAGER,
    "measures.new": MANAGER,
    "measures.use": MANAGER,
    "measures.record": FAMILY_WORK_READ,
    # supervision
    "supervision.board": CASEWORK,
    "supervision.calls": FAMILY_WORK_READ,
    "supervision.record": FAMILY_WORK_READ,
    "supervision.skip": FAMILY_WORK_READ,
    "supervision.assign": CASEWORK,
    "supervision.capacity": MANAGER,
    # messages between family and coach
    "conversations.family": Access(FAMILY.who, audited_read=True),
    "conversations.list_own": VOLUNTEER,
    "conversations.coach": Access(VOLUNTEER.who, audited_read=True),
    "conversations.staff": FAMILY_WORK,
    "conversations.still_shown": Access(has_role(Role.FAMILY, Role.VOLUNTEER)),
    # safeguarding concerns
    "concerns.new": SIGNED_IN,
    "concerns.sent": SIGNED_IN,
    "concerns.list_own": SIGNED_IN,
    "concern_cases.board": Access(has_role(Role.SAFEGUARDING_LEAD, Role.MANAGER)),
    "concern_cases.show": Access(LEAD.who, audited_read=True),
    "concern_cases.acknowledge": LEAD,
    "concern_cases.note": LEAD,
    "concern_cases.stop": LEAD,
    "concern_cases.resume": LEAD,
    "concern_cases.close": LEAD,
    # sessions, notes, calendars
    "sessions.list_sessions": VOLUNTEER,
    "sessions.held": VOLUNTEER,
    "sessions.missed": VOLUNTEER,
    "sessions.noted": VOLUNTEER,
    "sessions.other": VOLUNTEER,
    "sessions.move": VOLUNTEER,
    "sessions.call_off": VOLUNTEER,
    "sessions.video_link": VOLUNTEER,
    "family_sessions.list_sessions": FAMILY,
    "family_sessions.cannot_come": FAMILY,
    "calendars.show": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.make": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.stop": Access(has_role(Role.VOLUNTEER, Role.FAMILY)),
    "calendars.read": PUBLIC,
    "match_sessions.list_attention": CASEWORK,
    "match_sessions.show": CASEWORK_READ,
    "match_sessions.plan": COORDINATOR,
    "match_sessions.call_off": COORDINATOR,
    "school_holidays.list_holidays": CASEWORK,
    "school_holidays.new": MANAGER,
    "school_holidays.remove": MANAGER,
    # expenses
    "expenses.list_own": VOLUNTEER,
    "expenses.new": VOLUNTEER,
    "expenses.withdraw": VOLUNTEER,
    "expense_claims.list_claims": PAYMENTS,
    "expense_claims.show": Access(PAYMENTS.who, audited_read=True),
    "expense_claims.approve": COORDINATOR,
    "expense_claims.send_back": COORDINATOR,
    "expense_claims.list_files": PAYMENTS,
    "expense_claims.make_file": PAYMENTS,
    "expense_claims.download": PAYMENTS,
    # audit
    "audit.list_events": AUDITOR,
}


def current_account() -> Account:
    """Return the signed-in account; only for routes that are not public."""
    account: Account = current_user.account
    return account


def account_or_none() -> Account | None:
    """Return the signed-in account, if anybody is signed in."""
    return current_user.account if current_user.is_authenticated else None


def init_app(app: Flask) -> None:
    """Ask the table before each request."""
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None
    access = ROUTES.get(request.endpoint)
    if access is None:
        current_app.logger.error("route %s has no declared access", request.endpoint)
        abort(403)
    g.audited_read = access.audited_read
    if access is PUBLIC or access.who(account_or_none()):
        return None
    if current_user.is_authenticated:
        abort(403)
    return redirect(url_for("auth.sign_in", next=request.path))
