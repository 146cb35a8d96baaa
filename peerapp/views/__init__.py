"""Blueprints: forms in, one service call, pages out."""

from __future__ import annotations

from flask import Flask

from peerapp.views import audit, auth, dashboard, health, public

BLUEPRINTS = (
    public.bp,
    health.bp,
    auth.bp,
    dashboard.bp,
    audit.bp,
)


def register(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
