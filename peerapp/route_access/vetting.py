"""How staff bring volunteers on, and check them."""

from __future__ import annotations

from peerapp.route_access.kinds import (
    CASEWORK,
    CASEWORK_READ,
    COORDINATOR,
    FAMILY_WORK,
    FAMILY_WORK_READ,
    LEAD,
    MANAGER,
    RISK_LEDGER,
    VOLUNTEER,
    Access,
)

ROUTES: dict[str, Access] = {
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
    # applications for a check
    "check_applications.list_applications": CASEWORK,
    "check_applications.submit": CASEWORK,
    "check_applications.advance": CASEWORK,
    "check_applications.withdraw": CASEWORK,
    # roles
    "volunteer_roles.list_roles": CASEWORK,
    "volunteer_roles.new": MANAGER,
    "volunteer_roles.edit": MANAGER,
    "volunteer_roles.retire": MANAGER,
    # rules of which check is needed
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
    "certificates.export": CASEWORK.proved,
    "certificates.consent_text": MANAGER,
    # certificates with content
    "risk_assessments.list_assessments": LEAD,
    "risk_assessments.assess": LEAD,
    "risk_assessments.show": LEAD,
    "risk_assessments.ledger": RISK_LEDGER,
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
    # the volunteer agreement
    "volunteer_agreements.list_texts": CASEWORK,
    "volunteer_agreements.show_text": CASEWORK,
    "volunteer_agreements.publish": MANAGER,
    "volunteer_agreements.signatures": CASEWORK_READ,
    "volunteer_agreements.take_back": CASEWORK,
    "volunteer_agreements.sign": VOLUNTEER,
    # breaks
    "breaks.plan": CASEWORK,
    "breaks.change_end": CASEWORK,
    "breaks.cancel": CASEWORK,
    "breaks.own": VOLUNTEER,
    "breaks.cancel_own": VOLUNTEER,
    # probation
    "probation.list_due": CASEWORK,
    "probation.review": CASEWORK,
    # endings
    "endings.end": CASEWORK,
    # starting again
    "comebacks.apply_again": VOLUNTEER,
    "comebacks.reopen": LEAD,
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
}
