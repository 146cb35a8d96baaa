"""The stand-in for DBS's Update Service, run beside a test, and what it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest

from peerapp.adapters.update_service import StatusQuestion, UpdateService
from peerapp.demo.update_service import Register, running
from peerapp.demo.update_service_answers import Entry, Told
from peerapp.models import Certificate

NUMBER = "001234567890"
ENTRY = Entry("Mensah", "Ama", date(1985, 4, 2), date(2026, 3, 1))
QUESTION = StatusQuestion(
    certificate=NUMBER,
    date_of_birth=date(1985, 4, 2),
    surname="MENSAH",
    organisation="Wiltshire Council",
    checker_forename="Priya",
    checker_surname="Shah",
)
FAST = {"connect_seconds": 1.0, "answer_seconds": 0.4}
"""Time-outs for tests: the stand-in is on this machine."""


@dataclass
class StandIn:
    """A running stand-in, told what to say by the test."""

    register: Register
    base_url: str

    def client(self, **values: float) -> UpdateService:
        return UpdateService(self.base_url, **{**FAST, "answer_seconds": 5.0, **values})

    def know(self, certificate: Certificate, told: Told = Told.BLANK, **changes: object) -> None:
        """Know a certificate as our record has it, but for ``changes``."""
        volunteer = certificate.volunteer
        given = {
            "surname": volunteer.last_name,
            "forename": volunteer.first_name,
            "date_of_birth": volunteer.date_of_birth,
            "print_date": certificate.issue_date,
            "told": told,
            **changes,
        }
        self.register.entries[certificate.number] = Entry(**given)  # type: ignore[arg-type]

    def tell_all(self, told: Told) -> None:
        for number in self.register.entries:
            self.register.tell(number, told)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    register = Register({NUMBER: ENTRY})
    with running(register) as base_url:
        yield StandIn(register, base_url)
