"""An environment for each peer, made from a committed list of versions with hashes.

They lie under ``build/`` and are made once: two of the peers install a module called `matching`,
and one cannot be imported beside our solver, so none may meet the others or us.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "peers-requirements"
ENVIRONMENTS = HERE.parent / "build" / "benchmarks" / "environments"


class MissingEnvironmentError(RuntimeError):
    """pip could not install what a peer needs; the message is pip's."""


def requirements(name: str) -> Path:
    """The list of versions of one environment."""
    return REQUIREMENTS / f"{name}.txt"


def python_of(name: str, where: Path = ENVIRONMENTS) -> Path:
    """The interpreter of the environment; makes the environment when it is missing or old.

    Raises
    ------
    MissingEnvironmentError
        When pip cannot install it; nothing half made is left.
    """
    folder, wanted = where / name, _fingerprint(requirements(name))
    stamp, python = folder / "stamp", folder / "bin" / "python"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(folder))
    options = ("--disable-pip-version-check", "--no-input", "--quiet", "--require-hashes")
    try:
        _run(str(python), "-m", "pip", "install", *options, "-r", str(requirements(name)))
    except MissingEnvironmentError:
        shutil.rmtree(folder)
        raise
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _fingerprint(listed: Path) -> str:
    return sha256(listed.read_bytes() + sys.version.encode()).hexdigest()


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingEnvironmentError(done.stderr.strip() or done.stdout.strip())
