"""The matcher without the site: nothing of it is imported, and its wheel works in a bare place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKED = (
    "alembic", "flask", "flask_login", "flask_wtf", "huey", "jinja2", "peerapp", "psycopg", "rich",
    "scipy", "sqlalchemy", "structlog", "werkzeug", "wtforms",
)  # fmt: skip
BLOCKER = f"""
import importlib.abc, sys
class Blocker(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ImportError(name + " is blocked")
sys.meta_path.insert(0, Blocker())
"""
WORK = """
import matching, matching.command
result = matching.solve(matching.generate(30, seed=1))
assert result.optimal and not matching.verify(matching.generate(30, seed=1), result)
assert matching.command.main(["bench", "--sizes", "10", "--quiet"]) == 0
"""
# What the wheel asks for, with what those need to be imported.
NEEDED = ("numpy", "ortools", "numba", "llvmlite")


def _python(code: str, python: Path = Path(sys.executable), cwd: Path = ROOT) -> str:
    command = [str(python), "-c", code]
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=cwd)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", BLOCKED)
def test_blocker_stops_what_the_site_needs(name: str) -> None:
    assert f"ImportError: {name} is blocked" in _python(f"{BLOCKER}\nimport {name}")


def test_matcher_solves_with_the_site_and_its_libraries_blocked() -> None:
    assert _python(f"{BLOCKER}\n{WORK}\nprint('done')").splitlines()[-1] == "done"


def _bare(folder: Path, wheel: Path) -> Path:
    """A place to run Python with the wheel and those libraries that it asks for, and no others."""
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target"]
    subprocess.run([*install, str(packages), str(wheel)], check=True)
    for name in NEEDED:
        dist = distribution(name)
        tops = {path.parts[0] for path in dist.files or () if path.parts[0] != ".."}
        for top in sorted(tops - {"__pycache__"}):
            (packages / top).symlink_to(Path(str(dist.locate_file(top))))
    return folder / "bin" / "python"


@pytest.mark.long
@pytest.mark.parametrize("project", ["packaging/matching", "."])
def test_wheel_works_where_there_is_no_site(tmp_path: Path, project: str) -> None:
    """The matcher's own wheel, and the site's, from which the site's libraries are missing."""
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", project, "-w"]
    subprocess.run([*build, str(tmp_path / "wheels")], check=True, cwd=ROOT)
    (wheel,) = (tmp_path / "wheels").glob("*.whl")
    python = _bare(tmp_path / "bare", wheel)
    assert "No module named 'flask'" in _python("import flask", python, cwd=tmp_path)
    assert _python(f"{WORK}\nprint('done')", python, cwd=tmp_path).splitlines()[-1] == "done"
    where = json.loads(
        _python("import json, matching; print(json.dumps(matching.__file__))", python, cwd=tmp_path)
    )
    assert Path(where).is_relative_to(tmp_path)
    assert (Path(where).parent / "py.typed").exists()
