"""Recording a family, with an answer to whether it is one that is here already."""

from __future__ import annotations

import uuid

from wtforms import HiddenField

from peerapp.forms.families import DetailsForm
from peerapp.forms.fields import GovCheckbox


class NewFamilyForm(DetailsForm):
    """The details of a family; ``looked_at`` are the records that its page has shown."""

    looked_at = HiddenField()
    not_same = GovCheckbox("I have looked: these are other families")

    @property
    def different(self) -> frozenset[uuid.UUID]:
        """The records of which it was said that they are of other families."""
        if not self.not_same.data:
            return frozenset()
        return frozenset(one for one in map(_id, (self.looked_at.data or "").split()) if one)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
