"""Settings, read once from the environment and from nowhere else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MINIMUM_SECRET = 32
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ConfigError(Exception):
    """A setting is missing or wrong; the message names it and says what is allowed."""


@dataclass(frozen=True)
class CouncilSignIn:
    """How staff sign in with the council's identity provider, by OpenID Connect.

    Attributes
    ----------
    second_factor_amr, second_factor_acr
        Values of these claims that count as a second factor; with none, ours is asked for.
    """

    issuer: str  # PEERAPP_OIDC_ISSUER
    client_id: str  # PEERAPP_OIDC_CLIENT_ID
    client_secret: str = field(repr=False)  # PEERAPP_OIDC_CLIENT_SECRET
    name: str = "your council account"  # PEERAPP_OIDC_NAME, after "Sign in with"
    second_factor_amr: frozenset[str] = frozenset()  # PEERAPP_OIDC_AMR, separated by spaces
    second_factor_acr: frozenset[str] = frozenset()  # PEERAPP_OIDC_ACR, separated by spaces


@dataclass(frozen=True)
class Settings:
    """All settings of one process. Names in the environment are given beside each field."""

    secret_key: str = field(repr=False)  # SECRET_KEY, at least 32 characters
    database_url: str = field(repr=False)  # DATABASE_URL
    data_dir: Path = Path("var")  # PEERAPP_DATA
    keys: str = field(default="", repr=False)  # PEERAPP_KEYS: key file or its text; "": keys.json
    base_url: str = "http://127.0.0.1:8000"  # PEERAPP_BASE_URL
    scheme_slug: str = "default"  # PEERAPP_SCHEME
    secure_cookies: bool = True  # PEERAPP_SECURE_COOKIES
    trusted_proxies: int = 0  # PEERAPP_TRUSTED_PROXIES
    idle_minutes: int = 30  # PEERAPP_IDLE_MINUTES
    session_hours: int = 12  # PEERAPP_SESSION_HOURS
    recent_factor_minutes: int = 10  # PEERAPP_RECENT_FACTOR_MINUTES
    staff_idle_minutes: int = 30  # PEERAPP_STAFF_IDLE_MINUTES
    staff_session_hours: int = 10  # PEERAPP_STAFF_SESSION_HOURS
    password_minimum: int = 15  # PEERAPP_PASSWORD_MINIMUM
    password_minimum_with_factor: int = 12  # PEERAPP_PASSWORD_MINIMUM_WITH_FACTOR
    job_queue: str = "huey"  # PEERAPP_JOBS: huey, or inline (tests)
    mail_backend: str = "file"  # PEERAPP_MAIL: file or smtp
    mail_from: str = "scheme@localhost"  # PEERAPP_MAIL_FROM
    smtp_host: str = ""  # PEERAPP_SMTP_HOST
    smtp_port: int = 25  # PEERAPP_SMTP_PORT
    smtp_security: str = "starttls"  # PEERAPP_SMTP_SECURITY: none, starttls or ssl
    smtp_user: str = field(default="", repr=False)  # PEERAPP_SMTP_USER
    smtp_password: str = field(default="", repr=False)  # PEERAPP_SMTP_PASSWORD
    update_service_url: str = field(default="", repr=False)  # PEERAPP_UPDATE_SERVICE_URL; "": off
    audit_heads: Path | None = None  # PEERAPP_AUDIT_HEADS; None: audit-heads in data_dir
    security_contact: str = ""  # PEERAPP_SECURITY_CONTACT: mailto: or https:; "": no security.txt
    audit_head_mail: str = ""  # PEERAPP_AUDIT_HEAD_MAIL; "": no mail
    log_level: str = "INFO"  # PEERAPP_LOG_LEVEL
    rate_limits: bool = True  # PEERAPP_RATE_LIMITS
    even_answer_ms: int = 200  # PEERAPP_EVEN_ANSWER_MS, 0 to 2000; 0: off
    demo: bool = False  # set by `peerapp demo` alone: shows the codes of made-up people
    council: CouncilSignIn | None = None  # PEERAPP_OIDC_ISSUER and the other PEERAPP_OIDC_…

    def session_lifetime(self, is_staff: bool) -> timedelta:
        """Return how long a sign-in lasts at most."""
        hours = (
            min(self.session_hours, self.staff_session_hours) if is_staff else self.session_hours
        )
        return timedelta(hours=hours)

    @property
    def mail_outbox(self) -> Path:
        """Folder into which the file mailer writes."""
        return self.data_dir / "outbox"

    @property
    def audit_heads_folder(self) -> Path:
        """Folder into which the heads of the audit trail are written."""
        return self.audit_heads or self.data_dir / "audit-heads"


def default_database_url(data_dir: Path) -> str:
    """Return the URL of the SQLite database inside ``data_dir``."""
    return f"sqlite:///{data_dir / 'peerapp.sqlite3'}"


def settings_from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises
    ------
    ConfigError
        A value is missing or not allowed.
    """
    data_dir = Path(environ.get("PEERAPP_DATA", "var"))
    settings = Settings(
        secret_key=_secret(environ),
        database_url=environ.get("DATABASE_URL") or default_database_url(data_dir),
        data_dir=data_dir,
        keys=environ.get("PEERAPP_KEYS", ""),
        base_url=environ.get("PEERAPP_BASE_URL", Settings.base_url).rstrip("/"),
        scheme_slug=environ.get("PEERAPP_SCHEME", Settings.scheme_slug),
        secure_cookies=_flag(environ, "PEERAPP_SECURE_COOKIES", True),
        trusted_proxies=_number(environ, "PEERAPP_TRUSTED_PROXIES", 0, 0, 5),
        **_signing_in(environ),
        job_queue=_choice(environ, "PEERAPP_JOBS", "huey", ("huey", "inline")),
        **_mail(environ),
        update_service_url=_service_url(environ, "PEERAPP_UPDATE_SERVICE_URL"),
        audit_heads=_folder(environ, "PEERAPP_AUDIT_HEADS"),
        audit_head_mail=_address(environ, "PEERAPP_AUDIT_HEAD_MAIL"),
        security_contact=_contact(environ, "PEERAPP_SECURITY_CONTACT"),
        log_level=_choice(
            environ, "PEERAPP_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")
        ),
        rate_limits=_flag(environ, "PEERAPP_RATE_LIMITS", True),
        even_answer_ms=_number(environ, "PEERAPP_EVEN_ANSWER_MS", 200, 0, 2000),
        council=_council(environ),
    )
    if settings.mail_backend == "smtp" and not settings.smtp_host:
        raise ConfigError("PEERAPP_SMTP_HOST is not set, and PEERAPP_MAIL is smtp: name the server")
    return settings


def _signing_in(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return how long sessions last, and what a password and a second factor must be."""
    return {
        "idle_minutes": _number(environ, "PEERAPP_IDLE_MINUTES", 30, 5, 720),
        "session_hours": _number(environ, "PEERAPP_SESSION_HOURS", 12, 1, 72),
        "staff_idle_minutes": _number(environ, "PEERAPP_STAFF_IDLE_MINUTES", 30, 5, 720),
        "staff_session_hours": _number(environ, "PEERAPP_STAFF_SESSION_HOURS", 10, 1, 72),
        "password_minimum": _number(environ, "PEERAPP_PASSWORD_MINIMUM", 15, 15, 64),
        "password_minimum_with_factor": _number(
            environ, "PEERAPP_PASSWORD_MINIMUM_WITH_FACTOR", 12, 8, 64
        ),
        "recent_factor_minutes": _number(environ, "PEERAPP_RECENT_FACTOR_MINUTES", 10, 1, 60),
    }


def _mail(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return how mail leaves."""
    return {
        "mail_backend": _choice(environ, "PEERAPP_MAIL", "file", ("file", "smtp")),
        "mail_from": environ.get("PEERAPP_MAIL_FROM", Settings.mail_from),
        "smtp_host": environ.get("PEERAPP_SMTP_HOST", ""),
        "smtp_port": _number(environ, "PEERAPP_SMTP_PORT", 25, 1, 65535),
        "smtp_security": _choice(
            environ, "PEERAPP_SMTP_SECURITY", "starttls", ("none", "starttls", "ssl")
        ),
        "smtp_user": environ.get("PEERAPP_SMTP_USER", ""),
        "smtp_password": environ.get("PEERAPP_SMTP_PASSWORD", ""),
    }


def _secret(environ: Mapping[str, str]) -> str:
    secret = environ.get("SECRET_KEY", "")
    if len(secret) < MINIMUM_SECRET:
        raise ConfigError(
            f"SECRET_KEY is missing or shorter than {MINIMUM_SECRET} characters: set it to a long "
            "random text, the same for every process of this site"
        )
    return secret


def _service_url(environ: Mapping[str, str], name: str) -> str:
    """Read the base of a service that is sent personal data; the error does not repeat it."""
    text = environ.get(name, "").strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_local = parts.hostname in LOOPBACK and parts.scheme == "http"
        extras = parts.username or parts.password or parts.query or parts.fragment
        usable = bool(parts.hostname) and not extras and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = is_local = False
    if not usable or not (parts.scheme == "https" or is_local):
        raise ConfigError(
            f"{name} is not usable: give https://host, without a name, a password or a question "
            "mark; plain http is allowed to this machine itself only"
        )
    return text


def _council(environ: Mapping[str, str]) -> CouncilSignIn | None:
    """Read who vouches for staff; all of it, or none."""
    issuer = _service_url(environ, "PEERAPP_OIDC_ISSUER")
    if not issuer:
        return None
    if find_spec("authlib") is None:
        raise ConfigError(
            "PEERAPP_OIDC_ISSUER is set, and what it needs is not installed: add the extra oidc"
        )
    given = {
        name: environ.get(f"PEERAPP_OIDC_{name}", "") for name in ("CLIENT_ID", "CLIENT_SECRET")
    }
    missing = [f"PEERAPP_OIDC_{name}" for name, value in given.items() if not value]
    if missing:
        raise ConfigError(f"{missing[0]} is not set, and PEERAPP_OIDC_ISSUER is: set both")
    return CouncilSignIn(
        issuer=issuer,
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        name=environ.get("PEERAPP_OIDC_NAME", CouncilSignIn.name),
        second_factor_amr=frozenset(environ.get("PEERAPP_OIDC_AMR", "").split()),
        second_factor_acr=frozenset(environ.get("PEERAPP_OIDC_ACR", "").split()),
    )


def _folder(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name, "").strip()
    return Path(text) if text else None


def _address(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "").strip()
    local, _, domain = text.partition("@")
    if text and not (local and domain and text.isascii() and text.isprintable()):
        raise ConfigError(f"{name} is not one email address: give name@domain, or leave it out")
    if set(text) & set(" <>,;"):
        raise ConfigError(f"{name} is not one email address: give name@domain, or leave it out")
    return text


def _contact(environ: Mapping[str, str], name: str) -> str:
    text = environ.get(name, "").strip()
    is_line = text.isascii() and text.isprintable() and " " not in text
    if text and not (is_line and text.startswith(("mailto:", "https://"))):
        raise ConfigError(f"{name} is not usable: give mailto:name@domain or https://host/page")
    return text


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    return _choice(environ, name, "yes" if default else "no", ("yes", "no")) == "yes"


def _choice(environ: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name, default)
    if value not in allowed:
        raise ConfigError(f"{name} is {value!r}; allowed: {', '.join(allowed)}")
    return value


def _number(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ConfigError(f"{name} is {text!r}; allowed: a whole number from {low} to {high}")
    return int(text)
