"""What everybody may do, declared by hand: nothing here is read from the code under test.

To add a route: put its endpoint into the group whose people and objects are its own, or make a
group. ``who`` may use the route at all, everybody else is sent to sign in or refused (403);
``over`` says of which place's objects: any other is not there (404). Outcomes are those of
``matrix.outcome``.
"""

from __future__ import annotations

from tests.security.matrix_people import (
    ANYWHERE,
    BACKUPS,
    BOTH_SIDES,
    CASELOAD,
    CASEWORK,
    COACHES,
    COORDINATED,
    COORDINATORS,
    DUTY_COVERS,
    ENDED,
    EVERYBODY,
    FAMILIES,
    FAMILY_WORK,
    MATCHED,
    NOT_NAMED,
    OFFERED,
    OPEN_CONTACT,
    OWN_PAGES,
    SCHEME,
    SIGNED_IN,
    STAFF,
    STARTED,
    VOLUNTEERS,
    VOLUNTEERS_OWN,
    WITH_BACKUP,
    Reach,
    Rule,
)

GROUPS: tuple[tuple[tuple[str, ...], Reach, str], ...] = (
    (
        EVERYBODY,
        ANYWHERE,
        """
        auth.confirm auth.invitation auth.reset front_door.go_on referee.check referee.decline
        referee.page referee.saved referee.start referrer.form referrer.outcome
        """,
    ),
    (
        EVERYBODY,
        NOT_NAMED,
        """
        auth.forgot auth.leave auth.sign_in auth.sign_up auth.sign_up_sent front_door.check
        front_door.danger_now front_door.page front_door.professional front_door.remove_child
        front_door.saved front_door.sent front_door.start front_door.stop health.live
        health.ready public.accessibility public.cookies public.danger public.index
        public.privacy referee.declined referee.sent static
        """,
    ),
    (
        EVERYBODY,
        SCHEME,
        """
        calendars.read
        """,
    ),
    (
        SIGNED_IN,
        COACHES,
        """
        concerns.sent
        """,
    ),
    (
        SIGNED_IN,
        NOT_NAMED,
        """
        auth.sign_out concerns.list_own concerns.new own_trail.events
        """,
    ),
    (
        BOTH_SIDES,
        NOT_NAMED,
        """
        calendars.make calendars.show calendars.stop own_trail.looks
        """,
    ),
    (
        BOTH_SIDES,
        WITH_BACKUP,
        """
        conversations.still_shown
        """,
    ),
    (
        VOLUNTEERS,
        BACKUPS,
        """
        conversations.backup match_covers.show match_covers.still_shown sessions.call_off
        sessions.held sessions.missed sessions.move sessions.still_shown
        """,
    ),
    (
        VOLUNTEERS,
        COACHES,
        """
        coaching.show coaching.still_shown conversations.coach expenses.withdraw
        match_endings.coach_survey match_endings.thanks match_offers.coach_no
        match_offers.coach_offer match_offers.coach_yes sessions.noted sessions.other
        sessions.video_link
        """,
    ),
    (
        VOLUNTEERS,
        NOT_NAMED,
        """
        breaks.own certificate.consent certificate.join certificate.renew certificate.show
        certificate.withdraw_consent coaching.ledger coaching.list_matches comebacks.apply_again
        conversations.list_own expenses.list_own expenses.new referees.list_referees
        referees.new sessions.list_sessions training.show volunteer.check volunteer.home
        volunteer.profile volunteer.sent volunteer.withdraw volunteer_agreements.sign
        """,
    ),
    (
        VOLUNTEERS,
        SCHEME,
        """
        training.book
        """,
    ),
    (
        VOLUNTEERS,
        VOLUNTEERS_OWN,
        """
        breaks.cancel_own referees.take_back training.cancel
        """,
    ),
    (
        FAMILIES,
        OPEN_CONTACT,
        """
        family.still_shown
        """,
    ),
    (
        FAMILIES,
        ENDED,
        """
        match_endings.family_survey
        """,
    ),
    (
        FAMILIES,
        MATCHED,
        """
        family_sessions.cannot_come family_sessions.still_shown goals.share
        """,
    ),
    (
        FAMILIES,
        NOT_NAMED,
        """
        conversations.family conversations.family_backup family.coach family.home family.ledger
        family.safe_contact
        family.volunteer family_consents.list_choices family_consents.show family_consents.stop
        family_sessions.list_sessions goals.own own_safe_contact.change
        """,
    ),
    (
        FAMILIES,
        OFFERED,
        """
        match_offers.family_no match_offers.family_offer match_offers.family_yes
        """,
    ),
    (
        (*FAMILIES, *FAMILY_WORK),
        CASELOAD,
        """
        goals.finish@staff goals.new@staff goals.score@staff
        """,
    ),
    (
        (*FAMILIES, *FAMILY_WORK),
        MATCHED,
        """
        goals.finish@family
        """,
    ),
    (
        (*FAMILIES, *FAMILY_WORK),
        OWN_PAGES,
        """
        goals.new@family goals.score@family
        """,
    ),
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
        families.withdraw_agreement goals.show measures.record plan_overrides.ask
        plan_overrides.end plan_overrides.show referrals.accept referrals.call_different
        referrals.call_same referrals.decline referrals.resend_form referrals.revoke_form
        referrals.show status_checks.ask supervision.calls supervision.record supervision.skip
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
        concern_cases.resume concern_cases.show concern_cases.stop plan_overrides.agree
        referrals.take_danger_on risk_assessments.assess risk_assessments.show
        """,
    ),
    (
        ("lead", "manager"),
        NOT_NAMED,
        """
        concern_cases.board
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
        outcomes.export outcomes.show people.invite people.list_staff scheme_figures.change
        scheme_figures.overview school_holidays.new set_up.overview status_checks.set_up
        volunteer_agreements.publish volunteer_roles.edit volunteer_roles.new
        volunteer_roles.retire
        """,
    ),
    (
        ("manager",),
        SCHEME,
        """
        duty_covers.sign_off localities.edit measures.use people.close school_holidays.remove
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

RULES: dict[str, Rule] = {}
for _who, _over, _routes in GROUPS:
    for _route in _routes.split():
        if _route in RULES:
            raise ValueError(f"{_route} is declared twice")
        RULES[_route] = Rule(_who, _over)
