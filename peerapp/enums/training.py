"""Courses and who attends them."""

from __future__ import annotations

from enum import StrEnum


class Course(StrEnum):
    """Training courses: the core that every coach needs, and those for particular needs."""

    SAFEGUARDING = "safeguarding"
    BOUNDARIES = "boundaries"
    LONE_WORKING = "lone_working"
    DOMESTIC_ABUSE_AWARENESS = "domestic_abuse_awareness"
    DATA_PROTECTION = "data_protection"
    DOMESTIC_ABUSE = "domestic_abuse"
    SUBSTANCE_USE = "substance_use"
    EXPLOITATION = "exploitation"
    CRIME = "crime"
    SEND = "send"


CORE_COURSES = (
    Course.SAFEGUARDING,
    Course.BOUNDARIES,
    Course.LONE_WORKING,
    Course.DOMESTIC_ABUSE_AWARENESS,
    Course.DATA_PROTECTION,
)


SPECIALIST_COURSES = tuple(course for course in Course if course not in CORE_COURSES)


class BookingState(StrEnum):
    """What became of a place on a training session."""

    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    MISSED = "missed"


class TrainingMethod(StrEnum):
    """How a course was done."""

    SESSION = "session"
    ONLINE = "online"
    ELSEWHERE = "elsewhere"
