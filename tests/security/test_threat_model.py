"""Each threat of docs/security.md names a test, and each test that is named exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_test_that_is_named_exists(file, name):
    assert name in names_in(ROOT / file)


def test_each_threat_names_a_test():
    _, _, model = PAGE.partition("## Threat model")
    rows = re.findall(r"^\| (?!---|threat|fault|what somebody)(.+) \|$", model, flags=re.MULTILINE)
    threats = [row for row in rows if row.count(" | ") == 2]
    assert [row for row in threats if not re.search(r"`tests/\w.*::\w+`$", row)] == []
    assert len(threats) > 30
