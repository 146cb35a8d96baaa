"""What a person sees: results on standard output, progress and faults on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, TextIO

STAGES = {
    "pairs": "finding all pairs",
    "who": "choosing who is matched",
    "how": "choosing with whom, at the least cost",
    "proof": "proving it",
    "explain": "explaining it",
    "recruit": "looking where to recruit",
    "verify": "verifying it independently",
}
DONE = "done"


class Stages:
    """Is told the stages of a solve and shows nothing."""

    def __call__(self, stage: str, share: float) -> None:
        """Called as `matching.solve` calls its `progress`."""


class _Lines(Stages):
    """A line for each stage: for logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def __call__(self, stage: str, share: float) -> None:
        if stage != DONE:
            print(f"{STAGES.get(stage, stage)} …", file=self.stream, flush=True)


@contextmanager
def stages(title: str, *, quiet: bool = False) -> Iterator[Stages]:
    """Shows how far a solve is: a bar on a terminal that has rich, else a line for each stage."""
    stream = sys.stderr
    if quiet:
        yield Stages()
    elif stream.isatty() and os.environ.get("TERM") != "dumb" and find_spec("rich"):
        with _bar(title, stream) as bar:
            yield bar
    else:
        yield _Lines(stream)


@contextmanager
def _bar(title: str, stream: TextIO) -> Iterator[Stages]:
    # Loaded here, as only a terminal needs it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(file=stream), transient=True) as progress:
        task = progress.add_task(title, total=1.0, stage="")

        class Bar(Stages):
            def __call__(self, stage: str, share: float) -> None:
                progress.update(task, completed=share, stage=STAGES.get(stage, stage))

        yield Bar()


def say(*lines: str) -> None:
    """Lines for people, on standard output."""
    for line in lines:
        print(line)


def complain(*lines: str) -> None:
    """Lines for people, on standard error."""
    for line in lines:
        print(line, file=sys.stderr)


def give(data: Any) -> None:
    """Data for programs, on standard output: one JSON document."""
    print(json.dumps(data, indent=1))


def counted(number: int, thing: str) -> str:
    """A number and a thing, which is more than one unless the number is."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def as_rows(faults: Iterable[Any]) -> list[dict[str, Any]]:
    """Faults as data."""
    return [dict(vars(fault)) for fault in faults]
