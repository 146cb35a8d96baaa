"""The story of a family left out, in sentences for a coordinator: they name others by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.story import NAMED, Blocked, Option, Step, Story
from matching.wording import english_slot


def story_note(story: Story) -> tuple[str, ...]:
    """Who would have to move for a family that is left out, and why they cannot."""
    return tuple(_story(story))


def _story(story: Story) -> Iterator[str]:
    for step in story.steps:
        yield from _step(step)
    if not story.reached:
        yield "Nobody could move to make room."
        return
    others = story.reached - len(story.steps) + 1
    who = "That family" if story.reached == 1 else f"All {story.reached} families in this chain"
    come = "comes" if story.reached == 1 else "come"
    if others > 0:
        yield f"Their moves lead to {_counted(others, 'more family', 'more families')}."
    yield f"{who} {come} before {story.family_id}, and no move leads to a free place."


def _step(step: Step) -> Iterator[str]:
    if step.pinned:
        yield f"{step.family_id} is pinned to {step.coach_id}."
    elif not step.options:
        other = f"no other place than with {step.coach_id}" if step.coach_id else "no place at all"
        yield f"{step.family_id} could have {other}."
    verb = "could take" if step.coach_id is None else "could move to"
    alone = step.coach_id is not None and len(step.options) == 1
    for option in step.first_options:
        end = " It could move nowhere else." if alone else ""
        yield f"{step.family_id} {verb} {_option(option)}.{end}"
    more = len(step.options) - len(step.first_options)
    if more > 0:
        yield f"{step.family_id} {verb} {_counted(more, 'more place', 'more places')}, all taken."


def _option(option: Option) -> str:
    slots = _listed([english_slot(slot) for slot in option.slots], "or")
    if option.blocked == Blocked.SLOT:
        return f"{option.coach_id}'s {slots} only if {option.families[0]} moved"
    place = f"{option.coach_id} on {slots}"
    placed = f"active placements: {_listed(option.placements, 'and')}" if option.placements else ""
    families = _listed(option.families, "or") if option.families else ""
    if option.blocked == Blocked.COACH:
        if families:
            return f"{place} only if {families} left: no place is free"
        return f"{place}, but the places are held by {placed or 'nobody: there are none'}"
    full = f"{place}, but supervisor {option.supervisor} carries no more"
    if families:
        return f"{full}: {families} would have to leave the team"
    return f"{full}; {placed}" if placed else full


def _listed(words: Sequence[str], last: str) -> str:
    """A list in words; where it is long the first few and how many others."""
    shown = list(words[:NAMED])
    if len(words) > NAMED:
        shown.append(_counted(len(words) - NAMED, "other", "others"))
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
