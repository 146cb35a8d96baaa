"""What staff may do, declared by hand; see ``matrix_table``."""

from __future__ import annotations

from tests.security.matrix_people import (
    CASELOAD,
    CASEWORK,
    COORDINATED,
    COORDINATORS,
    DUTY_COVERS,
    FAMILY_WORK,
    NOT_NAMED,
    SCHEME,
    STAFF,
    STARTED,
    Reach,
)

STAFF_GROUPS: tuple[tuple[tuple[str, ...], Reach, str], ...] = (
    (
        STAFF,
        NOT_NAMED,
        """
        dashboard.home
        """,
    ),
    (
        CASEWORK,
        CASELOAD,
        """
        breaks.cancel breaks.change_end breaks.plan check_applications.advance
        check_applications.submit check_applications.withdraw check_levels.choose
        check_levels.confirm check_levels.fee checks.accept checks.correct
        checks.end_subscription checks.join checks.match_name checks.record checks.renew
        checks.status courses.book_for endings.end families.consents families.show
        families.worker identity_checks.choose identity_checks.record identity_checks.show
        identity_checks.withdraw interviews.discard interviews.edit interviews.show
        interviews.start match_sessions.show matches.show onboarding.gate onboarding.move
        onboarding.remove_gate onboarding.remove_training onboarding.step onboarding.training
        panels.decide panels.show probation.review references.list_references
        references.remove_older references.resend references.revoke status_checks.show
        supervision.assign two_person_requests.decide two_person_requests.show
        volunteer_agreements.signatures volunteer_agreements.take_back volunteers.identity
        volunteers.resolve_query volunteers.scheme_phone volunteers.show volunteers.timeline
        """,
    ),
    (
        CASEWORK,
        NOT_NAMED,
        """
        certificates.board certificates.export check_applications.list_applications
        check_levels.reviews check_rules.overview check_rules.try_rules courses.calendar
        courses.list_courses courses.new_session families.list_families
        family_consent_texts.list_texts family_consent_texts.show funnel.export funnel.show
        interviews.questions localities.list_localities match_sessions.list_attention
        matches.list_matches matching_runs.list_runs probation.list_due
        school_holidays.list_holidays status_checks.list_flagged supervision.board
        two_person_requests.list_requests volunteer_agreements.list_texts
        volunteer_roles.list_roles volunteers.list_volunteers volunteers.search
        """,
    ),
    (
        CASEWORK,
        SCHEME,
        """
        check_rules.version courses.cancel_session courses.edit_session courses.mark
        courses.show localities.show matching_runs.left_out matching_runs.show
        volunteer_agreements.show_text
        """,
    ),
    (
        CASEWORK,
        STARTED,
        """
        two_person_requests.fetch two_person_requests.take_back
        """,
    ),
    (
        FAMILY_WORK,
        CASELOAD,
        """
        conversations.staff families.accept families.agreement families.answer_safe_contact
        families.blocks families.close families.edit families.guide families.invite
        families.needs families.resolve_query families.topic families.wishes
        families.withdraw_agreement goals.show measures.record never_meet.show
        plan_overrides.ask plan_overrides.end plan_overrides.show referrals.accept
        referrals.call_different referrals.call_same referrals.decline
        referrals.resend_form referrals.revoke_form referrals.show
        status_checks.ask supervision.calls supervision.record supervision.skip
        """,
    ),
    (
        FAMILY_WORK,
        COORDINATED,
        """
        references.reject references.show references.verify
        """,
    ),
    (
        FAMILY_WORK,
        NOT_NAMED,
        """
        families.export families.import_template families.new families.upload
        referrals.list_forms referrals.list_referrals referrals.send_form
        """,
    ),
    (
        FAMILY_WORK,
        STARTED,
        """
        families.check_import families.confirm_import families.discard_import
        """,
    ),
    (
        COORDINATORS,
        CASELOAD,
        """
        expense_claims.approve expense_claims.send_back first_visits.plan
        match_covers.name_backup match_covers.step_in match_covers.stop match_endings.call_off
        match_endings.plan match_offers.offer match_offers.record_yes match_sessions.call_off
        match_sessions.plan matches.activate matches.approve matches.decline matches.end
        matches.introduce matches.pause matches.resume references.enter
        helped_access.family helped_access.volunteer
        """,
    ),
    (
        COORDINATORS,
        NOT_NAMED,
        """
        duty_covers.new
        """,
    ),
    (
        (*COORDINATORS, "manager"),
        CASELOAD,
        """
        expense_claims.ask_for_file expense_claims.show
        """,
    ),
    (
        (*COORDINATORS, "manager"),
        DUTY_COVERS,
        """
        duty_covers.end duty_covers.show
        """,
    ),
    (
        (*COORDINATORS, "manager"),
        NOT_NAMED,
        """
        duty_covers.list_grants expense_claims.list_claims expense_claims.list_files
        expense_claims.make_file matching_runs.start
        """,
    ),
    (
        ("lead",),
        NOT_NAMED,
        """
        risk_assessments.list_assessments
        """,
    ),
    (
        ("lead",),
        SCHEME,
        """
        comebacks.reopen concern_cases.acknowledge concern_cases.close concern_cases.note
        concern_cases.resume concern_cases.show concern_cases.stop never_meet.take_back
        plan_overrides.agree referrals.take_danger_on risk_assessments.assess risk_assessments.show
        """,
    ),
    (
        ("lead", "manager"),
        NOT_NAMED,
        """
        concern_cases.board retention.list_holds retention.new_hold
        """,
    ),
    (
        ("lead", "manager"),
        SCHEME,
        """
        retention.lift_hold
        """,
    ),
    (
        ("lead", "auditor"),
        NOT_NAMED,
        """
        risk_assessments.ledger
        """,
    ),
    (
        ("manager",),
        NOT_NAMED,
        """
        certificates.consent_text check_rules.discard check_rules.draft check_rules.publish
        check_rules.remove_rule check_rules.rule check_rules.start_draft courses.edit_course
        courses.new_course family_consent_texts.translate family_consent_texts.write
        interviews.edit_questions levels.edit localities.new measures.list_measures measures.new
        outcomes.export outcomes.show retention.run retention.show rights.list_requests
        rights.new rights.overview people.invite people.list_staff refused.list_patterns
        scheme_figures.change scheme_figures.overview school_holidays.new set_up.overview
        status_checks.set_up volunteer_agreements.publish volunteer_roles.edit
        volunteer_roles.new volunteer_roles.retire
        """,
    ),
    (
        ("manager",),
        SCHEME,
        """
        duty_covers.sign_off erasures.show rights.acknowledge
        rights.close rights.fetch rights.note rights.review rights.show
        localities.edit measures.use people.close people.council_only
        people.end_sessions people.reset_factors people.show_sessions school_holidays.remove
        supervision.capacity
        """,
    ),
    (
        ("auditor",),
        NOT_NAMED,
        """
        audit.export audit.list_events
        """,
    ),
)
