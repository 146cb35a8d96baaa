"""Forms on who stands by a family, and on talking about its needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import Field

from peerapp.enums import Need
from peerapp.forms.families import WEIGHTS, Choice, VersionedForm
from peerapp.forms.fields import GovRadio, GovTextarea


class WorkerForm(VersionedForm):
    """Who becomes the family's worker."""

    worker = GovRadio("Who is the family’s worker from now on?", required="Choose a worker")
    reason = GovRadio("Why?", required="Choose why the worker changes")
    note = GovTextarea(
        "Anything the new worker must know (optional)",
        hint="Staff can read this. Do not repeat what is in the record.",
        max_length=1000,
        rows=3,
    )

    def offer(self, workers: Sequence[Choice], reasons: Sequence[Choice]) -> None:
        """Set who and what can be chosen."""
        self.worker.choices = workers
        self.reason.choices = reasons


class TopicForm(VersionedForm):
    """What the family said on one heading, and how much each need under it weighs."""

    words = GovTextarea(
        "What did they say? (optional)",
        hint="In their own words. Only coordinators and the safeguarding lead can read this.",
        max_length=2000,
        rows=4,
    )

    def keep_needs(self, words: Mapping[Need, str]) -> None:
        """Leave only the needs of this heading, with the words for them."""
        for need in Need:
            if need in words:
                self[need.value].label.text = words[need]
            else:
                del self[need.value]

    @property
    def need_fields(self) -> list[Field]:
        """The fields of the needs, in their order."""
        return [self[need.value] for need in Need if need.value in self]

    def weights(self) -> dict[Need, int]:
        """Return what was chosen."""
        return {need: int(self[need.value].data) for need in Need if need.value in self}


for _need in Need:
    setattr(
        TopicForm,
        _need.value,
        GovRadio(_need.value, choices=WEIGHTS, default="0", required="Choose how much it weighs"),
    )
