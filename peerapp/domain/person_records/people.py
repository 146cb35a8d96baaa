"""Accounts, and how somebody signs in."""

from __future__ import annotations

from peerapp.domain.person_records.kinds import Fate, Record, words

KEY = "It would let whoever reads it in, and says nothing about the person."
INNER = "A mark of ours that says nothing about the person."
ANSWERED = "That the council did in time what the law asks: which right, on which days."

RECORDS = (
    Record(
        "account",
        "Your account",
        ("id",),
        words(
            "email name role confirmed_at disabled_at created_at signs_in_by_link"
            " council_only council_subject"
        ),
        withheld={"password_hash": KEY, "supervises_up_to": INNER, "email_index": INNER},
        fate=Fate.BLANKED,
        blanked=words("email name password_hash council_subject"),
        why_kept="The history and the audit trail name who acted by this row’s number alone.",
    ),
    Record(
        "login_session",
        "Where you are signed in",
        ("account_id",),
        words("created_at last_seen_at expires_at device"),
        withheld={
            "token_hash": KEY,
            "role": INNER,
            "factor_due": INNER,
            "factor_at": INNER,
            "factor_failures": INNER,
        },
    ),
    Record(
        "known_browser",
        "Browsers that you have used",
        ("account_id",),
        words("created_at device last_used_at noticed_at"),
        withheld={"token_hash": KEY},
    ),
    Record(
        "token",
        "Links that were sent to you",
        ("account_id",),
        words("created_at purpose expires_at used_at"),
        withheld={"token_hash": KEY, "browser_hash": KEY},
    ),
    Record(
        "authenticator_app",
        "Your authenticator app",
        ("account_id",),
        words("created_at in_use"),
        withheld={"secret": KEY, "sealed_secret": KEY, "last_step": INNER},
    ),
    Record(
        "passkey",
        "Your passkeys",
        ("account_id",),
        words("created_at name last_used_at"),
        withheld={"credential_id": KEY, "public_key": KEY, "sign_count": INNER},
    ),
    Record(
        "passkey_challenge",
        "Passkeys being asked for",
        ("account_id",),
        words("created_at use expires_at"),
        withheld={"challenge": KEY},
    ),
    Record(
        "recovery_code",
        "Your recovery codes",
        ("account_id",),
        words("created_at used_at"),
        withheld={"code_hash": KEY},
    ),
    Record(
        "factor_failure",
        "Codes that were wrong",
        ("account_id",),
        words("at"),
        withheld={"lane": INNER},
    ),
    Record(
        "calendar_feed",
        "Your calendar links",
        ("account_id",),
        words("created_at revoked_at"),
        withheld={"token_hash": KEY},
    ),
    Record(
        "message",
        "Messages that were sent to you",
        ("account_id",),
        words("created_at to_address template subject state sent_at"),
        withheld={
            "body": "It holds a link that would let whoever reads it in; its words are always the "
            "same.",
            "attempts": INNER,
            "next_attempt_at": INNER,
            "last_error": INNER,
        },
    ),
    Record(
        "rights_request",
        "What you asked for about your data",
        ("volunteer_id", "family_id"),
        words(
            "created_at reference kind field words received_on due_on acknowledged_on state"
            " outcome closed_on fetched_at"
        ),
        withheld={
            "who": "Filled only where somebody outside the scheme asked.",
            "included": INNER,
        },
        fate=Fate.BLANKED,
        blanked=words("who words outcome"),
        why_kept=ANSWERED,
    ),
    Record(
        "rights_event",
        "What became of it",
        ("request_id",),
        words("created_at step"),
        ("note",),
        fate=Fate.BLANKED,
        blanked=("note",),
        why_kept=ANSWERED,
    ),
)
