"""What the matcher found, in sentences for coordinators. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from peerapp import vocabulary, wording
from peerapp.domain.match_offers import has_said_yes
from peerapp.enums import (
    AgreementMethod,
    Course,
    DeclineReason,
    EndReason,
    Household,
    MatchState,
    Need,
    OfferSide,
)
from peerapp.models import Family, Match, MatchEvent, UnmatchedFamily, Volunteer
from peerapp.services.match_snapshots import Change

Reason = tuple[str, str]

POINTS = {
    "travel": "Travel, or meeting by video",
    "unmet_need": "Needs that the coach does not know",
    "no_peer": "The coach has not lived through it",
    "scarce_language": "A language that other families may need",
    "scarce_training": "Training that other families may need",
    "change": "Another coach than last time",
}
NEAR_MISSES = {
    "clearance": "is not cleared today",
    "distance": "lives too far away",
    "slots": "is free at other times only",
    "language": "does not speak the language",
    "gender": "is of another gender than the family asked for",
    "training": "lacks training that is needed",
    "household": "cannot come to a home like this",
    "excluded": "may not be matched with this family",
}
PLURALS = {"is": "are", "lives": "live", "does": "do", "lacks": "lack"}
STAGES = {
    "": "Waiting for a free worker",
    "reading": "Reading families and coaches",
    "pairs": "Finding every coach that each family could have",
    "who": "Finding out how many families can be matched",
    "how": "Finding the best coach for each",
    "proof": "Proving that there is no better answer",
    "explain": "Writing down the reasons",
    "recruit": "Finding out where to recruit",
    "verify": "Checking the result",
    "done": "Checking the result",
    "saving": "Saving the proposals",
}
WEIGHTS = {1: "some", 2: "a good deal", 3: "most of all"}
SEEN = {
    "first_name": "name",
    "scheme_phone": "scheme’s phone",
    "phone": "phone",
    "sms": "text messages",
    "email": "email",
}
_AGREED = {one.value: f"said yes {vocabulary.label(one).lower()}" for one in AgreementMethod}
_NOT_CLEARED = (
    "agreement_signed", "certificate_changed", "details_changed", "figures_changed",
    "gate_changed", "training_changed",
)  # fmt: skip
"""What may have changed about a coach; what exactly, stands on the coach's own record."""
REASONS: Mapping[MatchState, Mapping[str, str]] = {
    MatchState.OFFERED_TO_COACH: {
        "asked": "The coach was asked",
        **{key: f"The coach {v}" for key, v in _AGREED.items()},
    },
    MatchState.OFFERED_TO_FAMILY: {
        "coach_said_yes": "The coach said yes, so the family was asked",
        **{key: f"The family {v}" for key, v in _AGREED.items()},
    },
    MatchState.APPROVED: {"changes_accepted": "What had changed was looked at"},
    MatchState.DECLINED: {one.value: vocabulary.label(one) for one in DeclineReason},
    MatchState.ENDED: {one.value: vocabulary.label(one) for one in EndReason},
    MatchState.WITHDRAWN: {
        "superseded": "Replaced by a newer run",
        "no_answer_coach": "The coach did not answer in time",
        "no_answer_family": "The family did not answer in time",
        "agreement_withdrawn": "The family took its agreement back",
        "family_blocked": "Something that social care has open stands against it",
        "family_closed": "The family’s record was closed",
        "kept_apart": "The family and the coach are to be kept apart",
        **dict.fromkeys(_NOT_CLEARED, "The coach is not cleared any more"),
    },
}
"""What the reason of a step means, by the state that the step leads to."""
HELD_OUT = {
    "family_not_open": "The referral has not been accepted yet",
    "no_agreement": "The family’s agreement is not recorded",
    "section_47": "A section 47 enquiry is open",
    "child_protection": "There is a child protection plan",
    "no_lead_practitioner": "No lead practitioner is named",
    "details_query": "Details are to be corrected",
    "offered": "A coach is being asked, or the family is",
    "profile_incomplete": "The profile is incomplete",
}


def needs(tags: Iterable[str]) -> str:
    """Return needs by their names, in a row."""
    return ", ".join(vocabulary.labels(Need, tags)).lower()


def need_list(tags: Iterable[str]) -> list[str]:
    """Return needs by their names, one a line."""
    return vocabulary.labels(Need, tags)


def weighted_needs(family: Family, hidden: frozenset[str] = frozenset()) -> list[str]:
    """Return a family's needs, the heaviest first, with how much each weighs."""
    shown = [one for one in family.needs if one.need.value not in hidden]
    heaviest_first = sorted(shown, key=lambda one: (-one.weight, one.need.value))
    return [f"{vocabulary.label(one.need)} ({WEIGHTS[one.weight]})" for one in heaviest_first]


def languages(codes: Iterable[str]) -> str:
    """Return languages by their names, in a row."""
    return ", ".join(vocabulary.languages(codes))


def household(things: Iterable[str]) -> str:
    """Return what is in a home, in a row."""
    return ", ".join(vocabulary.labels(Household, things))


BY_A_RUN = frozenset({"", "matching_run", "superseded"})
"""Reasons of steps that a matching run takes; what else nobody did, time or an answer did."""


def _by_itself(step: MatchEvent) -> str:
    return "The matching run" if step.reason in BY_A_RUN else ""


FIELDS = {
    "place": "Home",
    "priority": "Priority",
    "waiting_since": "Waiting since",
    "slots": "Free times",
    "needs": "Needs",
    "languages": "Languages",
    "coach_gender": "Coach asked for",
    "accepts_remote": "By video",
    "offers_remote": "By video",
    "min_distance_m": "Lives at least this far away",
    "max_distance_m": "Travels up to",
    "household": "At home",
    "avoids": "Avoids",
    "capacity": "Families at a time",
    "experience": "Experience",
    "lived_experience": "Lived through",
    "gender": "Gender",
}
"""What the matcher knows of the two, in the words of the page that tells of changes."""


def changes(found: Iterable[Change]) -> list[tuple[str, str, str]]:
    """Return for each change what changed, what it was, and what it is now."""
    return [
        (
            f"{vocabulary.label(one.side)}: {FIELDS.get(one.field, one.field).lower()}",
            _value(one.field, one.before),
            _value(one.field, one.after),
        )
        for one in found
    ]


def _value(field: str, value: Any) -> str:
    """Return one value as it stands on the page; where a family lives is never told."""
    if field == "place":
        return "Not shown"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field in {"min_distance_m", "max_distance_m"}:
        return wording.miles(value) if value else "Any distance"
    if field == "needs":
        weighted = sorted(value.items(), key=lambda one: (-one[1], one[0]))
        return ", ".join(f"{needs([tag])} ({WEIGHTS[weight]})" for tag, weight in weighted)
    if field in {"experience", "lived_experience"}:
        return needs(value) or "None"
    if field == "slots":
        return ", ".join(wording.slot(one) for one in value) or "None"
    if field == "languages":
        return languages(value) or "None"
    if field in {"household", "avoids"}:
        return household(value) or "Nothing"
    return str(value)


def event(step: MatchEvent) -> str:
    """Return who took a step of a match, and why."""
    who = (step.by.name or "Staff") if step.by else _by_itself(step)
    why = REASONS.get(step.to_state, {}).get(step.reason, "")
    return ". ".join(filter(None, (who, why, step.note)))


def both_said_yes(match: Match) -> bool:
    """Say whether a proposal waits for its coordinator only."""
    return all(has_said_yes(match, side) for side in OfferSide)


def seen(fields: Iterable[str]) -> str:
    """Return what was shown in a view of contact details."""
    return ", ".join(SEEN.get(field, field) for field in fields)


def reasons(match: Match, hidden: frozenset[str] = frozenset()) -> list[Reason]:
    """Return what speaks for a proposal and what against it, as the solver saw it.

    Needs in ``hidden`` are left out.
    """
    why = {**match.explanation}
    for name in ("needs_met", "needs_unmet", "lived_shared"):
        why[name] = [tag for tag in why.get(name, ()) if tag not in hidden]
    found: list[Reason] = [_way(match), ("for", f"Both are free on {wording.slot(match.slot)}.")]
    others = len(why.get("shared_slots", ())) - 1
    if others > 0:
        found.append(("note", f"They share {wording.count(others, 'other time')} in the week."))
    if why.get("needs_met"):
        found.append(("for", f"The coach knows about: {needs(why['needs_met'])}."))
    if why.get("needs_unmet"):
        found.append(("against", f"New to the coach: {needs(why['needs_unmet'])}."))
    if why["lived_shared"] or not match.explanation.get("lived_shared"):
        found.append(_peer(why))
    if why.get("languages_shared"):
        named = ", ".join(vocabulary.languages(why["languages_shared"]))
        found.append(("for", f"Both speak {named}."))
    return found


def _way(match: Match) -> Reason:
    far = wording.miles(match.distance_m)
    if match.mode == "remote":
        return ("note", f"They meet by video. The coach lives {far} away.")
    return ("for", f"They meet in person. The coach lives {far} away.")


def _peer(why: Mapping[str, Any]) -> Reason:
    if why.get("lived_shared"):
        return ("for", f"The coach has lived through: {needs(why['lived_shared'])}.")
    return ("against", "The coach has not lived through what the family needs help with.")


def points(match: Match) -> list[tuple[str, int]]:
    """Return the points that a proposal costs, by reason, those of 0 left out."""
    parts = match.explanation.get("parts", {})
    return [(POINTS[name], parts[name]) for name in POINTS if parts.get(name)]


def left_out(
    row: UnmatchedFamily, volunteers: Mapping[str, Volunteer], families: Mapping[str, Family]
) -> list[str]:
    """Return why a run left a family out, and what would change it."""
    if row.reason == "outranked":
        return [_outranked(row.suggestion, families)]
    missed = [
        f"{wording.count(number, 'coach', 'coaches')} would do, but {_predicate(rule, number)}."
        for rule, number in sorted(row.near_misses.items())
        if number
    ]
    if not missed:
        missed = ["No coach comes close: each one fails in two ways or more."]
    return [*missed, *_changes(row.suggestion, volunteers)]


def _predicate(rule: str, number: int) -> str:
    one, _, rest = NEAR_MISSES[rule].partition(" ")
    return f"{one if number == 1 else PLURALS.get(one, one)} {rest}"


def _outranked(suggestion: Mapping[str, Any], families: Mapping[str, Family]) -> str:
    """Name the families that come first, those of other localities as a number."""
    ids = [*suggestion.get("outranked_by", ()), *suggestion.get("placements", ())]
    if not ids:
        return "Every coach who would suit is at their limit."
    named = [families[one].reference for one in ids if one in families][:5]
    others = len(ids) - len(named)
    if others:
        named.append(wording.count(others, "other family", "other families"))
    return f"Every coach who would suit is taken by a family that comes first: {_list(named)}."


def _list(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _changes(suggestion: Mapping[str, Any], volunteers: Mapping[str, Volunteer]) -> list[str]:
    return [
        sentence
        for change in suggestion.get("changes", ())
        if (sentence := _change(change, volunteers.get(change["coach_id"])))
    ]


def _change(change: Mapping[str, Any], volunteer: Volunteer | None) -> str:
    name = volunteer.name if volunteer else "a coach of another locality"
    if change["rule"] == "distance":
        return f"It would work if {name} travelled {wording.miles(change['metres'])} further."
    if change["rule"] == "slots":
        slot = wording.slot(change["slot"])
        if change["offered_by"] == "family":
            return f"It would work if the family were free on {slot}, when {name} is."
        return f"It would work if {name} were free on {slot}, when the family is."
    if change["rule"] == "clearance":
        return f"It would work if {name} were cleared: see what is missing on their page."
    return ""


def recruit(profile: Mapping[str, Any]) -> list[str]:
    """Return a coach worth recruiting: where, when, which languages, gender and training."""
    return [
        profile.get("place") or "Not known",
        _list([wording.slot(slot) for slot in profile["slots"][:3]]),
        ", ".join(vocabulary.languages(profile["languages"])) or "English",
        profile["gender"].capitalize(),
        _training(profile["training"]),
        wording.count(profile["families_gained"], "family", "families"),
    ]


def _training(courses: Iterable[str] | None) -> str:
    if courses is None:
        return "For coordinators only"
    return ", ".join(vocabulary.labels(Course, courses)) or "None beyond the core"


def held_out(codes: Iterable[str]) -> str:
    """Return why somebody was not part of a run."""
    return ". ".join(HELD_OUT.get(code, code.replace("_", " ")) for code in codes)
