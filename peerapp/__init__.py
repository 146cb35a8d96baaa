"""The site of a family peer coaching scheme."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from peerapp import (
    admission,
    context,
    db,
    error_pages,
    even_answers,
    extensions,
    granted_access,
    jobs,
    keyrings,
    logs,
    opening,
    permissions,
    refused_requests,
    replays,
    request_bodies,
    security_headers,
    sent_once,
    templating,
    views,
)
from peerapp.config import Settings, settings_from_environment

MAX_REQUEST_BYTES = 6 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application.

    Parameters
    ----------
    settings
        Settings of this process; read from the environment when left out.
    """
    settings = settings or settings_from_environment()
    app = Flask(__name__)
    app.config.update(_for_flask(settings))
    bind(app, settings)
    logs.configure(settings.log_level)
    even_answers.init_app(app)  # first: its hook then runs last, after the commit
    logs.init_app(app)
    admission.init_app(app)
    security_headers.init_app(app, https=settings.secure_cookies)
    refused_requests.init_app(app)
    db.init_app(app)
    opening.init_app(app)
    templating.init_templates(app)
    error_pages.init_app(app)
    extensions.init_app(app, settings)
    request_bodies.init_app(app)
    permissions.init_app(app)
    context.init_app(app)
    granted_access.init_app(app)
    sent_once.init_app(app)
    views.register(app)
    _wrap(app, settings)
    return app


def _for_flask(settings: Settings) -> dict[str, Any]:
    """Return the settings in the names by which Flask and its extensions know them."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SCHEME_SLUG": settings.scheme_slug,
        "MAX_CONTENT_LENGTH": MAX_REQUEST_BYTES,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.secure_cookies else "session",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,  # it asks for the referrer that our own policy withholds
    }


def bind(app: Flask, settings: Settings) -> None:
    """Give an application what depends on where it runs: its database and its jobs."""
    app.extensions["settings"] = settings
    database = keyrings.open_database(settings)
    app.extensions["database"] = database
    opening.begin(app)
    app.extensions["jobs"] = jobs.Jobs(settings, database)


def _wrap(app: Flask, settings: Settings) -> None:
    """Serve static files well, bound and replay the rest, believe as many proxies as there are."""
    static = WhiteNoise(
        replays.Replays(admission.Admission(app.wsgi_app), MAX_REQUEST_BYTES),
        root=app.static_folder,
        prefix="static/",
        max_age=31536000,
        add_headers_function=security_headers.add_to_file,
    )
    app.wsgi_app = static  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
