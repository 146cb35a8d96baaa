"""Records of families as chance makes them, with what is awkward to write into a file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import strategies as st

from peerapp.domain.family_records import (
    AgreementDetails,
    FamilyDetails,
    FamilyRecord,
    FamilyWishes,
    SafeContactAnswers,
)
from peerapp.enums import (
    SLOTS,
    AgeBand,
    AgreementMethod,
    Channel,
    CoachGender,
    ConsentPurpose,
    FamilyState,
    Household,
    Need,
    ReferralSource,
)

TODAY = date(2026, 11, 20)
LANGUAGES = ("en", "so", "pl", "ur")

letters = st.characters(exclude_categories=["Cs", "Cc"])
days = st.dates(TODAY - timedelta(days=2000), TODAY)


def text(longest: int, least: int = 0) -> st.SearchStrategy[str]:
    plain = st.text(letters, min_size=least, max_size=longest)
    nasty = st.sampled_from(["=1+1", "'=1", "@x", "－1", "a,b", 'say "x"', "'t Hooft", "+44"])
    return (plain | nasty).map(str.strip).filter(lambda one: len(one) >= least)


def words(members: Iterable[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from([str(one) for one in members])).map(
        lambda chosen: tuple(sorted(chosen))
    )


def lines(longest: int) -> st.SearchStrategy[str]:
    return st.lists(text(20), max_size=3).map(lambda many: "\n".join(many).strip()[:longest])


@st.composite
def details(draw: st.DrawFn) -> FamilyDetails:
    stepped = draw(st.booleans())
    return FamilyDetails(
        first_name=draw(text(20, 1)),
        last_name=draw(text(20, 1)),
        postcode="SN15 1AA",
        referred_on=draw(days),
        phone=draw(st.sampled_from(["07700 900123", "+44 7700 900123"])),
        email=draw(st.sampled_from(["a@example.org", "+x@example.org"])),
        address=draw(lines(500)),
        children=draw(words(AgeBand)),
        source=ReferralSource.STEP_DOWN if stepped else ReferralSource.SELF,
        level=draw(st.integers(1, 4)),
        priority=draw(st.integers(1, 5)),
        lead_practitioner=draw(text(30)),
        step_down_level=draw(st.integers(1, 4)) if stepped else None,
        step_down_on=draw(days) if stepped else None,
        step_down_worker=draw(text(20, 1)) if stepped else "",
        waiting_since=draw(days),
    )


@st.composite
def wishes(draw: st.DrawFn) -> FamilyWishes:
    return FamilyWishes(
        slots=draw(words(SLOTS)),
        languages=draw(words(LANGUAGES)),
        coach_gender=draw(st.sampled_from(CoachGender)),
        accepts_remote=draw(st.booleans()),
        min_distance_m=draw(st.integers(0, 50_000)),
        household=draw(words(Household)),
    )


@st.composite
def agreements(draw: st.DrawFn) -> AgreementDetails:
    return AgreementDetails(
        draw(text(20, 1)),
        draw(days),
        draw(st.sampled_from(AgreementMethod)),
        draw(st.sampled_from(LANGUAGES)),
        draw(text(10, 1)),
        draw(words(ConsentPurpose).map(lambda some: tuple(sorted({*some, "take_part"})))),
    )


@st.composite
def records(draw: st.DrawFn) -> FamilyRecord:
    agreed = draw(st.booleans())
    states = [FamilyState.REFERRED, FamilyState.CLOSED] + [FamilyState.WAITING] * agreed
    return FamilyRecord(
        details=draw(details()),
        wishes=draw(wishes()),
        needs=draw(st.dictionaries(st.sampled_from(Need), st.integers(1, 3))),
        reference=draw(st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,8}[A-Z0-9]", fullmatch=True)),
        state=draw(st.sampled_from(states)),
        section_47_open=draw(st.booleans()),
        child_protection_plan=draw(st.booleans()),
        agreement=draw(agreements()) if agreed else None,
        safe_contact=draw(
            st.none()
            | st.builds(
                SafeContactAnswers,
                answered_on=days,
                channels=words(Channel),
                times=text(20),
                safe_slots=words(SLOTS),
                alias=text(20),
                must_not_be_told=lines(200),
            )
        ),
        details_query=draw(lines(200)),
    )
