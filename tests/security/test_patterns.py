"""No pattern of the site can be made to try exponentially many ways, whatever it is given.

Not by the clock: each pattern is read. One that repeats without end what itself repeats without
end, or that may match the same beginning in two ways, takes time that doubles with each sign.
"""

from __future__ import annotations

import ast
import re
import warnings
from pathlib import Path

import pytest

import matching
import peerapp

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from re import _parser  # type: ignore[attr-defined]

ROOTS = [Path(package.__file__).parent for package in (peerapp, matching)]
MANY = 8
"""A repeat that may go on this often counts as one without end."""


def patterns() -> dict[str, str]:
    """Return each pattern that stands in the code, with where."""
    found = {}
    for root in ROOTS:
        for path in sorted(root.rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not isinstance(call, ast.Call) or not call.args:
                    continue
                name = ast.unparse(call.func)
                first = call.args[0]
                is_pattern = name.startswith("re.") and name != "re.escape"
                if is_pattern and isinstance(first, ast.Constant):
                    found[f"{path.relative_to(root.parent)}:{call.lineno}"] = first.value
    return found


def is_explosive(pattern: str) -> bool:
    """Say whether a repeat without end stands inside another."""
    return _has_nested(_parser.parse(pattern), inside=False)


def _has_nested(parsed, *, inside: bool) -> bool:
    for name, value in parsed:
        kind = str(name)
        if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
            _, most, body = value
            endless = most >= MANY
            if (endless and inside) or _has_nested(body, inside=inside or endless):
                return True
        elif any(_has_nested(part, inside=inside) for part in _parts(value)):
            return True
    return False


def _parts(value):
    """Yield the patterns inside a group, a branch or a look around."""
    for one in value if isinstance(value, (tuple, list)) else ():
        if isinstance(one, _parser.SubPattern):
            yield one
        elif isinstance(one, list):
            yield from (part for part in one if isinstance(part, _parser.SubPattern))


@pytest.mark.scorecard("1.3.12")
def test_no_pattern_repeats_what_repeats():
    found = patterns()
    assert len(found) > 40
    assert {where: one for where, one in found.items() if is_explosive(one)} == ALLOWED


ALLOWED: dict[str, str] = {}


@pytest.mark.scorecard("1.3.12", control=True)
@pytest.mark.parametrize(
    "pattern", [r"(a+)+$", r"^(\w+\s?)*$", r"([a-z]+)*@", r"(x|a*)*b", r"(?:[^,]*,?){1,50}"]
)
def test_a_pattern_that_does_is_noticed(pattern):
    assert is_explosive(pattern)


@pytest.mark.parametrize("pattern", [r"[0-9]{4}-[0-9]{2}", r"(ab)+", r"a+b+", r"(?:a|b)*c"])
def test_a_pattern_that_does_not_is_not(pattern):
    assert re.compile(pattern)
    assert not is_explosive(pattern)
