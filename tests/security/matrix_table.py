"""What everybody may do, declared by hand: nothing here is read from the code under test.

To add a route: put its endpoint into the group whose people and objects are its own, or make a
group. ``who`` may use the route at all, everybody else is sent to sign in or refused (403);
``over`` says of which place's objects: any other is not there (404). Outcomes are those of
``matrix.outcome``.
"""

from __future__ import annotations

from dataclasses import replace

from tests.security.matrix_people import (
    ANYWHERE,
    BACKUPS,
    BOTH_SIDES,
    CASELOAD,
    COACHES,
    COVER,
    ENDED,
    EVERYBODY,
    FAMILIES,
    FAMILY_WORK,
    MATCHED,
    NOT_NAMED,
    OFFERED,
    OPEN_CONTACT,
    OWES_OR_NOT,
    OWN_PAGES,
    SCHEME,
    SIGNED_IN,
    STARTED,
    VOLUNTEERS,
    VOLUNTEERS_OWN,
    WITH_BACKUP,
    Reach,
    Rule,
)
from tests.security.matrix_staff import STAFF_GROUPS

GROUPS: tuple[tuple[tuple[str, ...], Reach, str], ...] = (
    (
        EVERYBODY,
        ANYWHERE,
        """
        auth.confirm auth.invitation auth.reset front_door.go_on referee.check referee.decline
        referee.page referee.saved referee.start referrer.form referrer.outcome
        sign_in_links.use
        """,
    ),
    (
        EVERYBODY,
        NOT_NAMED,
        """
        auth.forgot auth.leave auth.sign_in auth.sign_up auth.sign_up_sent
        browser_reports.report browser_reports.security_txt council.begin council.done
        council.finish front_door.check
        helped_access.use_code
        front_door.danger_now front_door.page front_door.professional front_door.remove_child
        front_door.saved front_door.sent front_door.start front_door.stop health.live
        health.ready passkeys.ask_for_sign_in passkeys.sign_in public.accessibility
        public.cookies public.danger public.index public.privacy referee.declined referee.sent
        sign_in_links.ask static
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
        OWES_OR_NOT,
        NOT_NAMED,
        """
        auth.sign_out passkeys.add passkeys.ask_for_factor passkeys.ask_for_new second_factors.app
        second_factors.code second_factors.recovery_code second_factors.set_up
        second_factors.start_app
        """,
    ),
    (
        SIGNED_IN,
        STARTED,
        """
        account.end_one passkeys.remove
        """,
    ),
    (
        SIGNED_IN,
        NOT_NAMED,
        """
        account.end_others account.password account.show account.signed_in concerns.list_own
        concerns.new own_trail.events second_factors.recovery_codes_page
        second_factors.remove_app second_factors.show
        """,
    ),
    (
        BOTH_SIDES,
        NOT_NAMED,
        """
        account.link calendars.make calendars.show calendars.stop own_data.ask
        own_data.show own_trail.looks
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
        family.safe_contact family.volunteer family_consents.list_choices family_consents.show
        family_consents.stop family_sessions.list_sessions goals.own own_safe_contact.change
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
    *STAFF_GROUPS,
)

RULES: dict[str, Rule] = {}
for _who, _over, _routes in GROUPS:
    for _route in _routes.split():
        if _route in RULES:
            raise ValueError(f"{_route} is declared twice")
        RULES[_route] = Rule(_who, _over)

COVERED = """
    conversations.staff families.accept families.agreement families.answer_safe_contact
    families.blocks families.close families.consents families.edit families.guide families.invite
    families.needs families.resolve_query families.show families.topic families.wishes
    families.withdraw_agreement families.worker first_visits.plan goals.finish@staff
    goals.new@staff goals.score@staff goals.show match_covers.name_backup match_covers.step_in
    match_covers.stop match_endings.call_off match_endings.plan match_offers.offer
    match_offers.record_yes match_sessions.call_off match_sessions.plan match_sessions.show
    matches.activate matches.approve matches.decline matches.end matches.introduce matches.pause
    matches.resume matches.show measures.record never_meet.show plan_overrides.ask
    plan_overrides.end plan_overrides.show supervision.calls supervision.record supervision.skip
"""
"""What duty cover of one family opens, for reading: its record and its match, and no more.

Forms are shown and not taken. The coach's own record, the referral, money and all other families
stay shut.
"""
for _route in COVERED.split():
    RULES[_route] = replace(RULES[_route], covered=True)

NOT_COVERED = {("match_sessions.call_off", COVER): "403"}  # its page looks whose match it is first

OTHERWISE = {
    ("second_factors.remove_app", "POST"): "404",  # nobody in the world has an app
    ("static", "OPTIONS"): "405",  # files are served without asking the routes
    ("council.begin", "GET"): "404",  # it is off until it is set up
    ("council.begin", "HEAD"): "404",
    ("council.done", "GET"): "404",
    ("council.done", "HEAD"): "404",
    ("council.finish", "POST"): "404",
}
"""How a request that is allowed ends for another reason."""
