"""Blueprints: forms in, one service call, pages out."""

from __future__ import annotations

from flask import Flask

from peerapp.views import (
    audit,
    auth,
    certificate,
    certificates,
    check_applications,
    check_levels,
    check_rules,
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
    risk_assessments,
    volunteer,
    volunteer_roles,
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
    check_levels.bp,
    check_applications.bp,
    check_rules.bp,
    volunteer_roles.bp,
    certificates.bp,
    risk_assessments.bp,
    certificate.bp,
    matching_runs.bp,
    matches.bp,
    coaching.bp,
    family.bp,
)


def register(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
