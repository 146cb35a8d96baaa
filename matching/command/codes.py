"""How the command ends, for every verb alike."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """Exit codes; what they mean is in `EXIT_CODES`, which ``--help`` shows."""

    OK = 0
    FAULTS = 1
    BAD_INPUT = 2
    NO_TIME = 3
    DEFECT = 4
    STOPPED = 130


EXIT_CODES = """exit codes:
  0  done, and nothing wrong
  1  the result does not fit the problem; each fault is named on standard output
  2  the input is wrong; every bad row is named on standard error, nothing is written
  3  the time limit passed; nothing is written
  4  the answer failed its own verification, a defect; nothing is written
  130  stopped from the keyboard"""


class StopError(Exception):
    """Ends the command with a code and what a person must be told."""

    def __init__(self, code: Code, *lines: str) -> None:
        super().__init__(*lines)
        self.code, self.lines = code, lines
