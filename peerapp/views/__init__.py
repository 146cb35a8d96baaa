"""Blueprints: forms in, one service call, pages out."""

from __future__ import annotations

from flask import Flask

from peerapp.views import (
    audit,
    auth,
    checks,
    coaching,
    dashboard,
    families,
    family,
    health,
    localities,
    matches,
    matching_runs,
    onboarding,
    people,
    public,
    volunteer,
    volunteers,
)

BLUEPRINTS = (
    public.bp,
    health.bp,
    auth.bp,
    dashboard.bp,
    people.bp,
    audit.bp,
    families.bp,
    localities.bp,
    volunteer.bp,
    volunteers.bp,
    onboarding.bp,
    checks.bp,
    matching_runs.bp,
    matches.bp,
    coaching.bp,
    family.bp,
)


def register(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
