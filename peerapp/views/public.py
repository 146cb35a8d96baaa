"""Pages for everybody."""

from __future__ import annotations

from flask import Blueprint, render_template

bp = Blueprint("public", __name__)


@bp.get("/")
def index() -> str:
    return render_template("public/index.html")


@bp.get("/accessibility")
def accessibility() -> str:
    return render_template("public/accessibility.html")


@bp.get("/privacy")
def privacy() -> str:
    return render_template("public/privacy.html")


@bp.get("/cookies")
def cookies() -> str:
    return render_template("public/cookies.html")


@bp.get("/in-danger")
def danger() -> str:
    return render_template("public/danger.html")
