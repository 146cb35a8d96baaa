"""The application as a WSGI server sees it: ``gunicorn wsgi:app``."""

from peerapp import create_app

app = create_app()
