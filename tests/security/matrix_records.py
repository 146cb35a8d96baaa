"""One of everything that belongs to a match, to a family and to a scheme."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from peerapp.enums import (
    ClaimState,
    ConcernAbout,
    ExpenseKind,
    ReferralLinkKind,
    ReferralSource,
    ReferralState,
    RightKind,
    RunState,
    SessionMood,
    SessionState,
    Side,
    TwoPersonAct,
)
from peerapp.models import (
    AccessGrant,
    Account,
    CoachingSession,
    Concern,
    ContactFreeze,
    ExpenseClaim,
    ExpenseExport,
    Family,
    FamilyImport,
    FirstVisit,
    Goal,
    InsideMessage,
    LegalHold,
    Locality,
    LoginSession,
    Match,
    MatchingRun,
    Measure,
    Passkey,
    PlanOverride,
    Referral,
    RightsRequest,
    SchoolHoliday,
    SessionNote,
    SessionPlan,
    Subscription,
    SupervisionCall,
    TwoPersonRequest,
)
from peerapp.services import check_tables, referral_links
from peerapp.services.tokens import token_hash
from tests.factories import (
    NOW,
    TODAY,
)
from tests.support.referral_scenes import TOLD

DAY = timedelta(days=1)


@dataclass
class Place:
    """A locality with one of everything; ``ids`` by the names that addresses use.

    What a name stands for in some routes only is kept under ``endpoint`` or its blueprint.
    """

    staff: Account
    lead: Account
    ids: dict[str, Any] = field(default_factory=dict)
    special: dict[str, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, Account] = field(default_factory=dict)
    rows: set[uuid.UUID] = field(default_factory=set)
    """The ids of all rows that were made for it."""

    def values(self, endpoint: str) -> Mapping[str, Any]:
        """Return what to put into an address of this endpoint."""
        blueprint = endpoint.split(".")[0]
        return {**self.ids, **self.special.get(blueprint, {}), **self.special.get(endpoint, {})}


def of_the_match(session, place: Place) -> None:
    """Sessions, notes, messages, a visit, a concern, a claim and a call of the running match."""
    match = session.get_one(Match, place.ids["match_id"])
    coach, family = place.people["coach"], place.people["family"]
    plan = SessionPlan(
        match_id=match.id,
        first_on=date(2026, 11, 16),
        at=time(9, 30),
        minutes=60,
        video_link="https://meet.example.org/room",
        planned_by_id=place.staff.id,
    )
    held = CoachingSession(
        match_id=match.id, starts_at=NOW - 2 * DAY, minutes=60, slot_on=TODAY - 2 * DAY
    )
    planned = CoachingSession(
        match_id=match.id, starts_at=NOW + 5 * DAY, minutes=60, slot_on=TODAY + 5 * DAY
    )
    held.state = SessionState.HELD
    begun = CoachingSession(
        match_id=match.id, starts_at=NOW - timedelta(hours=2), minutes=60, slot_on=TODAY
    )
    note = SessionNote(position=1, happened=True, minutes=60, mood=SessionMood.WELL)
    note.by_id = coach.id
    held.notes = [note]
    concern = Concern(
        reference=f"C-{uuid.uuid4().hex[:8]}",
        form_key=uuid.uuid4(),
        raised_by_id=coach.id,
        about=ConcernAbout.FAMILY_ADULT,
        danger_now=False,
        words="Somebody shouted.",
        answer_by=NOW + DAY,
        match_id=match.id,
        family_id=match.family_id,
    )
    claim = ExpenseClaim(
        volunteer_id=match.volunteer_id,
        kind=ExpenseKind.CAR,
        spent_on=TODAY - 2 * DAY,
        tenths=40,
        rate_pence=45,
        amount_pence=180,
        state=ClaimState.SENT,
    )
    others = [
        plan,
        FirstVisit(
            match_id=match.id,
            starts_at=NOW + DAY,
            staff_id=place.staff.id,
            planned_by_id=place.staff.id,
        ),
        InsideMessage(
            match_id=match.id,
            form_key=uuid.uuid4(),
            sender_id=family.id,
            side=Side.FAMILY,
            words="See you on Monday.",
        ),
        SupervisionCall(match_id=match.id, number=1, due_on=TODAY),
    ]
    session.add_all([held, begun, planned, concern, claim, *others])
    session.flush()
    frozen_id = place.special["concern_cases.resume"]["match_id"]
    freeze = ContactFreeze(match_id=frozen_id, concern_id=concern.id, stopped_by_id=place.lead.id)
    session.add(freeze)
    place.ids |= {"session_id": planned.id, "concern_id": concern.id, "claim_id": claim.id}
    place.ids["held_id"] = held.id
    place.special["sessions.noted"] = {"session_id": held.id}
    for endpoint in ("held", "missed"):
        place.special[f"sessions.{endpoint}"] = {"session_id": begun.id}


def of_the_family(session, place: Place, locality: Locality) -> None:
    """Goals, an override that is asked for, referrals with their links, an upload."""
    family = session.get_one(Family, place.ids["family_id"])
    account = place.people["family"]
    goal = Goal(family_id=family.id, words="Bed by eight", is_shared=True, set_by_id=account.id)
    override = PlanOverride(
        family_id=family.id,
        asked_by_id=place.staff.id,
        reason="Seen by two of us.",
        until=TODAY + 60 * DAY,
    )
    given = {"locality_id": locality.id, "changed_at": NOW, "answers": dict(TOLD)}
    sent = Referral(
        reference=f"R-{uuid.uuid4().hex[:8]}",
        source=ReferralSource.PROFESSIONAL,
        state=ReferralState.SENT,
        sent_at=NOW,
        form_email="head@school.example",
        **given,
    )
    asked = Referral(
        reference=f"R-{uuid.uuid4().hex[:8]}",
        source=ReferralSource.PROFESSIONAL,
        form_email="head@school.example",
        form_asked_by_id=place.staff.id,
        **given,
    )
    upload = FamilyImport(
        account_id=place.staff.id, content=b"first_name\n", digest="0" * 64, expires_at=NOW + DAY
    )
    session.add_all([goal, override, sent, asked, upload])
    session.flush()
    place.ids |= {"goal_id": goal.id, "referral_id": sent.id, "import_id": upload.id}
    for endpoint in ("resend_form", "revoke_form"):
        place.special[f"referrals.{endpoint}"] = {"referral_id": asked.id}
    place.special |= {
        "referrer.form": {"secret": _link(session, asked, ReferralLinkKind.FORM)},
        "referrer.outcome": {"secret": _link(session, sent, ReferralLinkKind.OUTCOME)},
        "front_door.go_on": {"secret": _link(session, asked, ReferralLinkKind.RESUME)},
    }


def _link(session, referral: Referral, kind: ReferralLinkKind) -> str:
    return referral_links.issue(session, referral, kind, NOW)


def of_the_scheme(session, place: Place, name: str) -> None:
    """A finished run, files of money, figures."""
    run = MatchingRun(state=RunState.FAILED, started_by_id=place.staff.id, finished_at=NOW)
    export = ExpenseExport(made_by_id=place.staff.id, claims=0, total_pence=0)
    measure = Measure(name=f"Scale of {name}", lowest=0, highest=40, higher_is_better=False)
    holiday = SchoolHoliday(
        name="Half term",
        first_on=TODAY + 90 * DAY,
        last_on=TODAY + 94 * DAY,
        recorded_by_id=place.staff.id,
    )
    request = TwoPersonRequest(
        act=TwoPersonAct.EXPORT_FAMILIES,
        reason="For the council.",
        asked_by_id=place.staff.id,
        expires_at=NOW + DAY,
    )
    grant = AccessGrant(
        account_id=place.staff.id,
        family_id=place.ids["family_id"],
        reference="F-1",
        reason="On duty tonight.",
        expires_at=NOW + DAY,
    )
    subscription = Subscription(
        certificate_id=place.ids["certificate_id"],
        joined_on=TODAY - 30 * DAY,
        renew_by=TODAY + 300 * DAY,
        recorded_by_id=place.staff.id,
    )
    draft = check_tables.start_draft(session, place.lead)
    place.special["check_rules"] = {"rule_id": check_tables.rules_of(draft)[0].id}
    passkey = Passkey(
        account_id=place.staff.id, name="Key", credential_id=name.encode().hex(), public_key=b"key"
    )
    login = LoginSession(
        account_id=place.staff.id,
        token_hash=token_hash(name),
        last_seen_at=NOW,
        expires_at=NOW + DAY,
        factor_at=NOW,
    )
    session.add_all([login, passkey, run, export, measure, holiday, request, grant, subscription])
    right = RightsRequest(
        reference=f"D-{name[:4]}",
        kind=RightKind.ACCESS,
        family_id=place.ids["family_id"],
        received_on=TODAY,
        due_on=TODAY + 30 * DAY,
    )
    hold = LegalHold(
        family_id=place.ids["family_id"],
        reference="F-1",
        reason="An inquiry.",
        review_on=TODAY + 90 * DAY,
        set_by_id=place.lead.id,
    )
    session.add_all([right, hold])
    session.flush()
    place.special["rights"] = {"request_id": right.id}
    place.special["erasures"] = {"person_id": place.ids["family_id"], "kind": "family"}
    place.ids |= {
        "run_id": run.id,
        "export_id": export.id,
        "measure_id": measure.id,
        "holiday_id": holiday.id,
        "request_id": request.id,
        "grant_id": grant.id,
        "hold_id": hold.id,
        "passkey_id": passkey.id,
        "login_id": login.id,
        "account_id": place.staff.id,
        "supervisor_id": place.staff.id,
    }
