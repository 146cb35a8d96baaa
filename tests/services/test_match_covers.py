from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from peerapp.enums import (
    AgreementMethod,
    CertificateStatus,
    Consequence,
    CoverState,
    EndReason,
    FamilyState,
    Role,
    VolunteerState,
)
from peerapp.errors import Forbidden, NotFound, Refused
from peerapp.models import Account, AuditEvent, Exclusion, Match, MatchCover, Message, Volunteer
from peerapp.services import contacts, cover_contacts, match_covers, match_life
from tests import factories
from tests.factories import TODAY
from tests.scenes import BASE_URL, Scene
from tests.services.match_scenes import M, on_the_day, scene
from tests.support.queries import statements

__all__ = ["on_the_day", "scene"]  # fixtures

HOW = AgreementMethod.PHONE
TOMORROW = TODAY + timedelta(days=1)


def matched(scene: Scene, state: M = M.ACTIVE) -> uuid.UUID:
    family_id = scene.add_family(account=True)
    return scene.add_match(family_id, scene.add_coach(), state=state)


def backup(scene: Scene, **values: Any) -> uuid.UUID:
    return scene.add_coach(first_name="Bea", scheme_phone="01632 960199", **values)


def arrange(scene: Scene, match_id: uuid.UUID, volunteer_id: uuid.UUID, **values: Any) -> None:
    with scene.writing() as session:
        given = {"coach_agreed_how": HOW, "family_agreed_how": HOW, "today": TODAY, **values}
        actor = scene.coordinator(session)
        match_covers.arrange(session, actor, match_id, volunteer_id=volunteer_id, **given)


def step_in(scene: Scene, match_id: uuid.UUID, first: date = TODAY, last: date = TOMORROW) -> None:
    with scene.writing() as session:
        given = {"starts_on": first, "ends_on": last, "today": TODAY, "base_url": BASE_URL}
        match_covers.step_in(session, scene.coordinator(session), match_id, **given)


def covered(scene: Scene) -> tuple[uuid.UUID, uuid.UUID]:
    match_id, volunteer_id = matched(scene), backup(scene)
    arrange(scene, match_id, volunteer_id)
    step_in(scene, match_id)
    return match_id, volunteer_id


def family_sees(scene: Scene, day: date = TODAY) -> str | None:
    with scene.database.session(scene.scheme_id, "audit") as session, session.begin():
        account = session.scalars(select(Account).where(Account.role == Role.FAMILY)).one()
        found = cover_contacts.for_family(session, account, day)
        assert (found is not None) == cover_contacts.is_shown_to_family(session, account, day)
        return found.details[0][1] if found else None


def backup_sees(scene: Scene, volunteer_id: uuid.UUID, day: date = TODAY) -> str | None:
    with scene.database.session(scene.scheme_id, "audit") as session, session.begin():
        account = session.get_one(Volunteer, volunteer_id).account
        query = select(MatchCover.id).where(MatchCover.volunteer_id == volunteer_id)
        cover_id = session.scalars(query).one()
        _, _, contact = cover_contacts.for_backup(session, account, cover_id, day)
        shown = cover_contacts.is_shown_to_backup(session, account, cover_id, day)
        assert (contact is not None) == shown
        return contact.name if contact else None


def test_a_backup_is_seen_and_sees_on_the_days_of_the_cover_only(scene):
    match_id, volunteer_id = covered(scene)
    days = [TODAY - timedelta(days=1), TODAY, TOMORROW, TODAY + timedelta(days=2)]
    assert [family_sees(scene, day) for day in days] == [None, *["01632 960199"] * 2, None]
    seen = [backup_sees(scene, volunteer_id, day) for day in days[:3]]
    assert seen == [None, "Rosa", "Rosa"]
    with scene.reading() as session:
        query = select(AuditEvent.action).where(AuditEvent.match_id == match_id)
        reads = query.where(AuditEvent.kind == "read").order_by(AuditEvent.action)
        assert session.scalars(reads).all() == [
            *["coach_contact.read"] * 2,
            *["family_contact.read"] * 2,
        ]
        family = session.get_one(Match, match_id).family.account
        who = {one.who for one in contacts.own_ledger(session, family)}
        assert who == {"You", "The backup coach"}


def test_a_cover_that_is_over_is_not_found_by_who_stepped_in(scene):
    _, volunteer_id = covered(scene)
    assert backup_sees(scene, volunteer_id, TOMORROW) == "Rosa"
    with pytest.raises(NotFound):
        backup_sees(scene, volunteer_id, TOMORROW + timedelta(days=1))


def test_a_backup_reads_no_area_and_no_needs_while_the_match_is_paused(scene):
    match_id, volunteer_id = covered(scene)
    areas = []
    for state in (M.ACTIVE, M.PAUSED):
        with scene.writing() as session:
            session.get_one(Match, match_id).state = state
        with scene.reading() as session:
            account = session.get_one(Volunteer, volunteer_id).account
            ((_, listed),) = cover_contacts.list_for_backup(session, account, TODAY)
            areas.append((listed.area, bool(listed.needs)))
    assert areas == [("Chippenham", True), ("", False)]


def test_a_backup_who_is_only_named_sees_nothing(scene):
    match_id, volunteer_id = matched(scene), backup(scene)
    arrange(scene, match_id, volunteer_id)
    assert family_sees(scene) is None
    with pytest.raises(NotFound):
        backup_sees(scene, volunteer_id)
    with scene.reading() as session:
        account = session.get_one(Volunteer, volunteer_id).account
        assert cover_contacts.list_for_backup(session, account, TODAY) == []


def test_that_the_coach_is_suspended_does_not_close_the_cover(scene):
    match_id, volunteer_id = covered(scene)
    with scene.writing() as session:
        session.get_one(Match, match_id).volunteer.state = VolunteerState.PAUSED
    assert (family_sees(scene), backup_sees(scene, volunteer_id)) == ("01632 960199", "Rosa")


@pytest.mark.parametrize("why", ["suspended", "revoked", "blocked", "paused"])
def test_cover_is_closed_the_same_second(scene, why):
    match_id, volunteer_id = covered(scene)
    assert family_sees(scene) == "01632 960199"
    with scene.writing() as session:
        match, stand_in = session.get_one(Match, match_id), session.get_one(Volunteer, volunteer_id)
        if why == "suspended":
            stand_in.state = VolunteerState.SUSPENDED
        elif why == "revoked":
            stand_in.certificates[0].status = CertificateStatus.REVOKED
        elif why == "blocked":
            match.family.section_47_open = True
        else:
            match_life.pause(session, scene.coordinator(session), match_id)
    assert (family_sees(scene), backup_sees(scene, volunteer_id)) == (None, None)


@pytest.mark.parametrize("how", ["stopped", "ended", "replaced"])
def test_cover_that_is_over_is_as_none_at_all(scene, how):
    match_id, volunteer_id = covered(scene)
    other = backup(scene) if how == "replaced" else None
    with scene.writing() as session:
        actor = scene.coordinator(session)
        if how == "stopped":
            match_covers.stop(session, actor, match_id)
        elif how == "ended":
            given = {"family_next": FamilyState.WAITING, "today": TODAY}
            match_life.end(session, actor, match_id, reason=EndReason.PLANNED_END, **given)
    if other:
        arrange(scene, match_id, other)
    assert family_sees(scene) is None
    with pytest.raises(NotFound):
        backup_sees(scene, volunteer_id)
    with scene.reading() as session:
        query = select(MatchCover.state).where(MatchCover.volunteer_id == volunteer_id)
        assert session.scalars(query).all() == [CoverState.STOPPED]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"state": VolunteerState.PAUSED}, ["paused"]),
        ({"slots": ("tue_evening",)}, ["volunteer"]),
        ({"max_distance_m": 10}, ["rule_distance"]),
        ({"details_query": "Which?"}, ["coach_details"]),
    ],
)
def test_who_could_not_be_matched_is_no_backup(scene, values, codes):
    match_id, volunteer_id = matched(scene), backup(scene, **values)
    with pytest.raises(Refused) as refused:
        arrange(scene, match_id, volunteer_id)
    assert [one.code for one in refused.value.refusals] == codes
    with scene.reading() as session:
        match = session.get_one(Match, match_id)
        actor = scene.coordinator(session)
        assert match_covers.list_candidates(session, actor, match, TODAY) == []


def test_who_may_not_meet_the_family_is_no_backup(scene):
    match_id, volunteer_id = matched(scene), backup(scene)
    with scene.writing() as session:
        session.add(
            Exclusion(
                family_id=session.get_one(Match, match_id).family_id,
                volunteer_id=volunteer_id,
                consequence=Consequence.EXCLUDED_FOR_GOOD,
                reason="conflict",
            )
        )
    with pytest.raises(Refused) as refused:
        arrange(scene, match_id, volunteer_id)
    assert [one.code for one in refused.value.refusals] == ["rule_excluded"]


def test_the_familys_own_coach_is_no_backup(scene):
    match_id = matched(scene)
    with scene.reading() as session:
        coach_id = session.get_one(Match, match_id).volunteer_id
    with pytest.raises(Refused) as refused:
        arrange(scene, match_id, coach_id)
    assert "volunteer" in [one.code for one in refused.value.refusals]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (TODAY - timedelta(days=1), TODAY, "starts_on"),
        (TOMORROW, TODAY, "ends_on"),
        (TODAY, TODAY + timedelta(weeks=12, days=1), "ends_on"),
    ],
)
def test_step_in_on_days_that_cannot_be_is_refused(scene, first, last, code):
    match_id = matched(scene)
    arrange(scene, match_id, backup(scene))
    with pytest.raises(Refused) as refused:
        step_in(scene, match_id, first, last)
    assert [one.code for one in refused.value.refusals] == [code]


def test_step_in_tells_the_backup_and_the_family(scene):
    covered(scene)
    with scene.reading() as session:
        told = [
            session.get_one(Account, one.account_id) for one in session.scalars(select(Message))
        ]
        assert sorted(one.role for one in told) == [Role.FAMILY, Role.VOLUNTEER]


def test_somebody_else_arranges_nothing_and_sees_nothing(scene):
    match_id, _ = covered(scene)
    other = matched_elsewhere(scene)
    with scene.writing() as session:
        elsewhere = factories.make_locality(session, "Devizes", ("SN10 1",))
        stranger = factories.make_account(session, Role.COORDINATOR, (elsewhere,))
        manager = factories.make_account(session, Role.MANAGER)
        for actor, error in ((stranger, NotFound), (manager, Forbidden)):
            with pytest.raises(error):
                match_covers.stop(session, actor, match_id)
        strange = factories.make_coach(session, stranger, elsewhere)
        given = {"coach_agreed_how": HOW, "family_agreed_how": HOW, "today": TODAY}
        with pytest.raises(NotFound):
            coordinator = scene.coordinator(session)
            match_covers.arrange(session, coordinator, match_id, volunteer_id=strange.id, **given)
        cover_id = session.scalars(select(MatchCover.id)).one()
        rival = session.get_one(Match, other)
        with pytest.raises(NotFound):
            cover_contacts.for_backup(session, rival.volunteer.account, cover_id, TODAY)
        assert cover_contacts.for_family(session, rival.family.account, TODAY) is None


def matched_elsewhere(scene: Scene) -> uuid.UUID:
    return scene.add_match(scene.add_family(account=True), scene.add_coach(), state=M.ACTIVE)


def test_candidates_ask_the_database_as_often_for_1_as_for_30(scene):
    match_id = matched(scene)

    def count() -> tuple[int, int]:
        with scene.reading() as session:
            actor, match = scene.coordinator(session), session.get_one(Match, match_id)
            with statements(scene.database) as sent:
                found = match_covers.list_candidates(session, actor, match, TODAY)
        return len(found), len(sent)

    backup(scene)
    (one, first), _ = count(), [backup(scene) for _ in range(29)]
    assert (one, count()) == (1, (30, first))
