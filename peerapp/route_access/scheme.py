"""The scheme itself: its staff, places, money, figures and audit trail."""

from __future__ import annotations

from peerapp.enums import Role
from peerapp.route_access.kinds import (
    AUDITOR,
    CASEWORK,
    COORDINATOR,
    MANAGER,
    PAYMENTS,
    STAFF,
    Access,
    has_role,
)

MANAGER_READ = Access(MANAGER.who, audited_read=True)
HOLDERS = Access(has_role(Role.MANAGER, Role.SAFEGUARDING_LEAD))

ROUTES: dict[str, Access] = {
    # dashboard
    "dashboard.home": STAFF,
    # people
    "people.list_staff": MANAGER,
    "people.invite": MANAGER.proved,
    "people.close": MANAGER.proved,
    "people.reset_factors": MANAGER.proved,
    "people.show_sessions": MANAGER,
    "people.end_sessions": MANAGER,
    "people.council_only": MANAGER.proved,
    # figures of the scheme
    "scheme_figures.overview": MANAGER,
    "set_up.overview": MANAGER,
    "scheme_figures.change": MANAGER.proved,
    # what has helped
    "outcomes.show": MANAGER,
    "outcomes.export": MANAGER.proved,
    # levels of need
    "levels.edit": MANAGER,
    # localities
    "localities.list_localities": CASEWORK,
    "localities.show": CASEWORK,
    "localities.new": MANAGER,
    "localities.edit": MANAGER,
    # school holidays
    "school_holidays.list_holidays": CASEWORK,
    "school_holidays.new": MANAGER,
    "school_holidays.remove": MANAGER,
    # expenses, as staff pay them
    "expense_claims.list_claims": PAYMENTS,
    "expense_claims.show": Access(PAYMENTS.who, audited_read=True),
    "expense_claims.approve": COORDINATOR,
    "expense_claims.send_back": COORDINATOR,
    "expense_claims.list_files": PAYMENTS,
    "expense_claims.make_file": PAYMENTS.proved,
    "expense_claims.ask_for_file": PAYMENTS.proved,
    # duty cover, and what takes two people
    "duty_covers.list_grants": Access(has_role(Role.COORDINATOR, Role.MANAGER)),
    "duty_covers.new": COORDINATOR.proved,
    "duty_covers.show": Access(has_role(Role.COORDINATOR, Role.MANAGER)),
    "duty_covers.end": Access(has_role(Role.COORDINATOR, Role.MANAGER)),
    "duty_covers.sign_off": MANAGER,
    "two_person_requests.list_requests": CASEWORK,
    "two_person_requests.show": CASEWORK,
    "two_person_requests.decide": CASEWORK.proved,
    "two_person_requests.take_back": CASEWORK,
    "two_person_requests.fetch": CASEWORK.proved,
    # who was refused many pages
    "refused.list_patterns": MANAGER,
    # rights over one's record
    "rights.overview": MANAGER,
    "rights.list_requests": MANAGER,
    "rights.new": MANAGER,
    "rights.show": MANAGER_READ,
    "rights.acknowledge": MANAGER,
    "rights.note": MANAGER_READ,
    "rights.close": MANAGER_READ,
    "rights.review": MANAGER_READ,
    "rights.fetch": MANAGER.proved,
    "retention.show": MANAGER_READ,
    "retention.run": MANAGER.proved,
    "retention.list_holds": HOLDERS,
    "retention.new_hold": HOLDERS,
    "retention.lift_hold": HOLDERS,
    "erasures.show": MANAGER_READ.proved,
    # audit
    "audit.list_events": AUDITOR,
    "audit.export": AUDITOR.proved,
}
