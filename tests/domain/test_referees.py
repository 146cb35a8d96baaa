"""Who is caught as a referee, and what keeps a reference from counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from peerapp.domain import referees
from peerapp.domain.referees import Referee
from peerapp.enums import RefereeRelation, ReferenceState, Role, VerifiedHow
from peerapp.models import Account, Reference
from tests.domain.volunteers import cleared_coach, codes

GOOD = Referee(
    name="Rita Hollis",
    email="rita.hollis@library.example",
    phone="01632 960 555",
    postcode="SN15 3ZZ",
    relation=RefereeRelation.EMPLOYER,
    known_how="My manager at the library",
    known_years=4,
)
ANSWERS = {
    "known_how": "I managed her at the library.",
    "known_years": 4,
    "is_related": "no",
    "lives_with": "no",
    "has_concern": "no",
    "recommends": "yes",
}
STAFF = ["chris@council.example", "scheme@council.example"]


def volunteer():
    account = Account(role=Role.VOLUNTEER, email="Ama.Mensah@gmail.com", disabled_at=None)
    return cleared_coach(account=account, postcode="SN15 1AA", scheme_phone="01632 960101")


def refused(referee, others=()):
    return codes(referees.referee_refusals(referee, volunteer(), others, STAFF))


def test_good_referee_is_not_refused():
    assert (
        refused(GOOD, [replace(GOOD, name="Sam Ode", email="s@x.org", phone="01632 960 9")]) == []
    )


@pytest.mark.parametrize(
    ("relation", "code"),
    [
        (RefereeRelation.RELATIVE, "referee_relative"),
        (RefereeRelation.PARTNER, "referee_partner"),
        (RefereeRelation.HOUSEHOLD, "referee_household"),
    ],
)
def test_people_of_the_family_and_the_home_are_caught(relation, code):
    assert refused(replace(GOOD, relation=relation)) == [code]


@pytest.mark.parametrize(
    "relation", sorted(set(RefereeRelation) - {"relative", "partner", "household"})
)
def test_every_other_relation_is_taken(relation):
    assert refused(replace(GOOD, relation=relation)) == []


@pytest.mark.parametrize(
    "email",
    [
        "ama.mensah@gmail.com",
        " AMA.MENSAH@GMAIL.COM ",
        "amamensah@gmail.com",
        "a.m.a.mensah@gmail.com",
        "ama.mensah+referee@gmail.com",
        "amamensah@googlemail.com",
        "ＡＭＡ.mensah@gmail.com",
        "ama.mensah@gmail.com.",
    ],
)
def test_own_email_is_caught_in_every_dress(email):
    assert refused(replace(GOOD, email=email)) == ["referee_own_email"]


@pytest.mark.parametrize("email", ["ama.mensah@library.example", "ama.mensahs@gmail.com"])
def test_another_mailbox_is_not_taken_for_the_own_one(email):
    assert refused(replace(GOOD, email=email)) == []


@pytest.mark.parametrize(
    "phone",
    [
        "07700 900123",
        "07700900123",
        "+44 7700 900123",
        "+44 (0)7700 900-123",
        "0044 7700 900123",
        "01632 960101",
    ],
)
def test_own_phone_is_caught_however_it_is_written(phone):
    assert refused(replace(GOOD, phone=phone)) == ["referee_own_phone"]


def test_foreign_number_with_the_same_digits_is_another_one():
    assert refused(replace(GOOD, phone="+49 7700 900123")) == []


@pytest.mark.parametrize("postcode", ["SN15 1AA", "sn151aa", " SN15  1AA"])
def test_shared_postcode_is_caught(postcode):
    assert refused(replace(GOOD, postcode=postcode)) == ["referee_shared_address"]


@pytest.mark.parametrize("name", ["Ama Mensah", "AMA  MENSAH", "Áma-Mensah"])
def test_own_name_is_caught(name):
    assert refused(replace(GOOD, name=name)) == ["referee_own_name"]


@pytest.mark.parametrize(
    "email", ["chris@council.example", "Chris+x@Council.example", "scheme@council.example"]
)
def test_staff_of_the_scheme_are_caught(email):
    assert refused(replace(GOOD, email=email)) == ["referee_staff"]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"email": "ritahollis+b@library.example"}, "referee_same_email"),
        ({"phone": "+441632960555"}, "referee_same_phone"),
        ({"name": "rita  HOLLIS"}, "referee_same_name"),
    ],
)
def test_one_person_is_not_two_referees(other, code):
    second = replace(GOOD, name="Sam Ode", email="sam@x.example", phone="01632 960 777")
    assert refused(GOOD, [replace(second, **other)]) == [code]


def test_everything_that_is_wrong_is_named_at_once():
    bad = replace(
        GOOD,
        relation=RefereeRelation.RELATIVE,
        email="ama.mensah@gmail.com",
        phone="07700 900123",
        postcode="SN15 1AA",
    )
    assert refused(bad) == [
        "referee_relative",
        "referee_own_email",
        "referee_own_phone",
        "referee_shared_address",
    ]


def reference(**values):
    given = {
        "volunteer": volunteer(),
        "state": ReferenceState.RECEIVED,
        "answers": dict(ANSWERS),
        "answered_at": datetime(2026, 11, 1, tzinfo=UTC),
        **{name: getattr(GOOD, name) for name in GOOD.__dataclass_fields__},
    }
    return Reference(**{**given, **values})


def checked(one, how=VerifiedHow.PHONE_CALL, role=Role.COORDINATOR, others=()):
    actor = Account(role=role)
    return codes(referees.verification_refusals(one, others, STAFF, how, actor))


def test_good_reference_may_be_verified_in_every_way():
    assert [checked(reference(), how) for how in VerifiedHow] == [[]] * len(VerifiedHow)


@pytest.mark.parametrize("state", sorted(set(ReferenceState) - {ReferenceState.RECEIVED}))
def test_only_an_answer_that_waits_is_verified(state):
    assert checked(reference(state=state)) == ["reference_not_received"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"is_related": "yes"}, "reference_relative"),
        ({"lives_with": "yes"}, "reference_shared_address"),
        ({"has_concern": "yes", "concern": "…"}, "reference_concern"),
        ({"recommends": "no"}, "reference_concern"),
    ],
)
def test_what_the_referee_says_keeps_a_coordinator_from_verifying(answer, code):
    assert checked(reference(answers={**ANSWERS, **answer})) == [code]


def test_lead_decides_on_a_concern_but_not_on_kinship():
    concern = reference(answers={**ANSWERS, "has_concern": "yes"})
    related = reference(answers={**ANSWERS, "is_related": "yes"})
    lead = Role.SAFEGUARDING_LEAD
    assert checked(concern, role=lead) == []
    assert checked(concern, role=Role.MANAGER) == ["reference_concern"]
    assert checked(related, role=lead) == ["reference_relative"]


def test_address_that_anybody_can_have_is_not_official():
    free = reference(email="rita@Gmail.com")
    assert checked(free, VerifiedHow.OFFICIAL_EMAIL) == ["email_not_official"]
    assert checked(free, VerifiedHow.PHONE_CALL) == []


def test_details_that_changed_since_the_naming_are_caught_before_it_counts():
    one = reference()
    one.volunteer.phone = "01632 960555"
    one.volunteer.postcode = "SN15 3ZZ"
    assert checked(one) == ["referee_own_phone", "referee_shared_address"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "Kofi Mensah"}, "same_surname"),
        ({"known_how": "She is my sister-in-law"}, "kin_word"),
        ({"answers": {**ANSWERS, "known_how": "I am her aunt."}}, "kin_word"),
        ({"known_years": 1, "answers": {**ANSWERS, "known_years": 1}}, "short_time"),
        ({"answers": {**ANSWERS, "known_years": 1}}, "years_differ"),
        ({"answers": {**ANSWERS, "recommends": "doubt"}}, "doubt"),
        ({"answers": {**ANSWERS, "recommends": "no"}}, "concern"),
    ],
)
def test_flags_name_what_to_look_at(values, code):
    assert codes(referees.flags(reference(**values))) == [code]


def test_good_reference_has_no_flag():
    assert referees.flags(reference()) == []
    assert referees.flags(reference(known_how="A partnership of schools; dadaism")) == []
