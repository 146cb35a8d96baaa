"""Each act that is audited has plain words, found in the code itself so that none is forgotten."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import peerapp
from peerapp.enums import MatchState
from peerapp.vocabulary.audit import ACTIONS, OWN_EVENTS, SEEN, action_words

RECORDERS = {"record_change", "record_read", "record_security"}


def audited() -> set[str]:
    """Return the acts that stand as words in calls that audit."""
    found = set()
    for path in Path(peerapp.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(call, ast.Call) or len(call.args) < 3:
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            act = call.args[2]
            if name in RECORDERS and isinstance(act, ast.Constant):
                found.add(str(act.value))
    return found


def test_each_audited_act_has_words():
    acts = audited() | {f"match.{state.value}" for state in MatchState}
    assert sorted(acts - set(ACTIONS)) == []
    assert len(acts) > 150


@pytest.mark.parametrize("words", [SEEN, OWN_EVENTS])
def test_what_is_told_to_people_is_an_act_that_there_is(words):
    assert set(words) <= set(ACTIONS)


def test_act_without_words_is_told_by_its_parts():
    assert action_words("tea_round.start") == "Tea round: start"
    assert action_words("account.sign_in") == "Signed in"
