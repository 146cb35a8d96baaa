"""The import rules of pyproject.toml: each one notices the import that it is there to stop."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]

BREACHES = [
    ("services/matches.py", "peerapp.views", "Layers go downward"),
    ("domain/vetting.py", "peerapp.services", "Layers go downward"),
    ("domain/vetting.py", "peerapp.adapters", "Layers go downward"),
    ("models/base.py", "peerapp.domain", "Layers go downward"),
    ("enums/people.py", "peerapp.models", "Layers go downward"),
    ("forms/matches.py", "peerapp.services", "Layers go downward"),
    ("services/matches.py", "peerapp.forms", "Layers go downward"),
    ("../matching/solver.py", "peerapp.enums", "The matcher knows nothing of the site"),
    ("views/matches.py", "sqlalchemy", "Views hold no SQL and do not match"),
    ("forms/matches.py", "peerapp.models", "Forms ask nothing of the database"),
    ("services/matches.py", "flask", "Services do not know the web"),
    ("domain/vetting.py", "sqlalchemy.orm", "The domain has no session, no web and no clock"),
    ("models/base.py", "flask", "Models and enums stand at the bottom"),
    ("sealing/cipher.py", "peerapp.models", "Layers go downward"),
    ("sealing/cipher.py", "sqlalchemy", "Sealing knows bytes, keys and places, and nothing else"),
    ("adapters/mail.py", "peerapp.db", "Adapters know the world outside and not the site"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code in which imports may be added."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("peerapp", "matching"):
        shutil.copytree(ROOT / package, folder / package, ignore=_all_but_code)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _all_but_code(folder: str, names: list[str]) -> set[str]:
    return {
        name for name in names if not (name.endswith(".py") or (Path(folder) / name).is_dir())
    } | {"__pycache__"}


def broken_contracts(folder: Path) -> set[str]:
    """Return the names of the contracts that the code in a folder breaks."""
    command = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", command, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    broken = set(re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE))
    assert (done.returncode != 0) == bool(broken), done.stdout + done.stderr
    assert " KEPT" in done.stdout, done.stdout + done.stderr
    return broken


def test_code_as_it_stands_keeps_every_contract(copy: Path) -> None:
    assert broken_contracts(copy) == set()


@pytest.mark.parametrize(("file", "imported", "contract"), BREACHES)
def test_contract_notices_an_import_that_it_forbids(
    copy: Path, file: str, imported: str, contract: str
) -> None:
    path = copy / "peerapp" / file
    code = path.read_text("utf-8")
    path.write_text(f"{code}\nimport {imported}\n", "utf-8")
    try:
        assert contract in broken_contracts(copy)
    finally:
        path.write_text(code, "utf-8")


def test_every_contract_has_a_breach_that_it_notices() -> None:
    names = re.findall(r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    assert {contract for *_, contract in BREACHES} == set(names) - {"peerapp"}


def test_matcher_imports_numbers_and_nothing_else_from_outside() -> None:
    graph = grimp.build_graph("matching", include_external_packages=True, cache_dir=None)
    modules = {name.partition(".")[0] for name in graph.modules}
    outside = modules - sys.stdlib_module_names - {"matching"}
    assert outside == {"numba", "numpy", "ortools", "rich"}


def test_matcher_draws_bars_only_in_its_command() -> None:
    graph = grimp.build_graph("matching", include_external_packages=True, cache_dir=None)
    drawing = {
        name for name in graph.modules if "rich" in graph.find_modules_directly_imported_by(name)
    }
    assert drawing == {"matching.command.screen"}
