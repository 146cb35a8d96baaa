"""The command ``python -m matching``: one file for each verb; each has `add` and `run`."""

from matching.command.entry import main

__all__ = ["main"]
