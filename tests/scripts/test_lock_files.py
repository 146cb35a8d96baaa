"""What is installed is what was locked: exact versions, by hash, under licences that may be used.

Known weaknesses are not looked up here: that needs a list from outside.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata, version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(\[[\w,-]+\])?==([^\s;\\]+)( ; [^\\]+)? \\$")
STRICT = re.compile(
    r"\b(AGPL|(?<!L)GPL)(?!.*linking)|Affero|(?<!Lesser )General Public", re.IGNORECASE
)


def entries(name: str) -> list[str]:
    """Return each entry with the lines that belong to it."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found: list[str] = []
    for line in lines:
        if line.startswith(" ") and found:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def names(name: str) -> dict[str, set[str]]:
    """Return the locked versions by name of the package: one for each kind of Python."""
    found: dict[str, set[str]] = {}
    for match in (PIN.match(one.splitlines()[0]) for one in entries(name)):
        if match:
            found.setdefault(re.sub(r"[-_.]+", "-", match[1]).lower(), set()).add(match[3])
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_is_one_version_with_hashes(name):
    bad = [one for one in entries(name) if not PIN.match(one.splitlines()[0])]
    bad += [one for one in entries(name) if not re.search(r"--hash=sha256:[0-9a-f]{64}", one)]
    assert bad == []
    assert len(names(name)) > 30


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_comes_from_an_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://|git\+|^-e |--index-url|--find-links", text, re.MULTILINE) == []


def test_all_that_is_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.match(r"[\w.-]+", one)[0].lower() for one in project["dependencies"]}
    assert asked - set(names("requirements.lock")) == set()


def test_what_runs_here_is_what_is_locked():
    wrong = {}
    for name, locked in names("requirements.lock").items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue  # for another system
        if installed not in locked:
            wrong[name] = (installed, locked)
    assert wrong == {}


def licence(name: str) -> str:
    """Return what a package says about its licence."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    classifiers = [one for one in told.get_all("Classifier") or [] if one.startswith("License")]
    return " | ".join([told.get("License-Expression") or "", *classifiers])


def test_no_library_asks_to_publish_this_site():
    strict = {name for name in names("requirements.lock") if STRICT.search(licence(name))}
    assert strict == set()


@pytest.mark.parametrize(
    ("words", "is_strict"),
    [
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT", False),
    ],
)
def test_strict_licence_is_known_from_others(words, is_strict):
    assert bool(STRICT.search(words)) is is_strict
