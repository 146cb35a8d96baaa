"""Runs jobs and peers in processes of their own and keeps what they found.

A result is kept under a fingerprint of its arguments and of the code that it depends on: a run that
was broken off goes on where it was, and a change of code measures again what it can have changed.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.environments import HERE, python_of, requirements
from benchmarks.peers.registry import PEERS, Peer

ROOT = HERE.parent
BUILD = ROOT / "build" / "benchmarks"
GIB = 1 << 30
LOADING_S = 600
OWN = ("**/*.py",)
COUNTIES = ("counties.py", "columns.py", "yardstick.py", "instances.py", "peers/exchange.py")
GENERATOR = ("generate.py", "problem.py", "faults.py", "rules.py")

Figures = dict[str, Any]


class JobError(RuntimeError):
    """A job of our own failed: no figure of the run counts."""


@dataclass(frozen=True)
class Runner:
    """Where results are kept, and how long and how large a peer may get."""

    folder: Path = BUILD
    cap_s: float = 120.0
    cap_bytes: int = 12 * GIB

    def job(self, job: str, /, **arguments: Any) -> Figures:
        """Figures of one of our own jobs."""
        out = self._kept(job, arguments, _all_own())
        if not out.is_file():
            self.run(job, arguments, _beside(out))
            _beside(out).rename(out)
        return _read(out)

    def files(self, kind: str, families: int, seed: int) -> Path:
        """The folder with the problem's files; made when it is not there."""
        return self._problem("files", "", kind, families, seed)

    def arcs(self, kind: str, families: int, seed: int) -> Path:
        """The file with the problem's pairs as numbers; made when it is not there."""
        return self._problem("arcs", ".npz", kind, families, seed)

    def _problem(self, job: str, suffix: str, kind: str, families: int, seed: int) -> Path:
        digest = _digest([*_sources(ROOT / "matching", GENERATOR), *_sources(HERE, COUNTIES)])
        name = f"{job}-{kind}-{families}-{seed}-{digest[:8]}"
        path, done = (self.folder / "problems" / (name + end) for end in (suffix, ".json"))
        if not done.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            arguments = {"kind": kind, "families": families, "seed": seed, "to": str(path)}
            self.run(job, arguments, done)
        return path

    def run(self, job: str, arguments: Figures, out: Path) -> None:
        """The job in a process of its own.

        Raises
        ------
        JobError
            When it fails; the message is what it wrote.
        """
        command = [sys.executable, "-m", "benchmarks.jobs", job, json.dumps(arguments), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode:
            raise JobError(f"{job} {arguments}\n{done.stderr}")

    def peer(self, name: str, arcs: Path) -> Figures:
        """Figures of one peer, or ``{"gave_up": why}`` with what stopped it."""
        peer, python = PEERS[name], python_of(PEERS[name].environment)
        out = self._kept(name, {"arcs": arcs.stem, "caps": [self.cap_s, self.cap_bytes]}, _of(peer))
        if out.is_file():
            return _read(out)
        caps = [str(self.cap_s), str(self.cap_bytes)]
        command = [str(python), "-I", str(HERE / "peers" / "__main__.py"), name, str(arcs)]
        done = subprocess.run(
            [*command, str(_beside(out)), *caps],
            capture_output=True, text=True, check=False, timeout=3 * self.cap_s + LOADING_S,
        )  # fmt: skip
        figures = _read(_beside(out)) if done.returncode == 0 else {"gave_up": self._why(done)}
        _beside(out).unlink(missing_ok=True)
        out.write_text(json.dumps({**asdict(peer), **figures}), encoding="utf-8")
        return _read(out)

    def _why(self, done: subprocess.CompletedProcess[str]) -> str:
        if done.returncode == -signal.SIGALRM:
            return f"> {self.cap_s:,.0f} s"
        if done.returncode == 3 or "bad_alloc" in done.stderr or "MemoryError" in done.stderr:
            return f"> {self.cap_bytes // GIB} GB"
        lines = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return f"failed: {lines[-1]}"

    def _kept(self, name: str, arguments: Figures, sources: Iterable[Path]) -> Path:
        told = json.dumps(arguments, sort_keys=True)
        digest = sha256((_digest(sources) + told).encode()).hexdigest()[:12]
        words = [Path(str(v)).stem for k, v in arguments.items() if k not in ("caps", "explain")]
        folder = self.folder / "results"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{'-'.join([name, *words])}-{digest}.json"


def _read(path: Path) -> Figures:
    figures: Figures = json.loads(path.read_text(encoding="utf-8"))
    return figures


def _beside(path: Path) -> Path:
    return path.with_suffix(".part")


def _all_own() -> list[Path]:
    own = _sources(HERE, ("jobs.py", "reruns.py", "heuristics.py", *COUNTIES))
    return [*_sources(ROOT / "matching", OWN), *own]


def _of(peer: Peer) -> list[Path]:
    names = ("__main__.py", "exchange.py", "linear.py", f"{peer.module}.py")
    return [*_sources(HERE / "peers", names), requirements(peer.environment)]


def _sources(folder: Path, names: Iterable[str]) -> list[Path]:
    return sorted({path for name in names for path in folder.glob(name)})


def _digest(sources: Iterable[Path]) -> str:
    told = sha256()
    for path in sources:
        told.update(path.name.encode() + path.read_bytes())
    return told.hexdigest()
