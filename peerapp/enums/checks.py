"""DBS checks: levels, certificates, what may be asked and what was answered."""

from __future__ import annotations

from enum import StrEnum


class CheckLevel(StrEnum):
    """Level of a DBS check, with the barred lists that it includes."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    ENHANCED_CHILDREN = "enhanced_children"
    ENHANCED_ADULTS = "enhanced_adults"
    ENHANCED_BOTH = "enhanced_both"


class Workforce(StrEnum):
    """Workforce that a DBS check was made for."""

    CHILD = "child"
    ADULT = "adult"
    CHILD_AND_ADULT = "child_and_adult"
    OTHER = "other"


class CheckQuestion(StrEnum):
    """What is asked about a role to know which DBS check the law allows for it."""

    CHILDREN = "children"
    FREQUENCY = "frequency"
    OVERNIGHT = "overnight"
    PERSONAL_CARE = "personal_care"
    PLACE = "place"
    ADULTS = "adults"


class CheckAnswer(StrEnum):
    """Answers about a role; which of them a question has is in ``CHECK_ANSWERS``."""

    PARENTS_ONLY = "parents_only"
    PRESENT = "present"
    ACTIVITY = "activity"
    NEVER = "never"
    ONCE = "once"
    SELDOM = "seldom"
    OFTEN = "often"
    NO = "no"
    YES = "yes"


_NO_OR_YES = (CheckAnswer.NO, CheckAnswer.YES)


CHECK_ANSWERS: dict[CheckQuestion, tuple[CheckAnswer, ...]] = {
    CheckQuestion.CHILDREN: (
        CheckAnswer.PARENTS_ONLY,
        CheckAnswer.PRESENT,
        CheckAnswer.ACTIVITY,
    ),
    CheckQuestion.FREQUENCY: (
        CheckAnswer.NEVER,
        CheckAnswer.ONCE,
        CheckAnswer.SELDOM,
        CheckAnswer.OFTEN,
    ),
    CheckQuestion.OVERNIGHT: _NO_OR_YES,
    CheckQuestion.PERSONAL_CARE: _NO_OR_YES,
    CheckQuestion.PLACE: _NO_OR_YES,
    CheckQuestion.ADULTS: _NO_OR_YES,
}
"""The answers that each question about a role can have, in the order of the form."""


class FeeQuestion(StrEnum):
    """What rules out that a volunteer's DBS check is free; each must be answered no."""

    PAID = "paid"
    COURSE = "course"
    TRAINEE = "trainee"
    RELATIVES = "relatives"
    FOSTERING = "fostering"


class ApplicationState(StrEnum):
    """Where an application for a DBS check stands."""

    TO_SUBMIT = "to_submit"
    SUBMITTED = "submitted"
    WITH_DBS = "with_dbs"
    ISSUED = "issued"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class ApplicationReason(StrEnum):
    """Why an application for a DBS check was opened."""

    FIRST = "first"
    RECHECK = "recheck"
    NEW_INFORMATION = "new_information"
    LEVEL_CHANGED = "level_changed"
    LOST = "lost"


class CertificateStatus(StrEnum):
    """What is known of a certificate; only ``accepted`` can clear anyone."""

    RECORDED = "recorded"
    ACCEPTED = "accepted"
    NEW_INFORMATION = "new_information"
    UNVERIFIED = "unverified"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class RiskDecision(StrEnum):
    """Safeguarding lead's decision on a certificate with content."""

    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"


class NameReason(StrEnum):
    """Why the name on a certificate is not the one that the volunteer goes by."""

    MARRIAGE = "marriage"
    DEED_POLL = "deed_poll"
    EARLIER_NAME = "earlier_name"
    EVERYDAY_NAME = "everyday_name"
    SPELLING = "spelling"


class BoardState(StrEnum):
    """How the certificate that counts stands, on the board of all certificates."""

    STOPPED = "stopped"
    QUESTION = "question"
    LAPSED = "lapsed"
    TO_ACCEPT = "to_accept"
    NONE = "none"
    SOON = "soon"
    IN_DATE = "in_date"


class WarningKind(StrEnum):
    """What runs out, and is warned of beforehand."""

    CERTIFICATE = "certificate"
    TRAINING = "training"
    JOINING = "joining"
    SUBSCRIPTION = "subscription"
    RISK_REVIEW = "risk_review"
    AGREEMENT = "agreement"


class RiskViewReason(StrEnum):
    """Why the safeguarding lead opens a restricted record again."""

    REVIEW = "review"
    CONCERN = "concern"
    VOLUNTEER_ASKED = "volunteer_asked"
    APPEAL = "appeal"
    LEGAL_DUTY = "legal_duty"


class StatusAnswer(StrEnum):
    """What DBS's Update Service says of a certificate, in its own codes."""

    BLANK_NO_NEW_INFO = "BLANK_NO_NEW_INFO"
    NON_BLANK_NO_NEW_INFO = "NON_BLANK_NO_NEW_INFO"
    NEW_INFO = "NEW_INFO"
    NO_MATCH_FOUND = "NO_MATCH_FOUND"
    UNKNOWN = "UNKNOWN"


class StatusFailure(StrEnum):
    """Why a status check told us nothing."""

    UNREACHABLE = "unreachable"
    TIME_OUT = "time_out"
    HTTP_ERROR = "http_error"
    REDIRECTED = "redirected"
    TOO_LARGE = "too_large"
    NOT_XML = "not_xml"
    NOT_A_RESULT = "not_a_result"
    NOT_SUCCESSFUL = "not_successful"
    UNKNOWN_STATUS = "unknown_status"
    SURNAME_DIFFERS = "surname_differs"
    DATE_DIFFERS = "date_differs"
    LOST = "lost"


class StatusOutcome(StrEnum):
    """What a status check meant for the certificate that we hold."""

    ASKED = "asked"
    PASSED = "passed"
    CONTENT_NOT_DECIDED = "content_not_decided"
    NEW_INFORMATION = "new_information"
    NO_MATCH = "no_match"
    UNKNOWN = "unknown"
    DISCARDED = "discarded"
